using Flotilla.Benchmarks.Harness;
using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Benchmarks.Detection;

/// <summary>What it costs to score a detector on the 34 NAB files, beside the definitions written out as loops.</summary>
internal sealed class ScoringBenchmark : Benchmark
{
    private const int ReferenceThresholds = 100;

    public override string Name => "scoring";

    public override string What => "NAB score (three profiles, every threshold), VUS-PR and a sweep over the 34 NAB files, one core, in process.";

    public override async Task RunAsync(Report report, int runs)
    {
        var folder = Path.Combine(Repository.Root, "..", "shared", "data", "nab");
        if (!Directory.Exists(folder))
        {
            report.Note($"The NAB corpus is not in {folder}; nothing was measured.");
            return;
        }
        var labels = Labels.Read(Path.Combine(folder, "labels", "combined_windows.json"));
        var options = new SeriesOptions(AllowDisorder: true);
        var corpus = SeriesFolder.Find(Path.Combine(folder, "data"), options)
            .Select(file => file.Load(options))
            .Select(series => new LabelledSeries(series, labels.Resolve(series)))
            .ToList();
        var definition = Detectors.StdDevFromMovingAverage();
        var scored = corpus.Select(one => Replay(definition, one)).ToList();
        var labelled = scored.Where(series => series.Windows.Count > 0).ToList();
        var largest = labelled.MaxBy(series => series.Scores.Count)!;

        Measured fit = new(), verdicts = new(), vus = new(), vusLargest = new(), fitReference = new(), vusReference = new(), sweep = new();
        for (var run = 0; run < runs; run++)
        {
            fit.Add(() => NabScorer.Fit(scored).Scores.Standard!.Value);
            verdicts.Add(() => NabScorer.Combine(scored.Select(Verdicts)).Standard!.Value);
            fitReference.Add(() => Thresholds(scored).Max(threshold => scored.Sum(series => RawByRows(series, threshold))));
            vus.Add(() => labelled.Average(series => VusPr.Of(series.Scores, series.Windows)!.Value));
            vusLargest.Add(() => VusPr.Of(largest.Scores, largest.Windows)!.Value);
            vusReference.Add(() => VusByRows(largest));
            await sweep.AddAsync(() => Sweep.RunAsync(corpus, definition, new(TestShare: 0, Parallelism: 1)));
        }
        var rows = scored.Sum(series => series.Scores.Count);
        var distinct = scored.SelectMany(series => series.Scores).Distinct().Count();
        report.AtMost("NAB score, three profiles, every threshold, 34 files", fit.Seconds, "s", 1);
        report.Tell("NAB score of verdicts, 34 files", verdicts.Seconds, "s");
        report.Tell($"reference: row by row, {ReferenceThresholds} of the thresholds, one profile", fitReference.Seconds, "s");
        report.AtMost($"VUS-PR, {labelled.Count} files", vus.Seconds, "s", 1);
        report.Tell($"VUS-PR, the longest file ({largest.Scores.Count:#,0} rows)", vusLargest.Seconds, "s");
        report.Tell("reference: row by row, the same file", vusReference.Seconds, "s");
        report.Tell("reference / VUS-PR, same file", [.. vusReference.Seconds.Zip(vusLargest.Seconds, (slow, fast) => slow / fast)], "×");
        report.Tell("sweep: replays, every threshold × 6 silences, 34 files", sweep.Seconds, "s");
        report.Note($"{rows:#,0} rows with {distinct:#,0} distinct scores of {definition.Name}; CPU seconds of the process.");
        report.Note($"VUS-PR of the longest file: {vusLargest.Result:0.000000}, by the reference {vusReference.Result:0.000000}.");
    }

    private static ScoredSeries Replay(DetectorDefinition definition, LabelledSeries labelled)
    {
        var detector = definition.Create();
        return new([.. labelled.Series.Points.Select(point => detector.Observe(point).Score)], labelled.Windows);
    }

    private static NabScores Verdicts(ScoredSeries series) =>
        NabScorer.Score([.. Enumerable.Range(0, series.Scores.Count).Where(row => series.Scores[row] > 1)], series.Windows, series.Scores.Count);

