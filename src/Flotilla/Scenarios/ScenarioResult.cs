using System.Text;

namespace Flotilla;

/// <summary>How a scenario went.</summary>
/// <param name="Name">The scenario.</param>
/// <param name="Passed">True when all it waited for came.</param>
/// <param name="Seconds">How long it took, in the world's own time.</param>
/// <param name="Timeline">All that happened.</param>
/// <param name="Why">What failed; null when it passed.</param>
public sealed record ScenarioResult(string Name, bool Passed, double Seconds, IReadOnlyList<TimelineEntry> Timeline, string? Why = null)
{
    /// <summary>The end of the timeline as lines for people.</summary>
    public string LastLines(int count = 25)
    {
        if (Timeline.Count == 0) return "";
        var start = Timeline[0].At;
        var text = new StringBuilder();
        foreach (var entry in Timeline.Skip(Timeline.Count - count)) text.Append("  ").AppendLine(Line(entry, start));
        return text.ToString();
    }

    internal static string Line(TimelineEntry entry, DateTimeOffset start) =>
        $"{(entry.At - start).TotalSeconds,9:0.000}  {entry.Kind,-20} {entry.Subject}  {entry.Text}";
}
