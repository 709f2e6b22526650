using System.Text;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class SeriesReaderTests
{
    private const string Shop = """
        # TYPE memory_bytes gauge
        memory_bytes{area="heap"} 100
        memory_bytes{area="stack"} 20
        load 0.5
        # TYPE http_requests_total counter
        http_requests_total{code="200",method="get"} 10
        http_requests_total{code="500",method="get"} 1
        # TYPE ticks counter
        ticks 3
        # TYPE http_request_seconds histogram
        http_request_seconds_bucket{le="0.1"} 8
        http_request_seconds_bucket{le="1"} 10
        http_request_seconds_bucket{le="+Inf"} 10
        http_request_seconds_sum 2
        http_request_seconds_count 10
        # TYPE gc_seconds summary
        gc_seconds{quantile="0.5"} 0.1
        gc_seconds_sum 1
        gc_seconds_count 4
        """;

    [Fact]
    public void Every_family_says_which_series_it_gives() =>
        MetricQuery.Available(PrometheusText.Parse(Shop)).ShouldBe(
        [
            "memory_bytes", "load", "http_requests_per_second", "ticks_per_second",
            "http_request_seconds_mean", "http_request_seconds_per_second", "http_request_seconds_p50", "http_request_seconds_p90",
            "http_request_seconds_p95", "http_request_seconds_p99", "gc_seconds_mean", "gc_seconds_per_second",
        ]);

    [Fact]
    public void Gauges_are_their_value_summed_over_what_matches()
    {
        Read("memory_bytes", null, Shop).ShouldBe([120]);
        Read("memory_bytes", "area=heap", Shop).ShouldBe([100]);
        Read("memory_bytes", "area=", Shop).ShouldBe([double.NaN]);
        Read("load", "area=", Shop).ShouldBe([0.5]);
        Read("load", null, Shop, "load NaN", "other 1").ShouldBe([0.5, double.NaN, double.NaN]);
    }

    [Fact]
    public void Counters_are_their_growth_per_second() =>
        Read("x_per_second", null, Counter(5), Counter(25), Counter(25), Counter(26)).ShouldBe([double.NaN, 2, 0, 0.1]);

    [Fact]
    public void A_counter_that_became_smaller_started_at_zero() =>
        Read("x_per_second", null, Counter(500), Counter(20), Counter(30)).ShouldBe([double.NaN, 2, 1]);

    [Fact]
    public void Label_sets_reset_come_and_go_one_by_one() =>
        Read("x_per_second", null,
            Counter(("a", 100), ("b", 1)),
            Counter(("a", 10), ("b", 101)),
            Counter(("b", 111)),
            Counter(("b", 111), ("c", 30)),
            Counter(("c", 40), ("b", 111))).ShouldBe([double.NaN, 11, 1, 3, 1]);

    [Fact]
    public void Many_label_sets_in_any_order_are_told_apart()
    {
        var random = new Random(3);
        var sets = Enumerable.Range(0, 50).Select(i => ($"set{i}", (double)i)).ToArray();
        var later = sets.Select(set => (set.Item1, set.Item2 + 10)).ToArray();
        random.Shuffle(later);
        Read("x_per_second", null, Counter(sets), Counter(later), Counter(later)).ShouldBe([double.NaN, 50, 0]);
    }

    [Fact]
    public void The_order_of_labels_does_not_make_another_set() =>
        Read("x_per_second", null, "# TYPE x counter\nx{a=\"1\",b=\"2\"} 100\n", "# TYPE x counter\nx{b=\"2\",a=\"1\"} 110\n").ShouldBe([double.NaN, 1]);

    [Fact]
    public void A_family_that_vanished_starts_anew() =>
        Read("x_per_second", null, Counter(5), "", Counter(1000), Counter(1010)).ShouldBe([double.NaN, double.NaN, double.NaN, 1]);

    [Fact]
    public void A_counter_without_a_finite_value_starts_anew() =>
        Read("x_per_second", null, Counter(5), Counter(double.NaN), Counter(7), Counter(17)).ShouldBe([double.NaN, double.NaN, double.NaN, 1]);

    [Fact]
    public void A_scrape_that_is_not_later_has_no_rate()
    {
        var reader = new SeriesReader(new("x_per_second"));
        reader.Read(Points.Start, PrometheusText.Parse(Counter(1)));
        reader.Read(Points.Start, PrometheusText.Parse(Counter(2))).ShouldBe(double.NaN);
        reader.Read(Points.Start.AddSeconds(1), PrometheusText.Parse(Counter(3))).ShouldBe(1);
    }

    [Fact]
    public void Histograms_have_mean_rate_and_quantiles_of_what_is_new()
    {
        string[] scrapes = [Histogram(4, 2, 1, 1, 9), Histogram(14, 12, 1, 11, 29), Histogram(14, 12, 1, 11, 29)];
        Read("h_mean", null, scrapes).ShouldBe([double.NaN, 20 / 30.0, double.NaN]);
        Read("h_per_second", null, scrapes).ShouldBe([double.NaN, 3, 0]);
        // New: ten in (0, 0.1], ten in (0.1, 0.5], none in (0.5, 1], ten over 1.
        Read("h_p50", null, scrapes)[1].ShouldBe(0.1 + 0.4 * 0.5, 1e-12);
        Read("h_p90", null, scrapes)[1].ShouldBe(1);
        Read("h_p50", null, scrapes)[2].ShouldBe(double.NaN);
    }

    [Fact]
    public void A_histogram_that_became_smaller_started_at_zero()
    {
        string[] scrapes = [Histogram(100, 100, 0, 0, 500), Histogram(10, 0, 0, 0, 0.5)];
        Read("h_mean", null, scrapes)[1].ShouldBe(0.05);
        Read("h_p50", null, scrapes)[1].ShouldBe(0.05, 1e-12);
        Read("h_per_second", null, scrapes)[1].ShouldBe(1);
    }

    [Fact]
    public void Histograms_of_several_label_sets_count_together()
    {
        string[] scrapes = [Two(0, 0), Two(10, 30)];
        Read("h_mean", null, scrapes)[1].ShouldBe((10 * 0.25 + 30 * 4) / 40);
        Read("h_mean", "path=/b", scrapes)[1].ShouldBe(4);
        Read("h_p50", null, scrapes)[1].ShouldBe(1 + 4 * (10 / 30.0), 1e-12);
        Read("h_p50", "path=/a", scrapes)[1].ShouldBe(0.5, 1e-12);
        Read("h_p50", "path=/c", scrapes)[1].ShouldBe(double.NaN);

        static string Two(int fast, int slow) =>
            $$"""
            # TYPE h histogram
            h_bucket{path="/a",le="1"} {{fast}}
            h_bucket{path="/a",le="5"} {{fast}}
            h_bucket{path="/a",le="+Inf"} {{fast}}
            h_sum{path="/a"} {{fast * 0.25}}
            h_count{path="/a"} {{fast}}
            h_bucket{path="/b",le="1"} 0
            h_bucket{path="/b",le="5"} {{slow}}
            h_bucket{path="/b",le="+Inf"} {{slow}}
            h_sum{path="/b"} {{slow * 4}}
            h_count{path="/b"} {{slow}}
            """;
    }

    [Fact]
    public void Summaries_have_mean_and_rate()
    {
        string[] scrapes = ["# TYPE s summary\ns_sum 1\ns_count 4", "# TYPE s summary\ns_sum 2\ns_count 8"];
        Read("s_mean", null, scrapes)[1].ShouldBe(0.25);
        Read("s_per_second", null, scrapes)[1].ShouldBe(0.4);
        Read("s_p50", null, scrapes)[1].ShouldBe(double.NaN);
    }

    [Fact]
    public void A_gauge_comes_before_a_derived_series_of_its_name() =>
        Read("h_mean", null, Histogram(1, 1, 1, 1, 1) + "\nh_mean 7").ShouldBe([7]);

    [Fact]
    public void A_family_that_changes_its_type_starts_anew() =>
        Read("x_per_second", null, Counter(5), "# TYPE x summary\nx_count 8", "# TYPE x summary\nx_count 9").ShouldBe([double.NaN, double.NaN, 0.1]);

    [Fact]
    public void Quantiles_equal_a_reading_of_the_definition() =>
        Prop.ForAll(Gen.Choose(0, 20).ArrayOf(6).ToArbitrary(), Gen.Elements(0.5, 0.9, 0.95, 0.99).ToArbitrary(), (counts, quantile) =>
        {
            double[] bounds = [-1, 0, 0.5, 2, 10, double.PositiveInfinity];
            var cumulative = counts.Select((_, i) => (double)counts[..(i + 1)].Sum()).ToArray();
            var buckets = bounds.Zip(cumulative, (bound, count) => new Bucket(bound, count)).Reverse().ToList();
            HistogramQuantile.Of(quantile, buckets).ShouldBe(Definition(), 1e-9);

            double Definition()
            {
                if (cumulative[^1] == 0) return double.NaN;
                var rank = quantile * cumulative[^1];
                var bucket = Enumerable.Range(0, 6).First(i => cumulative[i] >= rank);
                if (bucket == 5) return bounds[4];
                if (bucket == 0) return bounds[0];
                return bounds[bucket - 1] + (bounds[bucket] - bounds[bucket - 1]) * (rank - cumulative[bucket - 1]) / counts[bucket];
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_quantile_at_the_end_of_a_bucket_does_not_jump_over_an_empty_one() =>
        HistogramQuantile.Of(0.5, [new(1, 5), new(2, 5), new(3, 10), new(double.PositiveInfinity, 10)]).ShouldBe(1);

    [Fact]
    public void Buckets_without_what_a_quantile_needs_have_none()
    {
        HistogramQuantile.Of(0.5, []).ShouldBe(double.NaN);
        HistogramQuantile.Of(0.5, [new(double.PositiveInfinity, 3)]).ShouldBe(double.NaN);
        HistogramQuantile.Of(0.5, [new(1, 3), new(2, 5)]).ShouldBe(double.NaN);
        HistogramQuantile.Of(0.5, [new(1, 4), new(2, 3), new(double.PositiveInfinity, 4)]).ShouldBe(0.5);
    }

    [Fact]
    public void Rates_add_up_to_the_growth_between_resets() =>
        Prop.ForAll(Gen.Choose(0, 30).ArrayOf(12).ToArbitrary(), Gen.Choose(1, 11).ToArbitrary(), (steps, restart) =>
        {
            var reader = new SeriesReader(new("x_per_second"));
            double total = 50, grown = 0, read = 0;
            reader.Read(Points.Start, PrometheusText.Parse(Counter(total)));
            for (var i = 0; i < steps.Length; i++)
            {
                // A restart shows unless the new total has passed the old one by the next scrape.
                if (i == restart && steps[i] < total) total = 0;
                total += steps[i];
                grown += steps[i];
                var rate = reader.Read(Points.Start.AddSeconds(10 * (i + 1)), PrometheusText.Parse(Counter(total)));
                rate.ShouldBeGreaterThanOrEqualTo(0);
                read += rate * 10;
            }
            read.ShouldBe(grown, 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_series_that_is_not_there_is_explained()
    {
        (string Series, string? Labels)[] queries =
        [
            ("http_requests_per_second", null), ("http_requests_total", null), ("http_request_seconds", null), ("gc_seconds", null), ("http_request_second_mean", null), ("temperature", null),
            ("memory_bytes", "area=heep"), ("memory_bytes", "zone=heap"), ("load", "zone=1"), ("http_request_seconds_mean", "path=/"),
            ("http_requests_per_second", "code=404"),
        ];
        var text = new StringBuilder();
        foreach (var (series, labels) in queries)
            text.Append($"{series} {labels}\n    {new SeriesReader(Query(series, labels)).Suggest(PrometheusText.Parse(Shop))?.ToString() ?? "(is there)"}\n");
        var crossed = new MetricQuery("x", new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" });
        text.Append($"crossed labels\n    {new SeriesReader(crossed).Suggest(PrometheusText.Parse("x{a=\"1\",b=\"2\"} 1\nx{a=\"2\",b=\"1\"} 1"))}\n");
        var many = string.Join('\n', Enumerable.Range(0, 30).Select(i => $"metric_{i:00} 1"));
        text.Append($"many\n    {new SeriesReader(new("temperature")).Suggest(PrometheusText.Parse(many))}\n");
        text.Append($"no sample\n    {new SeriesReader(new("x_per_second")).Suggest(PrometheusText.Parse("# TYPE x_total counter"))}\n");
        text.Append($"none\n    {new SeriesReader(new("temperature")).Suggest([])}\n");
        Snapshot.Matches(text.ToString(), "missing-series");
    }

    private static double[] Read(string series, string? labels, params string[] scrapes)
    {
        var reader = new SeriesReader(Query(series, labels));
        return scrapes.Select((text, i) => reader.Read(Points.Start.AddSeconds(10 * i), PrometheusText.Parse(text))).ToArray();
    }

    private static MetricQuery Query(string series, string? labels) =>
        new(series, labels?.Split(',').Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]));

    private static string Counter(double value) => $"# TYPE x_total counter\nx_total {(double.IsNaN(value) ? "NaN" : value)}\n";

    private static string Counter(params (string Set, double Value)[] sets) =>
        "# TYPE x_total counter\n" + string.Concat(sets.Select(set => $"x_total{{set=\"{set.Set}\"}} {set.Value}\n"));

    private static string Histogram(int upToTenth, int upToHalf, int upToOne, int over, double sum) =>
        $$"""
        # TYPE h histogram
        h_bucket{le="0.1"} {{upToTenth}}
        h_bucket{le="0.5"} {{upToTenth + upToHalf}}
        h_bucket{le="1"} {{upToTenth + upToHalf + upToOne}}
        h_bucket{le="+Inf"} {{upToTenth + upToHalf + upToOne + over}}
        h_sum {{sum}}
        h_count {{upToTenth + upToHalf + upToOne + over}}
        """;
}
