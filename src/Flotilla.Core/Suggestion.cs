namespace Flotilla.Core;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
public static class Suggestion
{
    /// <summary>The candidate nearest to <paramref name="typed"/>, or null when none is near (over a third of its letters wrong).</summary>
    public static string? For(string typed, IEnumerable<string> candidates) =>
        candidates
            .Select(candidate => (candidate, distance: Distance(typed.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(near => near.distance <= Math.Max(1, near.candidate.Length / 3))
            .OrderBy(near => near.distance)
            .Select(near => near.candidate)
            .FirstOrDefault();

    /// <summary>A sentence <c>Did you mean "x"?</c>, else the list of what there is.</summary>
    public static string Sentence(string typed, IReadOnlyCollection<string> candidates) =>
        For(typed, candidates) is { } near ? $"Did you mean \"{near}\"?"
        : candidates.Count == 0 ? "There are none."
        : $"There {(candidates.Count == 1 ? "is" : "are")}: {string.Join(", ", candidates)}.";

    // Optimal string alignment distance: insertions, deletions, substitutions, and swaps of two neighbours cost one each.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[a.Length, b.Length];
    }
}
