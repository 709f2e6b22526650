using System.Buffers.Binary;
using System.Text.Json;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Reports;
using FsCheck;
using FsCheck.Fluent;
using static Flotilla.Detection.Tests.Reports.ReportSamples;

namespace Flotilla.Detection.Tests.Reports;

public sealed class EmbeddedSeriesTests
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    public void Times_values_and_anomalies_are_read_as_they_were() => Prop.ForAll<double[], byte[]>((values, steps) =>
    {
        if (values.Length == 0 || values.All(double.IsNaN)) return;
        var at = Start;
        var points = values.Select((value, i) => new Point(at = at.AddSeconds(steps.Length == 0 ? 60 : steps[i % steps.Length]), value)).ToList();
        var series = new Series("a", "a.csv", points);
        int[] anomalies = [.. Enumerable.Range(0, values.Length).Where(i => values[i] > 1)];
        var data = Read(series, 1_000_000, Said("d", anomalies));
        Times(data).ShouldBe(points.Select(point => (double)point.At.ToUnixTimeMilliseconds()));
        Values(data).ShouldBe(values);
        Sums(data.GetProperty("detectors")[0].GetProperty("anomalies")).ShouldBe(anomalies);
        data.TryGetProperty("positions", out _).ShouldBeFalse();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_level_is_over_the_limit_exactly_when_the_score_is_and_never_falls() => Prop.ForAll<NonNegativeInt, NonNegativeInt>((a, b) =>
    {
        // Around the limit, and up to far above it.
        double[] scores = [a.Get / 100.0, b.Get / 100.0, a.Get * 1e9, 1, Math.BitIncrement(1.0), Math.BitDecrement(1.0), 0, double.MaxValue];
        foreach (var score in scores)
        {
            (EmbeddedSeries.Level(score) > 1000).ShouldBe(score > 1);
            EmbeddedSeries.Level(score).ShouldBeInRange(0, 4000);
        }
        scores.Order().Select(score => EmbeddedSeries.Level(score)).ShouldBeInOrder();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_score_is_two_characters_and_one_that_misses_is_told_apart()
    {
        var series = Flat("a.csv", 5);
        // A detector that gave up has fewer scores than there are points.
        var scores = Read(series, 100, Said("d") with { Scores = [0, 0.5, null, 12.5] }).GetProperty("detectors")[0].GetProperty("scores").GetString()!;
        scores.Chunk(2).Select(two => Digits.IndexOf(two[0]) * 64 + Digits.IndexOf(two[1]))
            .ShouldBe([0, 500, EmbeddedSeries.MissingScore, 2097, EmbeddedSeries.MissingScore]);
    }

    [Fact]
    public void A_long_series_keeps_the_extremes_of_its_parts_every_anomaly_and_the_edges_of_labels() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        double[] values = [.. Enumerable.Range(0, 2000).Select(_ => random.Next(20) == 0 ? double.NaN : random.NextDouble())];
        int[] anomalies = [.. Enumerable.Range(0, 2000).Where(_ => random.Next(100) == 0)];
        var series = Of("a.csv", values);
        var judged = Judged(series, [new(700, 800)], Said("d", anomalies));
        var kept = Thinning.Keep(new ReportSeries(judged, series, null), 100)!;

        kept.ShouldBeInOrder();
        kept.ShouldBeUnique();
        kept.ShouldBeSubsetOf(Enumerable.Range(0, 2000));
        new[] { 0, 1999, 700, 800 }.Concat(anomalies).ShouldBeSubsetOf(kept);
        // 50 parts of 40 rows: the least, the greatest, and the first that misses.
        kept.Length.ShouldBeLessThanOrEqualTo(150 + anomalies.Length + 4);
        for (var from = 0; from < 2000; from += 40)
        {
            var part = kept.Where(i => i >= from && i < from + 40).Select(i => values[i]).Where(double.IsFinite).ToList();
            var all = values[from..(from + 40)].Where(double.IsFinite).ToList();
            (part.Min(), part.Max()).ShouldBe((all.Min(), all.Max()));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_thinned_series_says_so_and_names_its_positions()
    {
        var series = Of("a.csv", Enumerable.Range(0, 1000).Select(i => Math.Sin(i)));
        var judged = Judged(series, null, Said("d", 333));
        var data = Read(series, 100, Said("d", 333));
        var positions = Sums(data.GetProperty("positions"));
        positions.ShouldContain(333);
        Values(data).ShouldBe(positions.Select(position => series.Points[position].Value));
        Times(data).ShouldBe(positions.Select(position => (double)series.Points[position].At.ToUnixTimeMilliseconds()));
        Page(new([judged], 1), [series], new ReportOptions { PointsPerSeriesMax = 100 })
            .ShouldContain("it is drawn from the least and the greatest of every 20 points, and from every anomaly.");
        Thinning.Keep(new ReportSeries(judged, series, null), 1000).ShouldBeNull();
        Should.Throw<ArgumentOutOfRangeException>(() => new ReportOptions { PointsPerSeriesMax = 99 });
    }

    private static JsonElement Read(Series series, int max, DetectorResult said) =>
        JsonDocument.Parse(EmbeddedSeries.Write(new ReportSeries(Judged(series, null, said), series, null), max)).RootElement;

    private static List<double> Values(JsonElement data)
    {
        var bytes = data.GetProperty("values").GetBytesFromBase64();
        return [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(8 * i)))];
    }

    private static List<double> Times(JsonElement data)
    {
        List<double> times = [data.GetProperty("start").GetDouble()];
        foreach (var pair in data.GetProperty("steps").EnumerateArray().Select(each => each.GetDouble()).Chunk(2))
            for (var i = 0; i < pair[1]; i++) times.Add(times[^1] + pair[0]);
        return times;
    }

    private static List<int> Sums(JsonElement differences)
    {
        var sum = 0;
        return [.. differences.EnumerateArray().Select(each => sum += each.GetInt32())];
    }
}
