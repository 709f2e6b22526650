using System.Text;

namespace Flotilla.Inspection.Fixing;

/// <summary>Chooses fixes of a text that do not touch each other, and makes them.</summary>
internal static class FixSet
{
    /// <param name="text">The text.</param>
    /// <param name="fixes">What is wanted; the first of two that touch is taken.</param>
    /// <returns>The new text, the findings that it mends, and how many fixes touch another.</returns>
    public static (string Text, IReadOnlyList<Finding> Fixed, int Overlapping) Apply(TextLines text, IEnumerable<FindingFix> fixes)
    {
        var chosen = new List<(int Start, int End, string Text, int Order)>();
        var taken = new List<(int Start, int End, HashSet<int> Insertions, string Key)>();
        var mended = new List<Finding>();
        var overlapping = 0;
        foreach (var fix in fixes)
        {
            var places = fix.Edits.Select(edit => (Start: text.IndexOf(edit.Line, edit.Column), End: text.IndexOf(edit.EndLine, edit.EndColumn), Text: edit.Text.ReplaceLineEndings("\n").Replace("\n", text.End))).ToList();
            if (places.Count == 0 || places.Any(place => place.Start is null || place.End is null || place.Start > place.End)) continue;
            var (start, end) = (places.Min(place => place.Start!.Value), places.Max(place => place.End!.Value));
            // Several tools mend one defect in one way.
            var key = string.Join('|', places.Select(place => $"{place.Start} {place.End} {place.Text}"));
            if (taken.Exists(other => other.Key == key))
            {
                mended.Add(fix.Finding);
                continue;
            }
            // Parts that only adjoin are clear, but of two insertions at one place none is the first.
            var insertions = places.Where(place => place.Start == place.End).Select(place => place.Start!.Value).ToHashSet();
            if (taken.Exists(other => (start < other.End && other.Start < end) || other.Insertions.Overlaps(insertions)))
            {
                overlapping++;
                continue;
            }
            taken.Add((start, end, insertions, key));
            chosen.AddRange(places.Select((place, order) => (place.Start!.Value, place.End!.Value, place.Text, order)));
            mended.Add(fix.Finding);
        }
        var changed = new StringBuilder();
        var at = 0;
        foreach (var (start, end, replacement, _) in chosen.OrderBy(edit => edit.Start).ThenBy(edit => edit.End).ThenBy(edit => edit.Order))
        {
            // Parts of one fix that lie in each other are no fix.
            if (start < at) return (text.Text, [], overlapping);
            changed.Append(text.Text, at, start - at).Append(replacement);
            at = end;
        }
        changed.Append(text.Text, at, text.Text.Length - at);
        return (changed.ToString(), mended, overlapping);
    }
}
