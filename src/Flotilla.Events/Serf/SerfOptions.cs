namespace Flotilla.Events.Serf;

/// <summary>How to reach a Serf agent, and how long to wait for it.</summary>
public sealed record SerfOptions
{
    /// <summary>Where the agent listens for RPC; <see cref="SerfAddress.Default"/> unless given.</summary>
    public SerfAddress Address { get; init; } = SerfAddress.Default;

    /// <summary>The agent's <c>rpc_auth</c>; null when it has none.</summary>
    public string? Token { get; init; }

    /// <summary>Until the connection stands and the agent has greeted; 5 seconds unless given.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For commands that the agent answers by itself; 10 seconds unless given.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For commands that wait for other members: join, leave, tags, keys; 60 seconds unless given.</summary>
    public TimeSpan ClusterTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many records a stream keeps for a consumer that lags behind; then it drops the newest and says so with a
    /// <see cref="SerfGapRecord"/>. 32,768 unless given.
    /// </summary>
    public int StreamCapacity { get; init; } = 32_768;

    /// <summary>
    /// After which an event that the Lamport times say must exist counts as lost; 30 seconds unless given, since agents
    /// repair what gossip lost every 15 to 60 seconds, and coalesced events come late anyway.
    /// </summary>
    public TimeSpan LossGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a <see cref="SerfConnection"/> asks the agent for a sign of life; 5 seconds unless given.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After which an agent without a sign of life counts as gone, and its connection is given up; 20 seconds unless
    /// given.
    /// </summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
