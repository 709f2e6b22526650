using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class SeasonalEsdTests
{
    [Theory]
    // Tables of Student's t.
    [InlineData(0.025, 1, 12.706205)]
    [InlineData(0.025, 5, 2.570582)]
    [InlineData(0.025, 10, 2.228139)]
    [InlineData(0.025, 30, 2.042272)]
    [InlineData(0.025, 120, 1.979930)]
    [InlineData(0.0005, 10, 4.586894)]
    [InlineData(0.1, 2, 1.885618)]
    [InlineData(0.5, 7, 0)]
    public void Student_quantiles_are_those_of_the_tables(double tail, double degrees, double expected) =>
        StudentT.UpperQuantile(tail, degrees).ShouldBe(expected, 1e-6);

    [Fact]
    public void A_quantile_has_its_tail_even_far_out()
    {
        foreach (var degrees in new[] { 1, 2, 3, 10, 100, 5000 })
        foreach (var tail in new[] { 0.49, 0.1, 1e-3, 1e-7, 1e-13, 1e-30 })
            StudentT.UpperTail(StudentT.UpperQuantile(tail, degrees), degrees).ShouldBe(tail, tail * 1e-9);
    }

    [Fact]
    public void Tails_have_closed_forms_for_one_and_two_degrees()
    {
        foreach (var t in new[] { 0.01, 0.5, 1, 3, 40 })
        {
            StudentT.UpperTail(t, 1).ShouldBeNear(0.5 - Math.Atan(t) / Math.PI, 1e-13);
            StudentT.UpperTail(t, 2).ShouldBeNear(0.5 - t / (2 * Math.Sqrt(2 + t * t)), 1e-13);
        }
    }

    [Fact]
    public void LogGamma_of_whole_and_half_numbers()
    {
        StudentT.LogGamma(0.5).ShouldBeNear(Math.Log(Math.PI) / 2, 1e-14);
        for (var n = 1; n < 30; n++)
            StudentT.LogGamma(n).ShouldBeNear(Enumerable.Range(1, n - 1).Sum(i => Math.Log(i)), 1e-13);
    }

    [Fact]
    public void Critical_values_are_those_of_Rosner()
    {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17.3: 54 values, α = 0.05.
        double[] expected = [3.159, 3.151, 3.144, 3.136, 3.128, 3.120, 3.112, 3.103, 3.094, 3.085];
        var test = new ExtremeDeviates(0.05);
        for (var i = 0; i < expected.Length; i++) test.Critical(54 - i).ShouldBe(expected[i], 6e-4);
    }

    [Fact]
    public void A_value_is_called_what_the_test_step_by_step_calls_it() =>
        Prop.ForAll(
            Gen.Choose(-40, 40).Select(value => value / 4.0).ArrayOf(40).Where(values => values.Length >= 8).ToArbitrary(),
            Gen.Choose(0, 6).ToArbitrary(),
            (values, most) =>
            {
                for (var i = 0; i < values.Length; i += 7) values[i] *= i;
                var sorted = values.Order().ToArray();
                var outliers = Outliers(values, most, 0.05, floor: 0.3);
                var test = new ExtremeDeviates(0.05);
                foreach (var value in values)
                {
                    var (score, centre, mad, critical) = test.Test(sorted, value, most, 0.3);
                    var reach = critical * Math.Max(mad, 0.3) * (1 + 1e-12);
                    // Of equal values some may be left: they are all called what the first is.
                    (score > 1).ShouldBe(outliers.Contains(value));
                    if (outliers.Count == 0) Math.Abs(value - centre).ShouldBeLessThanOrEqualTo(reach * (most == 0 ? double.MaxValue : 1));
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_season_is_the_median_of_each_slot()
    {
        (int, double)[] points = [(0, 1), (1, 5), (2, 9), (0, 3), (1, 7), (2, 9), (0, 100), (1, 5)];
        Seasonality.Medians(points, 4).ShouldBe([3 - 5, 0, 4, 0]);
    }

    [Fact]
    public void A_whole_series_is_judged_as_by_the_test_on_each_window()
    {
        var values = ChartSeries.Noise(400, 51);
        for (var i = 60; i < values.Length; i += 71) values[i] += 12;
        var verdicts = Points.Run(Detectors.SeasonalEsd(1e-4, share: 0.05, floor: 0, window: 120, season: 1), values);
        for (var n = 30; n < values.Length; n++)
        {
            var window = values[Math.Max(0, n + 1 - 120)..(n + 1)];
            var outliers = Outliers(window, Math.Max(1, (int)(0.05 * window.Length)), 1e-4, floor: 0);
            verdicts[n].IsAnomaly.ShouldBe(outliers.Contains(values[n]), $"at {n}");
        }
        verdicts.Count(verdict => verdict.IsAnomaly).ShouldBe(5);
    }

    [Fact]
    public void The_season_is_found_and_taken_away()
    {
        var instance = (SeasonalEsdDetector)Detectors.SeasonalEsd().Create();
        var values = ChartSeries.Seasonal(2000, 96, 52, amplitude: 40);
        var anomalies = values.Select((value, i) => instance.Observe(Points.At(60 * i, value))).Count(verdict => verdict.IsAnomaly);
        instance.Season.ShouldBe(96);
        anomalies.ShouldBe(0);
        var (low, high) = instance.Band.ShouldNotBeNull();
        (high - low).ShouldBeLessThan(80);
    }

    /// <summary>The hybrid test as it is written down: remove the most extreme, compute all anew, the last step over its λ counts.</summary>
    private static List<double> Outliers(double[] values, int most, double significance, double floor)
    {
        var left = values.ToList();
        var removed = new List<double>();
        var count = 0;
        for (var i = 1; i <= most && left.Count > 3; i++)
        {
            var median = ChartSeries.Median(left);
            var scale = Math.Max(Math.Max(ChartSeries.NormalMad(left), floor), 1e-12 * Math.Abs(median));
            var extreme = left.OrderByDescending(value => Math.Abs(value - median)).ThenByDescending(value => value).First();
            var n = values.Length;
            var t = StudentT.UpperQuantile(significance / (2.0 * (n - i + 1)), n - i - 1);
            var critical = (n - i) * t / Math.Sqrt((n - i - 1 + t * t) * (n - i + 1));
            left.Remove(extreme);
            removed.Add(extreme);
            if (Math.Abs(extreme - median) / scale > critical) count = i;
        }
        return removed.Take(count).ToList();
    }
}
