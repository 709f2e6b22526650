namespace Flotilla.Events.Serf;

/// <summary>A question to members.</summary>
/// <param name="Name">Any text that does not begin with <c>_serf_</c>, except <c>_serf_ping</c> without payload.</param>
/// <param name="Payload">What is added; by Serf's defaults about 900 bytes at most.</param>
public sealed record SerfQueryRequest(string Name, ReadOnlyMemory<byte> Payload = default)
{
    /// <summary>Only members of these names; null for all.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>
    /// Only members whose tags match these regular expressions of RE2, which need not match the whole value; null for all. A
    /// bad expression gets no answer from anyone, and no error.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Whether members say that they have received it, before they answer.</summary>
    public bool Acknowledge { get; init; }

    /// <summary>Through how many other members each answer is sent besides the direct way, 0 to 255.</summary>
    public byte RelayFactor { get; init; }

    /// <summary>How long answers are taken; null for Serf's default, which grows with the members and is 1.6 s at least.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>What came of a query.</summary>
/// <param name="Answers">Who answered, and what.</param>
/// <param name="Acknowledged">Who has received it.</param>
/// <param name="Silent">Who was expected to answer and did not, sorted by name.</param>
/// <param name="Took">From the question to the last answer, or to the end of the time.</param>
public sealed record SerfQueryOutcome(
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Answers, IReadOnlyList<string> Acknowledged, IReadOnlyList<string> Silent, TimeSpan Took);
