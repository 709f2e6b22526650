using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

/// <summary>NAB's score by its definition, one threshold and one row at a time.</summary>
internal static class NabReference
{
    public static double Raw(IReadOnlyList<ScoredSeries> corpus, double threshold, NabProfile profile) =>
        corpus.Sum(series => Raw(series.Windows, row => series.Scores[row] >= threshold, series.Scores.Count, profile));

    public static double Raw(IReadOnlyList<LabelWindow> windows, Func<int, bool> fires, int rows, NabProfile profile)
    {
        var probation = Math.Min((int)Math.Floor(0.15 * rows), 750);
        var sum = 0.0;
        foreach (var window in windows)
        {
            if (window.Last < probation) continue;
            double? best = null;
            for (var row = Math.Max(window.First, probation); row <= window.Last; row++)
            {
                if (!fires(row)) continue;
                var position = -(window.Last - row + 1.0) / (window.Last - window.First + 1.0);
                var worth = profile.TruePositive * S(position) / S(-1);
                if (best is null || worth > best) best = worth;
            }
            sum += best ?? -profile.FalseNegative;
        }
        for (var row = probation; row < rows; row++)
        {
            if (!fires(row) || windows.Any(window => window.First <= row && row <= window.Last)) continue;
            var before = windows.Where(window => window.Last < row).ToList();
            sum += before.Count == 0 ? -profile.FalsePositive
                : profile.FalsePositive * S((row - before[^1].Last) / (before[^1].Last - before[^1].First + 0.0));
        }
        return sum;
    }

    private static double S(double p) => p > 3 ? -1 : 2 / (1 + Math.Exp(5 * p)) - 1;
}
