using System.Net;

namespace Flotilla.Events.Serf;

/// <summary>A member as an agent describes it.</summary>
/// <param name="Name">The name of its node.</param>
/// <param name="Address">Where it gossips; null when the agent sent no address of 4 or 16 bytes.</param>
/// <param name="Port">The port of the gossip.</param>
/// <param name="Tags">What it says of itself.</param>
/// <param name="Status"><c>none</c>, <c>alive</c>, <c>leaving</c>, <c>left</c> or <c>failed</c>.</param>
/// <param name="Protocol">The versions of the gossip that it speaks.</param>
/// <param name="Delegate">The versions of Serf's own messages that it speaks.</param>
public sealed record SerfMember(
    string Name, IPAddress? Address, int Port, IReadOnlyDictionary<string, string> Tags, string Status, SerfVersions Protocol, SerfVersions Delegate);

/// <summary>A range of protocol versions, and the one that is spoken.</summary>
public readonly record struct SerfVersions(int Min, int Max, int Current);

/// <summary>
/// Which members to list. Each is a regular expression of RE2 that must match the whole text; null matches everything.
/// </summary>
/// <param name="Tags">By the name of a tag, what its value must match. An absent tag is the empty text.</param>
/// <param name="Status">What the status must match.</param>
/// <param name="Name">What the name must match.</param>
public sealed record SerfMemberFilter(IReadOnlyDictionary<string, string>? Tags = null, string? Status = null, string? Name = null);

/// <summary>
/// The place of a member in the space of round trip times: F. Dabek et al., "Vivaldi: A Decentralized Network Coordinate System",
/// 2004, with the height and the adjustment of J. Ledlie et al., "Network Coordinates in the Wild", 2007.
/// </summary>
/// <param name="Vector">Seconds, in 8 dimensions.</param>
/// <param name="Error">How far off it may be, without unit.</param>
/// <param name="Height">Seconds from the member to the core of the network.</param>
/// <param name="Adjustment">Seconds that correct what the space cannot express.</param>
public sealed record SerfCoordinate(IReadOnlyList<double> Vector, double Error, double Height, double Adjustment)
{
    /// <summary>The estimated round trip time between two members.</summary>
    /// <exception cref="ArgumentException">The coordinates have different dimensions.</exception>
    public TimeSpan RoundTripTo(SerfCoordinate other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Vector.Count != Vector.Count)
            throw new ArgumentException($"It has {other.Vector.Count} dimensions, and this one {Vector.Count}.", nameof(other));
        var squares = 0.0;
        for (var i = 0; i < Vector.Count; i++) squares += (Vector[i] - other.Vector[i]) * (Vector[i] - other.Vector[i]);
        var seconds = Math.Sqrt(squares) + Height + other.Height;
        var adjusted = seconds + Adjustment + other.Adjustment;
        return TimeSpan.FromSeconds(adjusted > 0 ? adjusted : seconds);
    }
}

/// <summary>What the members answered to a command about keys.</summary>
/// <param name="Failure">What went wrong at some members, in Serf's words; null when nothing did.</param>
/// <param name="Messages">By member, what it said.</param>
/// <param name="Keys">For a list of keys: by key, how many members have it.</param>
/// <param name="Nodes">How many members there are.</param>
/// <param name="Responses">How many answered.</param>
/// <param name="Errors">How many of those failed.</param>
public sealed record SerfKeyReport(
    string? Failure, IReadOnlyDictionary<string, string> Messages, IReadOnlyDictionary<string, int> Keys, int Nodes, int Responses, int Errors);
