using System.Globalization;
using System.Text;

namespace Flotilla.Resources;

/// <summary>Differences of two texts in the form that people and patch(1) read (GNU diffutils manual, "Detailed Description of Unified Format").</summary>
public static class UnifiedDiff
{
    /// <summary>
    /// The difference, or an empty text when there is none. It is the shortest one by lines (see remarks); applied to
    /// <paramref name="before"/> it gives <paramref name="after"/>.
    /// </summary>
    /// <param name="before">The old text. Lines end with <c>\n</c>; a <c>\r</c> before it belongs to the line.</param>
    /// <param name="after">The new text.</param>
    /// <param name="beforeName">Stands after <c>---</c>.</param>
    /// <param name="afterName">Stands after <c>+++</c>.</param>
    /// <param name="context">How many equal lines stand around a change.</param>
    /// <remarks>
    /// Found with the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1
    /// (1986). When over 2000 lines have to go and come, all lines between the first and the last difference are shown as
    /// replaced, so that time and memory stay bounded.
    /// </remarks>
    public static string Between(string before, string after, string beforeName, string afterName, int context = 3)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        if (before == after) return "";
        var old = Lines(before);
        var @new = Lines(after);
        var text = new StringBuilder();
        text.Append("--- ").Append(beforeName).Append("\n+++ ").Append(afterName).Append('\n');
        foreach (var hunk in Hunks(MyersDiff.Between(old, @new), context)) Write(text, hunk, old, @new, context);
        return text.ToString();
    }

    /// <summary>The lines of a text, each with its end; the last one may have none.</summary>
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            var next = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..next]);
            start = next;
        }
        return lines;
    }

    // Changes whose contexts touch share a hunk.
    private static IEnumerable<List<LineChange>> Hunks(IReadOnlyList<LineChange> changes, int context)
    {
        var hunk = new List<LineChange>();
        foreach (var change in changes)
        {
            if (hunk.Count > 0 && change.OldStart - hunk[^1].OldEnd > 2 * context)
            {
                yield return hunk;
                hunk = [];
            }
            hunk.Add(change);
        }
        if (hunk.Count > 0) yield return hunk;
    }

    private static void Write(StringBuilder text, List<LineChange> hunk, List<string> old, List<string> @new, int context)
    {
        var lead = Math.Min(context, hunk[0].OldStart);
        var trail = Math.Min(context, old.Count - hunk[^1].OldEnd);
        text.Append("@@ -").Append(Range(hunk[0].OldStart - lead, hunk[^1].OldEnd + trail))
            .Append(" +").Append(Range(hunk[0].NewStart - lead, hunk[^1].NewEnd + trail)).Append(" @@\n");
        var at = hunk[0].OldStart - lead;
        foreach (var change in hunk)
        {
            for (; at < change.OldStart; at++) Write(text, ' ', old[at]);
            for (; at < change.OldEnd; at++) Write(text, '-', old[at]);
            for (var i = change.NewStart; i < change.NewEnd; i++) Write(text, '+', @new[i]);
        }
        for (var end = at + trail; at < end; at++) Write(text, ' ', old[at]);
    }

    private static void Write(StringBuilder text, char sign, string line)
    {
        text.Append(sign).Append(line);
        if (line[^1] != '\n') text.Append("\n\\ No newline at end of file\n");
    }

    // Counted from 1; an empty range names the line before it; a length of 1 is left out.
    private static string Range(int start, int end) => (end - start) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"{start},0"),
        1 => string.Create(CultureInfo.InvariantCulture, $"{start + 1}"),
        var length => string.Create(CultureInfo.InvariantCulture, $"{start + 1},{length}"),
    };
}
