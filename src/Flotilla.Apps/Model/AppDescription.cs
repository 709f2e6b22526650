using Flotilla.Core;

namespace Flotilla.Apps;

/// <summary>What an app is: a long-running program, how many copies of it run, and how they are kept well.</summary>
/// <remarks>Only data: building one touches nothing. An <see cref="AppSupervisor"/> makes it true on a host.</remarks>
public sealed record AppDescription
{
    /// <summary>The most instances that one app may have.</summary>
    public const int InstancesMax = 10_000;

    /// <summary>The longest name, in characters: it becomes part of file names and of cgroup names.</summary>
    public const int NameLengthMax = 63;

    /// <summary>Lower-case letters, digits and inner hyphens, for example <c>shop</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A name looked up in PATH, or a path; null for an app that runs in simulation only.</summary>
    public string? Program { get; init; }

    /// <summary>As the program gets them; no shell interprets them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How many copies run in the fleet: 0 to <see cref="InstancesMax"/>.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>The ports an instance listens on; the first one is its <c>PORT</c>.</summary>
    public IReadOnlyList<PortDescription> Ports { get; init; } = [];

    /// <summary>Variables added to the environment that Flotilla runs with; a later one of the same name wins.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The directory the program starts in; null for the one Flotilla runs in.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>How to tell that an instance works; null when running is all that is asked of it.</summary>
    public HealthCheck? Health { get; init; }

    /// <summary>What happens after an instance has ended by itself or was found unhealthy.</summary>
    public RestartPolicy Restart { get; init; } = RestartPolicy.Default;

    /// <summary>How long an instance may take to end after it was told to, before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of the output is kept in files.</summary>
    public LogPolicy Log { get; init; } = new();

    /// <summary>How an instance behaves in simulation.</summary>
    public AppModel Model { get; init; } = AppModel.Default;

    /// <summary>The ways in which a running instance can be told to misbehave.</summary>
    public IReadOnlyList<FaultSwitch> Faults { get; init; } = [];

    /// <summary>The place in the fleet's source that declares it.</summary>
    public SourceLocation? Declared { get; init; }

    /// <summary>Everything that is wrong with the description in itself; empty when nothing is.</summary>
    /// <remarks>
    /// What depends on other apps of the host, or on how many instances one host gets (two instances and one fixed port), is
    /// for the caller to check.
    /// </remarks>
    public IEnumerable<Problem> Validate() => AppValidation.Check(this);
}

/// <summary>A port that an instance listens on.</summary>
/// <param name="Name">Unique in the app, for example <c>http</c>; the instance finds the number in <c>PORT_HTTP</c>.</param>
/// <param name="Number">1 to 65535 when it must be this one; null for any free one.</param>
public sealed record PortDescription(string Name, int? Number = null);

/// <summary>When to start an instance again.</summary>
/// <param name="Backoff">The delays from the second restart in a row on.</param>
/// <param name="StableAfter">
/// A run at least this long, and as long as the delay before it, counts as stable: the next restart is immediate and
/// <paramref name="Backoff"/> begins anew. A run that has a health check and never passed it is not stable.
/// </param>
public sealed record RestartPolicy(Backoff Backoff, TimeSpan StableAfter)
{
    /// <summary>At once, then after 0.5 s, doubling up to 1 minute, each ± 25 %; stable after 10 s.</summary>
    public static RestartPolicy Default { get; } =
        new(new Backoff(TimeSpan.FromSeconds(0.5), 2, TimeSpan.FromMinutes(1)), TimeSpan.FromSeconds(10));
}

/// <summary>How much of the output of an instance is kept in files.</summary>
/// <param name="BytesMax">The size at which a file is closed and a new one begun.</param>
/// <param name="Keep">How many closed files are kept beside the current one.</param>
public sealed record LogPolicy(long BytesMax = 10 << 20, int Keep = 3);

/// <summary>A way in which a running instance can be told to misbehave, so that a fleet can be tried out.</summary>
/// <param name="Name">What scenarios call it, for example <c>slow</c>.</param>
/// <param name="Call">The request that switches it on.</param>
public sealed record FaultSwitch(string Name, HttpCallTemplate Call);

/// <summary>A request to an instance, whose address is known only when it runs.</summary>
/// <param name="Method">GET, POST, …</param>
/// <param name="Path">Begins with a slash and may have a query, for example <c>/slow?milliseconds=300</c>.</param>
/// <param name="Port">The name of the port; null for the first one.</param>
public sealed record HttpCallTemplate(string Method, string Path, string? Port = null);
