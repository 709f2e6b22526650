using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Machines;
using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>What stands behind the seams of a running fleet: this machine, or a simulated world.</summary>
internal interface IFleetWorld : IAsyncDisposable
{
    TimeProvider Time { get; }

    Random Random { get; }

    Invariants Invariants { get; }

    /// <summary>Joins a host to the bus that all hosts of this world share.</summary>
    IEventBus Join(HostDescription host);

    /// <summary>What a host remembers of its events; it outlives the host's program, and belongs to the world.</summary>
    IEventStore Events(string host);

    IMachine Machine(string host);

    IEngine Engine(string host);

    IHttp Http(string host);

    /// <summary>Where the built fleet lies; apps run there unless they say otherwise.</summary>
    string PackageFolder { get; }

    /// <summary>Variables that tell the apps of a host about their surroundings.</summary>
    IReadOnlyList<KeyValuePair<string, string>> Environment(string host);

    /// <summary>The host is gone at once, with all that ran on it: nobody says goodbye.</summary>
    Task FailHostAsync(string host);

    /// <summary>Takes a host off the network, or puts it back.</summary>
    /// <exception cref="NotSupportedException">This world's network cannot be cut.</exception>
    void SetCutOff(string host, bool cutOff);

    /// <summary>Tells what records the runs of handlers beside the timeline.</summary>
    IHandlerJournal? Journal { get; }

    /// <summary>What a host knows of the fleet's endpoints has changed.</summary>
    void Publish(string host, Func<IReadOnlyList<Endpoint>> endpoints);
}
