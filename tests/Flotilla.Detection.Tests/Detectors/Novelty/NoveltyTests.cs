using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class NoveltyTests
{
    private static readonly DetectorDefinition Small = Detectors.Novelty(length: 8, segments: 2, history: 100, gap: 5, silence: 0);

    [Fact]
    public void Streaming_gives_what_the_definition_gives() =>
        Prop.ForAll(Series, values =>
        {
            var scores = Points.Run(Small, values).Select(verdict => verdict.Score).ToArray();
            var expected = Definition(values, valueLimit: 4, patternLimit: 5.5, length: 8, segments: 2, history: 100, gap: 5);
            for (var i = 0; i < values.Length; i++) scores[i].ShouldBe(expected[i], 1e-6 * (1 + expected[i]), $"point {i}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_shift_or_another_unit_changes_no_verdict() =>
        Prop.ForAll(Series, Gen.Choose(-1000, 1000).ToArbitrary(), Gen.Choose(-3, 6).ToArbitrary(), (values, shift, power) =>
        {
            var scale = Math.Pow(2, power);
            var moved = Points.Run(Small, values.Select(value => scale * value + shift));
            var plain = Points.Run(Small, values);
            for (var i = 0; i < values.Length; i++) moved[i].Score.ShouldBe(plain[i].Score, 1e-4 * (1 + plain[i].Score));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_never_seen_is_found_and_one_seen_before_is_not()
    {
        var values = Enumerable.Range(0, 600).Select(i => 10 * Math.Sin(i * Math.Tau / 24) + i * 7 % 5).ToArray();
        values[400] = 60;
        Anomalies(Detectors.Novelty(), values).ShouldBe([400]);
    }

    [Fact]
    public void A_missing_beat_is_found_though_each_of_its_values_is_common()
    {
        var values = Enumerable.Range(0, 2000).Select(i => (i % 50 < 20 ? 50.0 : 10) + i * 7 % 5).ToArray();
        for (var i = 1500; i < 1520; i++) values[i] = 10 + i * 7 % 5;
        var anomalies = Anomalies(Detectors.Novelty(), values);
        anomalies.ShouldNotBeEmpty();
        anomalies.ShouldAllBe(i => i >= 1500 && i < 1580);
    }

    [Fact]
    public void After_an_anomaly_it_is_silent_but_the_scores_go_on()
    {
        var values = Enumerable.Range(0, 600).Select(i => (double)(i * 7 % 5)).ToArray();
        values[300] = 80;
        values[310] = 500;
        values[400] = 2000;
        var verdicts = Points.Run(Detectors.Novelty(silence: 72), values);
        verdicts[300].IsAnomaly.ShouldBeTrue();
        verdicts[310].IsAnomaly.ShouldBeFalse();
        verdicts[310].Score.ShouldBeGreaterThan(1);
        verdicts[400].IsAnomaly.ShouldBeTrue();
        verdicts.Skip(301).Take(72).ShouldAllBe(verdict => !verdict.IsAnomaly);
    }

    [Fact]
    public void A_score_that_persists_fades_and_the_verdicts_stay()
    {
        var values = Enumerable.Range(0, 600).Select(i => (double)(i * 7 % 5)).ToArray();
        values[300] = 80;
        var plain = Points.Run(Detectors.Novelty(), values);
        var lasting = Points.Run(Detectors.NoveltyRanking(persistence: 10), values);
        lasting.Select(verdict => verdict.IsAnomaly).ShouldBe(plain.Select(verdict => verdict.IsAnomaly));
        for (var i = 300; i < 600; i++)
            lasting[i].Score.ShouldBe(Enumerable.Range(300, i - 299).Max(k => plain[k].Score * Math.Exp(-(i - k) / 10.0)), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(-1e12)]
    public void A_constant_series_is_never_anomalous(double value) =>
        Points.Run(Detectors.Novelty(), Enumerable.Repeat(value, 1000)).ShouldAllBe(verdict => verdict.Score == 0);

    [Fact]
    public void A_series_that_repeats_itself_but_for_rounding_is_never_anomalous() =>
        Points.Run(Detectors.Novelty(), Enumerable.Range(0, 3000).Select(i => 1e6 + Math.Sin(i * Math.Tau / 50)))
            .Skip(200).ShouldAllBe(verdict => !verdict.IsAnomaly);

    [Fact]
    public void A_missing_value_changes_nothing()
    {
        var values = Enumerable.Range(0, 400).Select(i => i * i % 37 + 0.0).ToArray();
        var withGaps = Points.Run(Detectors.Novelty(), values.SelectMany(value => new[] { double.NaN, value }));
        withGaps.Where((_, i) => i % 2 == 1).ShouldBe(Points.Run(Detectors.Novelty(), values));
        withGaps.Where((_, i) => i % 2 == 0).ShouldAllBe(verdict => verdict == default);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-1e300)]
    public void A_value_beyond_arithmetic_is_anomalous_and_not_learnt_from(double extreme)
    {
        var before = Enumerable.Range(0, 200).Select(i => i * i % 37 + 0.0).ToArray();
        double[] after = [.. before.Take(100)];
        var verdicts = Points.Run(Detectors.Novelty(silence: 0), [.. before, extreme, .. after]);
        verdicts[200].IsAnomaly.ShouldBeTrue();
        verdicts[201..].ShouldBe(Points.Run(Detectors.Novelty(silence: 0), [.. before, .. after])[200..]);
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Should.Throw<Core.ProblemException>(() => Detectors.Novelty(valueLimit: 6)).Message.ShouldContain("The setting value_limit of the detector novelty cannot be 6. Give a number over 0 and at most 5.");
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Novelty(length: 4, segments: 8));
        Should.Throw<ArgumentOutOfRangeException>(() => Detectors.Novelty(history: 100, gap: 100));
    }

    private static IEnumerable<int> Anomalies(DetectorDefinition detector, double[] values) =>
        Points.Run(detector, values).Index().Where(each => each.Item.IsAnomaly).Select(each => each.Index);

    private static readonly Arbitrary<double[]> Series =
        Gen.OneOf(
            Gen.Choose(-1000, 1000).Select(value => value / 8.0).ArrayOf(220),
            Gen.Choose(0, 3).Select(value => (double)value).ArrayOf(220),
            Gen.Choose(0, 100).ArrayOf(220).Select(noise => noise.Select((value, i) => Math.Round(100 * Math.Sin(i / 4.0)) + (value == 0 ? 400 : value / 64.0)).ToArray())).ToArbitrary();

    /// <summary>The text of the definition, slice by slice.</summary>
    private static double[] Definition(double[] x, double valueLimit, double patternLimit, int length, int segments, int history, int gap)
    {
        var segment = length / segments;
        var pattern = x.Select((_, i) => i < length - 1
            ? null
            : Enumerable.Range(0, segments).Select(s => x[(i - (s + 1) * segment + 1)..(i - s * segment + 1)].Average()).ToArray()).ToArray();
        var scores = new double[x.Length];
        var valueDistances = new List<double>();
        var patternDistances = new List<double>();
        for (var i = 0; i < x.Length; i++)
        {
            var floor = 1e-9 * x[..(i + 1)].Max(value => Math.Abs(value - x[0]));
            double? Nearest(int first, Func<int, double> distance)
            {
                var past = Enumerable.Range(first, x.Length).Where(j => j >= i - history && j < i - gap).ToList();
                if (past.Count < 30) return null;
                var nearest = past.Min(distance);
                return nearest <= floor ? 0 : nearest;
            }
            if (Nearest(0, j => Math.Abs(x[j] - x[i])) is { } d)
            {
                if (valueDistances.Count >= 50)
                {
                    var mean = valueDistances.Average();
                    var deviation = Math.Sqrt(valueDistances.Average(each => (each - mean) * (each - mean)));
                    scores[i] += (d == mean ? 0 : Math.Clamp((d - mean) / deviation, -5, 5)) / valueLimit;
                }
                valueDistances.Add(d);
            }
            if (pattern[i] is { } newest && Nearest(length - 1, j => Math.Sqrt(pattern[j]!.Zip(newest, (a, b) => (a - b) * (a - b)).Sum())) is { } D)
            {
                if (patternDistances.Count >= 50 && D > 0) scores[i] += Math.Min(D / patternDistances.Average(), 100) / patternLimit;
                patternDistances.Add(D);
            }
            scores[i] = Math.Max(0, scores[i]);
        }
        return scores;
    }
}
