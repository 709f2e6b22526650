namespace Flotilla.Detection.Tests;

public sealed class RobustZTests
{
    [Fact]
    public void Streaming_gives_what_the_formula_gives_for_each_window()
    {
        var random = new Random(1);
        // No value is far enough out to be held.
        var values = Enumerable.Range(0, 900).Select(i => Math.Round(50 + 5 * Math.Sin(i / 40.0) + 3 * ChartSeries.Normal(random), i % 3)).ToArray();
        var verdicts = Points.Run(Detectors.RobustZ(limit: 8, window: 90, floor: 0.5), values);
        verdicts.ShouldAllBe(verdict => !verdict.IsAnomaly);
        for (var n = 30; n < values.Length; n++)
        {
            var window = values[Math.Max(0, n - 90)..n];
            var scale = Math.Max(ChartSeries.NormalMad(window), 0.5 * ChartSeries.Deviation(values[..(n + 1)]));
            verdicts[n].Score.ShouldBeNear(Math.Abs(values[n] - ChartSeries.Median(window)) / (8 * scale));
        }
    }

    [Fact]
    public void Median_deviation_of_a_sorted_run_is_that_of_the_formula()
    {
        var random = new Random(2);
        for (var count = 1; count < 60; count++)
        {
            var sorted = Enumerable.Range(0, count).Select(_ => (double)random.Next(count)).Order().ToArray();
            var median = SortedRun.Median(sorted);
            median.ShouldBe(ChartSeries.Median(sorted));
            SortedRun.MedianDeviation(sorted, median).ShouldBe(ChartSeries.Median(sorted.Select(value => Math.Abs(value - median))));
        }
    }

    [Fact]
    public void The_window_holds_the_last_values_in_order()
    {
        var random = new Random(3);
        var window = new MedianWindow(100);
        var all = new List<double>();
        for (var i = 0; i < 2000; i++)
        {
            if (i % 333 == 332)
            {
                window.KeepNewest(40).ShouldBe(all.TakeLast(40));
                all.RemoveRange(0, all.Count - 40);
            }
            all.Add(random.Next(-9, 9));
            window.Add(all[^1]);
            window.Sorted.ToArray().ShouldBe(all.TakeLast(100).Order());
        }
    }
}
