using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>What a scenario does to an instance.</summary>
internal enum InstanceFault
{
    Kill,
    Suspend,
    Resume,
}

/// <summary>A running fleet in the hands of a scenario: in this process, simulated or not, or in the agents of its hosts.</summary>
internal interface IRunningFleet
{
    FleetDescription Fleet { get; }

    Timeline Timeline { get; }

    TimeProvider Time { get; }

    /// <summary>The hosts that are up, in the order of their declaration.</summary>
    IReadOnlyList<IHost> Hosts { get; }

    IReadOnlyList<InstanceSnapshot> Instances { get; }

    /// <summary>What a host keeps of its events, also while it is down.</summary>
    KeptEvents Kept(string host);

    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>The host dies at once, with all that runs on it.</summary>
    Task CrashHostAsync(string host);

    /// <summary>The host starts again; if it is up it dies first.</summary>
    Task RestartHostAsync(string host, CancellationToken cancellationToken);

    /// <summary>Takes a host off the network, or puts it back.</summary>
    /// <exception cref="NotSupportedException">This network cannot be cut.</exception>
    Task SetCutOffAsync(string host, bool cutOff);

    /// <summary>False when no host runs the instance now.</summary>
    Task<bool> DoAsync(InstanceId instance, InstanceFault fault, CancellationToken cancellationToken);
}

internal static class RunningFleets
{
    /// <exception cref="ArgumentException">It is not up.</exception>
    public static IHost Host(this IRunningFleet fleet, string name) => fleet.Hosts.FirstOrDefault(host => host.Name == name)
        ?? throw new ArgumentException($"Host \"{name}\" is not up. {Suggestion.Sentence(name, [.. fleet.Hosts.Select(host => host.Name)])}", nameof(name));
}
