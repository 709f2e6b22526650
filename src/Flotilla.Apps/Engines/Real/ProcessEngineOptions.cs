using Flotilla.Core.Http;

namespace Flotilla.Apps.Engines.Real;

/// <summary>What a <see cref="ProcessEngine"/> needs.</summary>
public sealed record ProcessEngineOptions
{
    /// <summary>Where it keeps logs and finds what an earlier run of Flotilla left; one engine at a time uses it.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>For health checks.</summary>
    public required IHttp Http { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Spreads ports and marks process trees.</summary>
    public required Random Random { get; init; }

    /// <summary>The IP address on which instances are to listen (their <c>HOST</c>), and on which they are reached.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Where a path of the host is for this program; null when it is the path itself.</summary>
    public Func<string, string>? MapPath { get; init; }

    /// <summary>
    /// False tracks processes by their environment and parents even where cgroups of version 2 could be used; without them,
    /// a process that clears its environment and outlives its parent escapes.
    /// </summary>
    public bool UseCgroups { get; init; } = true;
}
