using Flotilla.Core;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;
using Flotilla.Detection.Tests.Scoring;

namespace Flotilla.Detection.Tests.Bench;

public sealed class SweepTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_finds_the_setting_that_finds_the_labels()
    {
        var result = await Sweep.RunAsync(Corpus(12), Power(1, [1, 2, 3]), cancellationToken: Token);
        result.Chosen.Settings.ShouldBe(new Dictionary<string, double> { ["power"] = 2 });
        result.Chosen.Silence.ShouldBe(0);
        result.Chosen.Threshold.ShouldBe((36 + 4) / 2.0);
        result.After.Development.Nab.Standard.ShouldBe(100);
        result.After.Test!.Nab.Standard.ShouldBe(100);
        result.Before.Development.Nab.Standard!.Value.ShouldBeLessThan(100);
        result.Trials.Select(trial => trial.Settings["power"]).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Every_series_is_on_one_side_and_stays_there()
    {
        var corpus = Corpus(40);
        var whole = await Sweep.RunAsync(corpus, Power(2, []), cancellationToken: Token);
        whole.DevelopmentSeries.Concat(whole.TestSeries).Order().ShouldBe(corpus.Select(one => one.Series.Path).Order());
        whole.DevelopmentSeries.Count.ShouldBeInRange(10, 30);
        var part = await Sweep.RunAsync([.. corpus.Skip(10).Reverse()], Power(2, []), cancellationToken: Token);
        part.TestSeries.ShouldBeSubsetOf(whole.TestSeries);
        part.DevelopmentSeries.ShouldBeSubsetOf(whole.DevelopmentSeries);
    }

    [Fact]
    public async Task Test_series_have_no_part_in_the_choice()
    {
        var corpus = Corpus(12);
        var first = await Sweep.RunAsync(corpus, Power(1, [1, 2, 3]), cancellationToken: Token);
        var blind = corpus.Select(one => first.TestSeries.Contains(one.Series.Path) ? one with { Windows = [] } : one).ToList();
        var second = await Sweep.RunAsync(blind, Power(1, [1, 2, 3]), cancellationToken: Token);
        second.Chosen.Settings.ShouldBe(first.Chosen.Settings);
        second.Chosen.Threshold.ShouldBe(first.Chosen.Threshold);
        second.After.Development.ShouldBeEquivalentTo(first.After.Development);
    }

    [Fact]
    public async Task Without_a_test_part_there_is_no_test_score()
    {
        var result = await Sweep.RunAsync(Corpus(3), Power(2, []), new(TestShare: 0), cancellationToken: Token);
        result.TestSeries.ShouldBeEmpty();
        result.After.Test.ShouldBeNull();
        result.Before.Test.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_frozen_scores_what_was_found_afterwards_on_stored_scores()
    {
        var noisy = Corpus(6, rows: 400, burst: 20);
        var result = await Sweep.RunAsync(noisy, Power(2, []), new(TestShare: 0), cancellationToken: Token);
        result.Chosen.Silence.ShouldBeGreaterThan(0);
        result.After.Development.Nab.Standard!.Value.ShouldBe(result.Trials[0].Objective!.Value, 1e-9);
    }

    [Theory]
    [InlineData(SweepObjective.NabStandard)]
    [InlineData(SweepObjective.VusPr)]
    [InlineData(SweepObjective.AucPr)]
    [InlineData(SweepObjective.EventF1)]
    public async Task Results_are_the_same_on_one_core_and_on_many(SweepObjective objective)
    {
        var one = await Sweep.RunAsync(Corpus(9, rows: 300), Power(1, [1, 2]), new(objective, Parallelism: 1), cancellationToken: Token);
        var many = await Sweep.RunAsync(Corpus(9, rows: 300), Power(1, [1, 2]), new(objective, Parallelism: 8), cancellationToken: Token);
        many.ShouldBeEquivalentTo(one);
        many.Objective.ShouldBe(objective);
        if (objective == SweepObjective.VusPr) one.Trials.Max(trial => trial.Objective).ShouldBe(one.After.Development.VusPr);
        if (objective == SweepObjective.AucPr) one.Trials.Max(trial => trial.Objective).ShouldBe(one.After.Development.AucPr);
        if (objective == SweepObjective.EventF1) one.Trials.Max(trial => trial.Objective).ShouldBe(1);
    }

    [Fact]
    public async Task A_detector_that_brings_its_silence_gets_another_and_no_second_one()
    {
        var definition = Power(2, []).Silenced(5, 3);
        var result = await Sweep.RunAsync(Corpus(6), definition, cancellationToken: Token);
        result.Chosen.Settings.Keys.ShouldBe(["power"]);
        var frozen = result.Chosen.Apply(definition);
        frozen.Settings.Select(setting => setting.Name).Order().ShouldBe(["power", "silence", "threshold"]);
        frozen.Settings.Single(setting => setting.Name == "threshold").Value.ShouldBe(result.Chosen.Threshold);
        result.After.Development.Nab.Standard.ShouldBe(100);
    }

    [Fact]
    public async Task What_an_inner_policy_holds_back_no_threshold_brings_back()
    {
        // Of each burst only the first point counts; the label begins in the middle of one.
        var definition = Power(2, []).Silenced(1000, 3).UnlessBoring(points: 1_000);
        var result = await Sweep.RunAsync(Corpus(6, rows: 400, burst: 20), definition, new(TestShare: 0), cancellationToken: Token);
        result.Chosen.Settings.Keys.ShouldBe(["power", "silence", "threshold", "boring_points", "boring_distinct"]);
        result.After.Development.Nab.Standard!.Value.ShouldBe(result.Trials.Max(trial => trial.Objective)!.Value, 1e-9);
    }

    [Fact]
    public async Task A_setting_with_which_the_detector_fails_is_told_and_left()
    {
        var definition = new DetectorDefinition("picky", [new("power", 2, [1, 2])], values => new PowerDetector(values["power"], failsAt: values["power"] == 1 ? 17 : null));
        var result = await Sweep.RunAsync(Corpus(3), definition, new(TestShare: 0), cancellationToken: Token);
        result.Chosen.Settings["power"].ShouldBe(2);
        result.Trials[1].Objective.ShouldBeNull();
        result.Trials[1].Error.ShouldBe("It threw InvalidOperationException at point 17 of group/0.csv: tired");
    }

    [Fact]
    public async Task A_detector_that_always_fails_is_a_problem()
    {
        var definition = new DetectorDefinition("broken", () => new PowerDetector(1, failsAt: 3));
        var thrown = await Should.ThrowAsync<ProblemException>(() => Sweep.RunAsync(Corpus(3), definition, new(TestShare: 0), cancellationToken: Token));
        thrown.Message.ShouldBe("The detector broken failed with every combination of its settings. "
            + "It threw InvalidOperationException at point 3 of group/0.csv: tired Correct the detector.");
    }

    [Fact]
    public async Task Without_a_label_there_is_nothing_to_choose_by()
    {
        List<LabelledSeries> corpus = [.. Corpus(3).Select(one => one with { Windows = [] })];
        var thrown = await Should.ThrowAsync<ProblemException>(() => Sweep.RunAsync(corpus, Power(1, []), new(TestShare: 0), cancellationToken: Token));
        thrown.Message.ShouldBe("None of the 3 series to choose on has a labelled anomaly. 0 series are kept for the test. "
            + "Give labels with at least one anomaly in these series.");
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public async Task A_share_that_leaves_nothing_is_a_problem(double share)
    {
        var thrown = await Should.ThrowAsync<ProblemException>(() => Sweep.RunAsync(Corpus(3), Power(1, []), new(TestShare: share), cancellationToken: Token));
        thrown.Message.ShouldBe($"A share of {share} cannot be kept for the test. Give a share from 0 to below 1, such as 0.5.");
    }

    [Fact]
    public async Task Progress_tells_each_trial()
    {
        var told = new List<SweepProgress>();
        await Sweep.RunAsync(Corpus(3), Power(2, [1, 2, 3]), new(TestShare: 0), new Told(told.Add), Token);
        told.Select(one => one.Trials).ShouldBe([1, 2, 3]);
        told[^1].Best.ShouldBe(100);
        told.ShouldAllBe(one => one.Detector == "power");
    }

    [Fact]
    public async Task Cancellation_ends_it_in_the_middle_of_a_series()
    {
        using var source = new CancellationTokenSource();
        var definition = new DetectorDefinition("cancelling", () => new PowerDetector(1, onPoint: row => { if (row == 2000) source.Cancel(); }));
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Sweep.RunAsync(Corpus(1, rows: 100_000), definition, new(TestShare: 0), cancellationToken: source.Token));
    }

    [Fact]
    public async Task The_corpus_of_NAB_gives_what_the_fact_sheet_says_of_a_plain_detector()
    {
        if (NabFolder.Here is not { } nab)
        {
            Assert.Skip(NabFolder.Absent);
            return;
        }
        List<LabelledSeries> corpus = [.. nab.Series.Zip(nab.Windows, (series, windows) => new LabelledSeries(series, windows))];
        var definition = new DetectorDefinition("trailing_z", () => new TrailingZ(6400));
        var loud = await Sweep.RunAsync(corpus, definition, new(TestShare: 0) { Silences = [0] }, cancellationToken: Token);
        loud.After.Development.Nab.Standard!.Value.ShouldBe(51.5, 0.05);
        loud.After.Development.VusPr!.Value.ShouldBe(0.170, 0.0005);
        var quiet = await Sweep.RunAsync(corpus, definition, new(TestShare: 0) { Silences = [36, 72, 144] }, cancellationToken: Token);
        // The sheet tried fewer thresholds.
        quiet.After.Development.Nab.Standard!.Value.ShouldBeInRange(59.4, 59.7);
    }

    private static DetectorDefinition Power(double power, IReadOnlyList<double> candidates) =>
        new("power", [new("power", power, candidates)], values => new PowerDetector(values["power"]));

    // Values 2 that change nothing, one 6 in the label; a 3 outside that only the power 2 leaves far below.
    private static List<LabelledSeries> Corpus(int count, int rows = 100, int burst = 1) =>
        [.. Enumerable.Range(0, count).Select(index =>
        {
            var values = new double[rows];
            values[rows / 3] = 2;
            values.AsSpan(rows / 2, burst).Fill(6);
            if (burst > 1) values.AsSpan(rows * 3 / 4, burst / 4).Fill(6);
            Point[] points = [.. values.Select((value, row) => new Point(DateTimeOffset.UnixEpoch.AddMinutes(row), value))];
            return new LabelledSeries(new Series($"{index}", $"group/{index}.csv", points), [new(rows / 2, rows / 2 + 4)]);
        })];

    // The score is the value to the power; powers but 2 are as good for the 2 as for the 6.
    private sealed class PowerDetector(double power, int? failsAt = null, Action<int>? onPoint = null) : IDetector
    {
        private int _row = -1;

        public Verdict Observe(Point point)
        {
            _row++;
            onPoint?.Invoke(_row);
            if (_row == failsAt) throw new InvalidOperationException("tired");
            return Verdict.FromScore(power == 2 ? Math.Pow(point.Value, 2) : Math.Min(1.5, point.Value));
        }
    }

    // The distance from the mean of the values before, in their standard deviations, by sums over the window.
    private sealed class TrailingZ(int window) : IDetector
    {
        private readonly Queue<double> _values = new();
        private double? _origin;
        private double _sum;
        private double _squares;

        public Verdict Observe(Point point)
        {
            var value = point.Value - (_origin ??= point.Value);
            var mean = _sum / _values.Count;
            var deviation = Math.Sqrt(Math.Max(_squares / _values.Count - mean * mean, 0)) + 1e-9;
            var verdict = _values.Count > 0 ? Verdict.FromScore(Math.Abs(value - mean) / deviation) : default;
            Add(value, 1);
            _values.Enqueue(value);
            if (_values.Count > window) Add(_values.Dequeue(), -1);
            return verdict;
        }

        private void Add(double value, int sign)
        {
            _sum += sign * value;
            _squares += sign * value * value;
        }
    }

    private sealed class Told(Action<SweepProgress> tell) : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value) => tell(value);
    }
}
