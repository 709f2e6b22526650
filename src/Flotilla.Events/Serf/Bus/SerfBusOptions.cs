namespace Flotilla.Events.Serf;

/// <summary>How a bus uses its agent.</summary>
public sealed record SerfBusOptions
{
    /// <summary>The tags of this member; null to keep those that the agent has.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Addresses of the gossip of members to join, once this one has announced itself; empty to join nobody.</summary>
    public IReadOnlyList<string> Join { get; init; } = [];

    /// <summary>
    /// Ends with the bus: the agent, when this program has started it. Without one the agent outlives the bus, and to the others this
    /// member stays alive.
    /// </summary>
    public IAsyncDisposable? Owned { get; init; }

    /// <summary>
    /// How often the list of members is read besides each word of the agent about them, which comes a second late; a
    /// second unless given.
    /// </summary>
    public TimeSpan MembersInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long members that were alive are waited for when the agent no longer knows them, as after its restart; 30
    /// seconds unless given.
    /// </summary>
    public TimeSpan RejoinGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After which a large event counts as lost when no further part of it arrives; 60 seconds unless given.</summary>
    public TimeSpan PartsTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The agents' <c>user_event_size_limit</c>; 512 bytes unless given.</summary>
    public int EventBytesMax { get; init; } = 512;

    /// <summary>The agents' <c>query_size_limit</c>; 1,024 bytes unless given.</summary>
    public int QueryBytesMax { get; init; } = 1024;

    /// <summary>The agents' <c>query_response_size_limit</c>; 1,024 bytes unless given.</summary>
    public int AnswerBytesMax { get; init; } = 1024;

    /// <summary>Told in a line what a person should know: a receiver that threw, tags that could not be restored.</summary>
    public Action<string>? Report { get; init; }
}
