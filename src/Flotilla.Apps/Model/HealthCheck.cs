namespace Flotilla.Apps;

/// <summary>A question to an instance, asked again and again, that tells whether it works.</summary>
/// <remarks>
/// The rules are Marathon's: until the first success, failures are forgiven while the grace lasts; afterwards so many in a
/// row as the limit says make the instance unhealthy, and it is replaced. Until the first success it is asked twice a
/// second (or at the interval, if that is shorter), so that a start is noticed soon.
/// </remarks>
public abstract record HealthCheck
{
    private protected HealthCheck() { }

    /// <summary>For how long after its start failures are forgiven, until it has passed once.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time from an answer to the next question.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many failures in a row make it unhealthy; 0 reports and never replaces.</summary>
    public int FailureLimit { get; init; } = 3;

    /// <summary>The name of the port that is asked; null for the first one.</summary>
    public string? Port { get; init; }
}

/// <summary>GET of a path; passes on status 200 to 399.</summary>
/// <param name="Path">Begins with a slash.</param>
public sealed record HttpHealthCheck(string Path) : HealthCheck;

/// <summary>Passes when a connection is accepted. The kernel does that even for a program that hangs.</summary>
public sealed record TcpHealthCheck : HealthCheck;

/// <summary>Runs a program with the environment of the instance; passes on exit code 0.</summary>
/// <param name="Program">A name looked up in PATH, or a path.</param>
/// <param name="Arguments">As the program gets them.</param>
public sealed record CommandHealthCheck(string Program, IReadOnlyList<string> Arguments) : HealthCheck;