    private static IEnumerable<double> Thresholds(IReadOnlyList<ScoredSeries> corpus)
    {
        var distinct = corpus.SelectMany(series => series.Scores).Distinct().OrderDescending().ToList();
        return Enumerable.Range(0, ReferenceThresholds).Select(i => distinct[i * (distinct.Count - 1) / ReferenceThresholds]);
    }

    // The standard profile by its definition: every row against the threshold and every window.
    private static double RawByRows(ScoredSeries series, double threshold)
    {
        var best = series.Windows.Select(_ => -1.0).ToArray();
        var sum = 0.0;
        for (var row = NabScorer.Probation(series.Scores.Count); row < series.Scores.Count; row++)
        {
            if (series.Scores[row] < threshold) continue;
            var inside = -1;
            LabelWindow? before = null;
            for (var i = 0; i < series.Windows.Count; i++)
            {
                if (series.Windows[i].First <= row && row <= series.Windows[i].Last) inside = i;
                if (series.Windows[i].Last < row) before = series.Windows[i];
            }
            if (inside >= 0)
            {
                var window = series.Windows[inside];
                best[inside] = Math.Max(best[inside], Sigmoid(-(window.Last - row + 1.0) / window.Width) / Sigmoid(-1));
            }
            else
            {
                sum += 0.11 * (before is { } window ? Sigmoid((row - window.Last) / (window.Width - 1.0)) : -1);
            }
        }
        return sum + best.Sum();
    }

    private static double Sigmoid(double position) => position > 3 ? -1 : 2 / (1 + Math.Exp(5 * position)) - 1;

    // The definition: for each of 101 buffers and 250 thresholds every row is looked at.
    private static double VusByRows(ScoredSeries series)
    {
        var descending = series.Scores.OrderDescending().ToArray();
        var scores = series.Scores.ToArray();
        var n = scores.Length;
        var volume = 0.0;
        for (var width = 0; width <= VusPr.UsualBuffer; width++)
        {
            var label = new double[n];
            var segmentOf = new int[n];
            var (segments, end) = (0, -1);
            foreach (var window in series.Windows)
            {
                var reach = width / 2;
                if (window.First - reach > end) segments++;
                end = window.Last + reach;
                for (var row = Math.Max(0, window.First - reach); row <= Math.Min(n - 1, end); row++)
                {
                    var distance = Math.Max(window.First - row, row - window.Last);
                    label[row] = Math.Min(1, label[row] + (distance <= 0 ? 1 : Math.Sqrt(1 - (double)distance / width)));
                    segmentOf[row] = segments;
                }
            }
            var positives = series.Windows.Sum(window => window.Width);
            var recallBefore = 0.0;
            for (var k = 0; k < 250; k++)
            {
                var threshold = descending[k == 249 ? n - 1 : (int)(k * ((n - 1) / 249.0))];
                var (soft, predicted) = (0.0, 0);
                var hit = new bool[segments + 1];
                for (var row = 0; row < n; row++)
                {
                    if (scores[row] < threshold) continue;
                    predicted++;
                    soft += label[row];
                    hit[segmentOf[row]] = true;
                }
                var inside = series.Windows.Sum(window => scores.AsSpan(window.First, window.Width).ToArray().Count(score => score >= threshold));
                var recall = Math.Min(soft / (positives + (soft - inside) / 2), 1) * hit.Skip(1).Count(each => each) / segments;
                volume += (recall - recallBefore) * soft / predicted;
                recallBefore = recall;
            }
        }
        return volume / (VusPr.UsualBuffer + 1);
    }

    /// <summary>CPU seconds of this process, run by run, and the last result.</summary>
    private sealed class Measured
    {
        public List<double> Seconds { get; } = [];

        public double Result { get; private set; }

        public void Add(Func<double> work)
        {
            var before = Environment.CpuUsage.TotalTime;
            Result = work();
            Seconds.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        public async Task AddAsync(Func<Task> work)
        {
            var before = Environment.CpuUsage.TotalTime;
            await work();
            Seconds.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
    }
}
