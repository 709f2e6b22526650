using Flotilla.Apps;
using Flotilla.Core.Http;
using Flotilla.Core.Machines;
using Flotilla.Events;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>
/// The host on which a handler runs, and its only way to the world: what goes through it runs in simulation unchanged.
/// </summary>
public interface IHost
{
    /// <summary>The host's name.</summary>
    string Name { get; }

    /// <summary>The roles it has.</summary>
    IReadOnlyList<string> Roles { get; }

    /// <summary>The apps that run on it.</summary>
    IHostApps Apps { get; }

    /// <summary>Its files and users.</summary>
    IMachine Files { get; }

    /// <summary>HTTP from this host.</summary>
    IHttp Http { get; }

    /// <summary>Sends events, asks queries, knows the members.</summary>
    IHostEvents Events { get; }

    /// <summary>The clock to use for every time and delay.</summary>
    TimeProvider Time { get; }

    /// <summary>The randomness to use.</summary>
    Random Random { get; }

    /// <summary>Cancelled when the host stops.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Runs a program on this host.</summary>
    Task<CommandResult> RunAsync(string program, params IReadOnlyList<string> arguments);

    /// <summary>Brings the host's resources to their declared state now, and restarts what depends on those that changed.</summary>
    Task<ApplyReport> ApplyAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes a line to the timeline.</summary>
    void Note(string text);
}

/// <summary>The apps of a host.</summary>
public interface IHostApps
{
    /// <summary>An app by name.</summary>
    /// <exception cref="ArgumentException">The host does not run it; the message says what it runs.</exception>
    IHostApp this[string name] { get; }

    /// <summary>All of them, in the order of their declaration.</summary>
    IReadOnlyList<IHostApp> All { get; }
}

/// <summary>An app on a host.</summary>
public interface IHostApp
{
    /// <summary>The app's name.</summary>
    string Name { get; }

    /// <summary>Its instances on this host.</summary>
    IReadOnlyList<InstanceSnapshot> Instances { get; }

    /// <summary>Replaces an instance: stops it, then starts it anew. False when it does not run on this host.</summary>
    /// <param name="instance">For example <c>shop-0</c>.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun goes on.</param>
    Task<bool> RestartAsync(string instance, CancellationToken cancellationToken = default);

    /// <summary>Replaces the instances on this host one after the other, each healthy before the next goes.</summary>
    Task RestartAsync(CancellationToken cancellationToken = default);
}

/// <summary>Events, as a host sends and asks them.</summary>
public interface IHostEvents
{
    /// <summary>Who is known, sorted by name.</summary>
    IReadOnlyList<Member> Members { get; }

    /// <summary>Sends a user event to every member.</summary>
    Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a user event that reaches its targets for sure: it is sent again until each has acknowledged it, also after a restart of
    /// either side, and each handles it once.
    /// </summary>
    /// <param name="name">The event's name.</param>
    /// <param name="payload">What it carries; at most <see cref="ReliableEvents.PayloadBytesMax"/>.</param>
    /// <param name="targets">Who is to get it, for example <c>ReliableTargets.OfRole("web")</c>.</param>
    /// <param name="expires">How long it is tried; an hour when null.</param>
    /// <param name="cancellationToken">Stops waiting; the event goes on.</param>
    /// <returns>Ends when all have acknowledged or it has expired; nobody needs to wait for it.</returns>
    Task<ReliableDelivery> SendReliablyAsync(
        string name, EventPayload payload, ReliableTargets targets, TimeSpan? expires = null, CancellationToken cancellationToken = default);

    /// <summary>Asks a query; it ends when all have answered, or at its timeout.</summary>
    Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken = default);
}
