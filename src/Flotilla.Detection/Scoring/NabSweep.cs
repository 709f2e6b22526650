namespace Flotilla.Detection.Scoring;

/// <summary>One pass over the rows of a corpus from the highest score down, with the sums of all profiles carried along.</summary>
internal static class NabSweep
{
    public static NabFit Run(IReadOnlyList<ScoredSeries> corpus)
    {
        var series = corpus.Select(one => new NabRows(one.Windows, one.Scores.Count)).ToArray();
        var windows = series.Sum(one => one.Windows);
        var (scores, rows) = Descending(corpus, series);

        var best = NabProfile.All.Select(profile => new FittedThreshold(profile, null, profile.Raw(0, windows, 0), 0, 0)).ToArray();
        var worth = corpus.Select(one => new double[one.Windows.Count]).ToArray();
        var (found, outside) = (0.0, 0.0);
        var (missed, inWindows) = (windows, 0);
        for (var next = 0; next < scores.Length;)
        {
            var threshold = scores[next];
            for (; next < scores.Length && scores[next] == threshold; next++)
            {
                var (index, row) = rows[next];
                var value = series[index].Worth(row);
                var window = series[index].WindowOf(row);
                if (window < 0)
                {
                    outside += value;
                    continue;
                }
                inWindows++;
                ref var most = ref worth[index][window];
                if (value <= most) continue;
                if (most == 0) missed--;
                found += value - most;
                most = value;
            }
            foreach (ref var choice in best.AsSpan())
            {
                var raw = choice.Profile.Raw(found, missed, outside);
                if (raw > choice.Raw) choice = new(choice.Profile, threshold, raw, inWindows, next - inWindows);
            }
        }
        return new(NabScorer.Normalized([.. best.Select(choice => choice.Raw)], windows), best);
    }

    private static (double[] Scores, (int Series, int Row)[] Rows) Descending(IReadOnlyList<ScoredSeries> corpus, NabRows[] series)
    {
        var count = corpus.Sum(one => one.Scores.Count);
        var scores = new double[count];
        var rows = new (int, int)[count];
        var filled = 0;
        for (var index = 0; index < corpus.Count; index++)
        {
            var own = corpus[index].Scores;
            for (var row = series[index].Probation; row < own.Count; row++)
            {
                if (double.IsNaN(own[row])) continue;
                scores[filled] = -own[row];
                rows[filled++] = (index, row);
            }
        }
        Array.Sort(scores, rows, 0, filled);
        Array.Resize(ref scores, filled);
        foreach (ref var score in scores.AsSpan()) score = -score;
        return (scores, rows);
    }
}
