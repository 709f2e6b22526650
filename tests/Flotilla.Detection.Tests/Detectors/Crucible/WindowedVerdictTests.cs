using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

/// <summary>A window that points leave gives the verdicts of a replay of what is in it.</summary>
public sealed class WindowedVerdictTests
{
    [Theory]
    [InlineData("first_hour_average", 24, 24)]
    [InlineData("mean_subtraction_cumulation", 0.05, 6)]
    [InlineData("stddev_from_average", 0.05, 6)]
    [InlineData("stddev_from_moving_average", 0.05, 6)]
    [InlineData("least_squares", 0.05, 6)]
    [InlineData("grubbs", 0.05, 6)]
    [InlineData("histogram_bins", 0.05, 6)]
    [InlineData("median_absolute_deviation", 0.05, 6)]
    [InlineData("ks_test", 1, 1)]
    public void Live_verdicts_equal_those_of_a_replay_of_the_window(string name, double fromHours, double toHours) =>
        Prop.ForAll(Runs, run =>
        {
            var hours = fromHours + run.Share * (toHours - fromHours);
            // A day must pass, so the points are further apart.
            var points = run.Points.Select((point, i) => name switch
            {
                "first_hour_average" => point with { At = Points.Start + 40 * (point.At - Points.Start) },
                // Regressions of columns that depend on each other have no answer, so nothing is still here.
                "ks_test" => point with { Value = point.Value % 1e9 + i * 7919 % 1009 / 1009.0 },
                _ => point,
            }).ToArray();
            var judge = SliceBySlice.All.Single(algorithm => algorithm.Name == name).Judge;
            var verdicts = Points.Run(Windowed(name, hours), points);
            var ticks = points.Select(point => point.At.UtcTicks).ToArray();
            var values = points.Select(point => point.Value).ToArray();
            var from = 0;
            for (var i = 0; i < points.Length; i++)
            {
                if (name != "ks_test") while (ticks[from] < ticks[i] - (long)(hours * TimeSpan.TicksPerHour)) from++;
                if (i + 1 - from < 10)
                {
                    verdicts[i].ShouldBe(default);
                    continue;
                }
                // The slow form takes its time.
                if (name == "ks_test" && i % 5 != 0) continue;
                var slice = values.AsSpan(from..(i + 1));
                var (distance, limit) = judge(ticks.AsSpan(from..(i + 1)), slice);
                // Of a spread or a distance that is only rounding, both forms keep only noise.
                var noise = 1e-9 * Math.Max(1e-3, Math.Max(Largest(slice) * (name is "grubbs" or "median_absolute_deviation" or "ks_test" ? 0 : 1), limit));
                if (name == "grubbs" && SliceBySlice.StdDevFromAverage(ticks, slice).Limit < 1e-9 * Largest(slice)) continue;
                if (Math.Abs(distance - limit) <= noise && name is not ("histogram_bins" or "median_absolute_deviation")) continue;
                verdicts[i].IsAnomaly.ShouldBe(distance > limit, $"{name} at {i}, {hours} h: {distance} against {limit}, score {verdicts[i].Score}");
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("mean_subtraction_cumulation")]
    [InlineData("stddev_from_average")]
    [InlineData("stddev_from_moving_average")]
    [InlineData("grubbs")]
    [InlineData("median_absolute_deviation")]
    public void A_spike_that_has_left_the_window_leaves_no_trace(string name)
    {
        var random = new Random(3);
        var calm = Enumerable.Range(0, 400).Select(_ => 1e6 + random.NextDouble()).ToArray();
        double[] spiked = [.. calm[..100], 1e15, -1e15, 1e149, .. calm[100..]];
        var definition = Windowed(name, 0.25);
        // Once no point of before is in the window both have seen the same.
        var expected = Points.Run(definition, spiked.Select((value, i) => Points.At(10 * i, value)).Skip(103));
        var verdicts = Points.Run(definition, spiked)[103..];
        for (var i = 100; i < verdicts.Length; i++)
        {
            verdicts[i].IsAnomaly.ShouldBe(expected[i].IsAnomaly);
            verdicts[i].Score.ShouldBe(expected[i].Score, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_window_is_never_anomalous(string name)
    {
        double[] values = [.. Enumerable.Range(0, 60).Select(i => 7e8 + i * 0.37), .. Enumerable.Repeat(0.1, 400)];
        var verdicts = Points.Run(Windowed(name, 0.25), values);
        // 90 points are in the window.
        verdicts.Skip(160).ShouldAllBe(verdict => !verdict.IsAnomaly);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void After_a_long_gap_the_window_begins_anew(string name)
    {
        var random = new Random(5);
        var before = Enumerable.Range(0, 300).Select(i => Points.At(10 * i, random.NextDouble())).ToArray();
        var after = Enumerable.Range(0, 600).Select(i => new Point(Points.Start.AddYears(3).AddSeconds(10 * i), 5 + random.NextDouble() * (i > 550 ? 3 : 1))).ToArray();
        var definition = Windowed(name, 0.5);
        var verdicts = Points.Run(definition, [.. before, .. after])[300..];
        var anew = Points.Run(definition, after);
        for (var i = 0; i < anew.Length; i++)
        {
            verdicts[i].IsAnomaly.ShouldBe(anew[i].IsAnomaly);
            // The times are counted from another origin.
            verdicts[i].Score.ShouldBe(anew[i].Score, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_missing_value_changes_nothing(string name)
    {
        var random = new Random(6);
        var points = Enumerable.Range(0, 500).Select(i => Points.At(10 * i, Math.Round(random.NextDouble() * 40))).ToArray();
        var whole = Points.Run(Windowed(name, 0.5), points);
        var withGaps = Points.Run(Windowed(name, 0.5), points.SelectMany(point => new[] { point, new(point.At.AddYears(1), double.NaN) }));
        withGaps.Where((_, i) => i % 2 == 1).ShouldAllBe(verdict => verdict == default);
        withGaps.Where((_, i) => i % 2 == 0).ShouldBe(whole);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_beyond_arithmetic_is_anomalous_once_warm_and_not_learnt_from(string name)
    {
        foreach (var extreme in (double[])[double.PositiveInfinity, double.NegativeInfinity, 1e151])
        {
            double[] values = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2];
            var verdicts = Points.Run(Windowed(name, 0.5), [extreme, .. values, extreme, 2]);
            verdicts[0].ShouldBe(default);
            verdicts[11].ShouldBe(new Verdict(true, double.MaxValue));
            verdicts[12].ShouldBe(Points.Run(Windowed(name, 0.5), new[] { Points.At(0, 1) }.Take(0).Concat([.. values.Select((value, i) => Points.At(10 * (i + 1), value)), Points.At(120, 2)]))[^1]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Points_out_of_order_and_at_the_same_time_are_taken_as_they_come(string name)
    {
        var random = new Random(7);
        var points = Enumerable.Range(0, 2000).Select(i => new Point(Points.Start.AddSeconds(10 * i + random.Next(-100_000, 100_000)), random.NextDouble()));
        Points.Run(Windowed(name, 0.5), points).ShouldAllBe(verdict => double.IsFinite(verdict.Score) && verdict.Score > 1 == verdict.IsAnomaly);
    }

    public static IEnumerable<TheoryDataRow<string>> Names() => SliceBySlice.All.Select(algorithm => new TheoryDataRow<string>(algorithm.Name));

    private static DetectorDefinition Windowed(string name, double hours)
    {
        var definition = CrucibleDetectors.All.Single(each => each.Name == name);
        var window = definition.Settings.FirstOrDefault(setting => setting.Name == "window_hours");
        return window is null ? definition : definition.With("window_hours", Math.Max(hours, window.Min));
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        var largest = 0.0;
        foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private sealed record Run(Point[] Points, double Share);

    private static readonly Gen<double[]> Stretch =
        from length in Gen.Choose(1, 120)
        from kind in Gen.Choose(0, 4)
        from level in Gen.Elements(0, 1, -40, 1e9, 0.1)
        from values in Gen.Choose(0, 1000).ArrayOf(length)
        select values.Select((value, i) => level + kind switch
        {
            0 => 0,
            1 => value % 3,
            2 => value / 10.0,
            3 => value % 50 == 0 ? 1000 : value % 10 / 10.0,
            _ => i * 0.5 + value / 1000.0,
        }).ToArray();

    private static readonly Arbitrary<Run> Runs = (
        from stretches in Stretch.ListOf(6)
        let values = stretches.SelectMany(stretch => stretch).ToArray()
        from steps in Gen.Frequency((8, Gen.Constant(10)), (1, Gen.Constant(0)), (1, Gen.Choose(1, 40))).ArrayOf(values.Length)
        from share in Gen.Choose(0, 100)
        from gap in Gen.Choose(0, 3000)
        select new Run(At(values, steps, gap), share / 100.0)).ToArbitrary();

    private static Point[] At(double[] values, int[] steps, int gap)
    {
        var points = new Point[values.Length];
        var at = 0;
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = Detection.Tests.Points.At(at, values[i]);
            at += i == 200 ? gap : steps[i];
        }
        return points;
    }
}
