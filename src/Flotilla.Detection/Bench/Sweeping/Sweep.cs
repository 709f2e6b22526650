using Flotilla.Core;
using Flotilla.Detection.Bench.Real;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>Chooses settings, threshold and silence of a detector on one part of labelled series, and scores it on the other.</summary>
public static class Sweep
{
    /// <summary>
    /// Tries the candidates of the detector's settings: every combination of up to 64, otherwise one setting after the other
    /// until none gains anything. For each combination all series are replayed once, then every distinct score is tried as
    /// the threshold with every silence. What was chosen is replayed as it will run, on both parts.
    /// </summary>
    /// <param name="corpus">The series with their labels.</param>
    /// <param name="definition">The detector; where a setting has no candidates it is left alone.</param>
    /// <param name="options">Null for the usual ones.</param>
    /// <param name="progress">Told after each combination.</param>
    /// <param name="cancellationToken">Ends the sweep within a second.</param>
    /// <exception cref="ProblemException">No labelled anomaly to choose by, options that cannot be, a detector that always fails.</exception>
    public static async Task<SweepResult> RunAsync(
        IReadOnlyList<LabelledSeries> corpus, DetectorDefinition definition, SweepOptions? options = null,
        IProgress<SweepProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(definition);
        options ??= new();
        options.Check();
        var parts = corpus.ToLookup(one => SeriesSplit.IsTest(one.Series.Path, options.TestShare));
        var run = new Run(definition, [.. parts[false]], [.. parts[true]], options, progress);
        run.CheckLabels();
        return await run.RunAsync(cancellationToken);
    }

    private sealed class Run(
        DetectorDefinition definition, List<LabelledSeries> development, List<LabelledSeries> test, SweepOptions options, IProgress<SweepProgress>? progress)
    {
        private readonly DetectorDefinition _bare = SilencePolicy.Without(definition);
        private readonly List<SweepTrial> _trials = [];
        private SweepTrial? _best;

        public void CheckLabels()
        {
            if (development.Exists(Labelled)) return;
            var fix = test.Exists(Labelled) ? "Keep a smaller share for the test, or none." : "Give labels with at least one anomaly in these series.";
            throw new ProblemException(new Problem(
                $"None of the {development.Count} series to choose on has a labelled anomaly.", Why: $"{test.Count} series are kept for the test.", Fix: fix));
        }

        public async Task<SweepResult> RunAsync(CancellationToken cancellationToken)
        {
            IReadOnlyList<DetectorSetting> swept = [.. SilencePolicy.SettingsBesides(_bare).Where(setting => setting.Candidates.Count > 0)];
            await new SettingsSearch(swept, values => TryAsync(swept, values, cancellationToken)).RunAsync();
            var best = _best ?? throw new ProblemException(new Problem(
                $"The detector {definition.Name} failed with every combination of its settings.", Why: _trials[0].Error, Fix: "Correct the detector."));
            var chosen = new DetectorSettings(definition.Name, best.Settings, best.Threshold, best.Silence);
            return new(
                options.Objective, chosen, await JudgeAsync(definition, cancellationToken), await JudgeAsync(chosen.Apply(definition), cancellationToken),
                Paths(development), Paths(test), _trials);
        }

        private static bool Labelled(LabelledSeries one) =>
            one.Windows.Any(window => window.Last >= NabScorer.Probation(one.Series.Points.Count));

        private static IReadOnlyList<string> Paths(List<LabelledSeries> part) => [.. part.Select(one => one.Series.Path)];

        private async Task<double?> TryAsync(IReadOnlyList<DetectorSetting> swept, IReadOnlyList<double> values, CancellationToken cancellationToken)
        {
            var changes = swept.Zip(values).Where(pair => pair.First.Value != pair.Second).ToList();
            var trial = await EvaluateAsync(changes, cancellationToken);
            _trials.Add(trial);
            if (trial.Objective > (_best?.Objective ?? double.NegativeInfinity)) _best = trial;
            progress?.Report(new(definition.Name, _trials.Count, _best?.Objective));
            return trial.Objective;
        }

        private async Task<SweepTrial> EvaluateAsync(List<(DetectorSetting First, double Second)> changes, CancellationToken cancellationToken)
        {
            var settings = SilencePolicy.SettingsBesides(_bare).ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
            foreach (var (setting, value) in changes) settings[setting.Name] = value;
            try
            {
                var changed = changes.Aggregate(_bare, (each, change) => each.With(change.First.Name, change.Second));
                var replayed = await DetectorReplay.ScoresAsync(development, changed, options.Parallelism, cancellationToken);
                var choice = await ChooseAsync(replayed, cancellationToken);
                return new(settings, choice.Threshold, choice.Silence, choice.Objective);
            }
            catch (Exception e) when (e is DetectorFailure or ProblemException)
            {
                return new(settings, 1, 0, null, e.Message);
            }
        }

        private async Task<ThresholdChoice> ChooseAsync(ReplayedSeries[] replayed, CancellationToken cancellationToken)
        {
            var sweep = new ThresholdSweep(replayed);
            var choices = await SweepWorkers.SelectAsync(
                options.Silences, options.Parallelism, silence => sweep.Best(silence, options.Objective, cancellationToken), cancellationToken);
            var best = choices.MaxBy(choice => choice.Objective);
            if (options.Objective is not (SweepObjective.VusPr or SweepObjective.AucPr)) return best;
            var measured = await SweepWorkers.SelectAsync(
                [.. replayed.Where(series => series.Labelled.Windows.Count > 0)], options.Parallelism, Measure, cancellationToken);
            return best with { Objective = measured.Average() };
        }

        private double Measure(ReplayedSeries series) =>
            (options.Objective == SweepObjective.VusPr
                ? VusPr.Of(series.RowScores, series.Labelled.Windows)
                : AveragePrecision.Of(series.RowScores, series.Labelled.Windows)) ?? 0;

        private async Task<SweepScores> JudgeAsync(DetectorDefinition judged, CancellationToken cancellationToken)
        {
            try
            {
                var onDevelopment = await DetectorReplay.JudgeAsync(development, judged, options.Parallelism, cancellationToken);
                var onTest = await DetectorReplay.JudgeAsync(test, judged, options.Parallelism, cancellationToken);
                return new(Scorer.Combine(onDevelopment), test.Count == 0 ? null : Scorer.Combine(onTest));
            }
            catch (DetectorFailure e)
            {
                throw new ProblemException(new Problem($"The detector {judged.Name} cannot be scored.", Why: e.Message, Fix: "Correct the detector, or leave the series out."), e);
            }
        }
    }
}
