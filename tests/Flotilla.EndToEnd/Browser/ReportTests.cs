using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Reports;
using Flotilla.Detection.Scoring;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>The report of the bench in a real browser: what one sees is what was judged.</summary>
public sealed class ReportTests
{
    private static readonly DetectorDefinition[] Two = [Detectors.StdDevFromMovingAverage(), Detectors.MedianAbsoluteDeviation()];

    [Theory]
    [InlineData("crucible", "series", null)]
    [InlineData("nab", "data", "labels/combined_windows.json")]
    public async Task Every_mark_stands_on_the_judged_point_and_every_label_is_shaded(string data, string folder, string? labelFile)
    {
        SkipWithoutBrowser();
        if (Repository.SharedData(data, folder) is not { } path)
        {
            Assert.Skip($"The series ({data}) are not beside this checkout.");
            return;
        }
        var reading = new SeriesOptions(AllowDisorder: true);
        var files = SeriesFolder.Find(path, reading);
        var labels = labelFile is null ? null : Labels.Read(Repository.SharedData(data, labelFile)!);
        var result = await BenchRun.RunAsync(new BenchRequest(files, Two) { Reading = reading, Labels = labels, KeepScores = true }, null, TestContext.Current.CancellationToken);
        IReadOnlyList<Series> series = [.. files.Select(file => file.Load(reading))];
        await using var report = await ReportPage.OpenAsync(result, series);

        foreach (var detector in Two)
        {
            var drawn = await report.ShowAsync(detector.Name);
            drawn.Select(each => each.Series).ShouldBe(result.Series.Select(each => each.Path), ignoreOrder: true);
            foreach (var each in drawn) ShowsWhatWasJudged(each, result.Series.Single(one => one.Path == each.Series), series.Single(one => one.Path == each.Series), detector.Name);
        }
        report.IsSelfContained();
    }

    [Fact]
    public async Task The_line_goes_through_every_point_and_is_broken_where_points_miss()
    {
        SkipWithoutBrowser();
        // Row 3 has no value; after row 6 rows are missing; the last value has no bounds.
        double[] values = [1, 4, 2, double.NaN, 3, -2, 5, 1, 2, double.PositiveInfinity];
        var series = new Series("tiny", "tiny.csv", [.. values.Select((value, i) => new Point(Start.AddMinutes(i < 7 ? i : i + 10), value))]);
        await using var report = await ReportPage.OpenAsync(Judged(series, new DetectorResult("d", [1, 4, 9], 0)), [series]);

        var drawn = (await report.ShowAsync("d")).ShouldHaveSingleItem();
        ShowsWhatWasJudged(drawn, Judged(series, new DetectorResult("d", [1, 4, 9], 0)).Series[0], series, "d");
        int[][] strokes = [[0, 1, 2], [4, 5, 6], [7, 8, 9]];
        drawn.Strokes.Count.ShouldBe(strokes.Length);
        foreach (var (stroke, positions) in drawn.Strokes.Zip(strokes))
        {
            stroke.Count.ShouldBe(positions.Length);
            foreach (var ((x, y), position) in stroke.Zip(positions))
            {
                x.ShouldBe(drawn.X(series.Points[position].At), 0.01);
                y.ShouldBe(drawn.Y(values[position]), 0.01);
            }
        }
        report.IsSelfContained();
    }

    [Fact]
    public async Task Names_and_messages_from_outside_are_text()
    {
        SkipWithoutBrowser();
        const string Hostile = "</script><script>window.broken = 1</script><img src=x onerror=\"window.broken = 1\">'&amp;\u2028\u202e";
        var series = Wave(Hostile, 40);
        var result = Judged(series, new DetectorResult(Hostile, [12], 0, Error: Hostile), new DetectorResult("other", [13], 0)) with { Problems = [Hostile] };
        await using var report = await ReportPage.OpenAsync(result, [series], new ReportOptions { Title = Hostile });

        var mark = (await report.ShowAsync(Hostile)).ShouldHaveSingleItem().Marks.ShouldHaveSingleItem();
        (mark.Series, mark.Detector, mark.Position).ShouldBe((Hostile, Hostile, 12));
        (await report.TextAsync("h1")).ShouldBe(Hostile);
        (await report.TextAsync("h3")).ShouldBe(Hostile);
        (await report.TextAsync(".problems li")).ShouldBe(Hostile);
        (await report.TextAsync(".who")).ShouldBe(Hostile);
        (await report.TextAsync(".card .problem")).ShouldEndWith(Hostile);
        (await report.TextAsync(".lane .name")).ShouldBe(Hostile);
        (await report.Page.EvaluateAsync("window.broken === undefined && document.images.length === 0")).GetBoolean().ShouldBeTrue();
        report.IsSelfContained();
    }

    [Fact]
    public async Task A_lane_chosen_by_mouse_or_keyboard_puts_its_marks_on_the_line()
    {
        SkipWithoutBrowser();
        var (one, two) = (Wave("one.csv", 200), Wave("two.csv", 200));
        var first = new DetectorResult("first", [20, 21], 0, [.. one.Points.Select(_ => (double?)0.5)]);
        var second = new DetectorResult("second", [50], 0, [.. one.Points.Select(_ => (double?)2)]);
        var result = new BenchResult([Of(one, first, second), Of(two, first, second)], 1);
        await using var report = await ReportPage.OpenAsync(result, [one, two]);
        await report.ShowAsync("first");

        await report.ClickAsync("#series-1 .lane[data-detector=second]");
        (await Marks(report)).ShouldBe(["one.csv first 20", "one.csv first 21", "two.csv second 50"]);
        (await report.TextAsync("#series-1 .said")).ShouldBe("second 1 anomaly.");

        await report.Page.EvaluateAsync("document.querySelector('#series-0 .lane[data-detector=second]').focus()");
        await report.Page.PressAsync("Enter");
        (await Marks(report)).ShouldBe(["one.csv second 50", "two.csv second 50"]);
        (await report.Page.EvaluateAsync("document.activeElement.dataset.detector")).GetString().ShouldBe("second");

        await report.ClickAsync(".summary tr:nth-child(1) button");
        (await Marks(report)).ShouldBe(["one.csv first 20", "one.csv first 21", "two.csv first 20", "two.csv first 21"]);
        report.IsSelfContained();
    }

    [Fact]
    public async Task A_chart_is_read_and_zoomed_by_mouse_and_by_keyboard()
    {
        SkipWithoutBrowser();
        var series = Wave("wave.csv", 400);
        await using var report = await ReportPage.OpenAsync(
            Judged(series, new DetectorResult("d", [100, 300], 0, [.. series.Points.Select((_, i) => (double?)(i is 100 or 300 ? 2.5 : 0.25))])), [series]);
        var whole = (await report.ShowAsync("d"))[0];
        var (middle, y) = await report.PlaceAsync(".plot");
        var left = middle - (await report.Page.EvaluateAsync("document.querySelector('.plot').clientWidth")).GetDouble() / 2;

        await report.Page.MouseAsync("mouseMoved", left + whole.X(series.Points[100].At) + 1, y);
        (await report.TextAsync(".readout")).ShouldBe("2024-01-01 01:40:00" + ReadValue(series, 100) + "score 2.5" + "anomaly: d");
        await report.Page.MouseAsync("mouseMoved", left + whole.X(series.Points[200].At), y);
        (await report.TextAsync(".readout")).ShouldBe("2024-01-01 03:20:00" + ReadValue(series, 200) + "score 0.25");

        await report.Page.MouseAsync("mousePressed", left + whole.X(series.Points[50].At), y);
        await report.Page.MouseAsync("mouseMoved", left + whole.X(series.Points[150].At), y);
        await report.Page.MouseAsync("mouseReleased", left + whole.X(series.Points[150].At), y);
        var zoomed = (await DrawnSeries.ReadAsync(report.Page))[0];
        zoomed.From.ShouldBe(series.Points[50].At.ToUnixTimeMilliseconds(), 60_000);
        zoomed.To.ShouldBe(series.Points[150].At.ToUnixTimeMilliseconds(), 60_000);
        var mark = zoomed.Marks.ShouldHaveSingleItem();
        mark.X.ShouldBe(zoomed.X(series.Points[100].At), 1);
        mark.Y.ShouldBe(zoomed.Y(series.Points[100].Value), 1);

        await report.Page.MouseAsync("mousePressed", left + 600, y, clicks: 2);
        await report.Page.MouseAsync("mouseReleased", left + 600, y, clicks: 2);
        (await DrawnSeries.ReadAsync(report.Page))[0].Marks.Count.ShouldBe(2);

        await report.Page.EvaluateAsync("document.querySelector('.plot').focus()");
        foreach (var key in (string[])["a", "a", "ArrowRight"]) await report.Page.PressAsync(key);
        (await report.TextAsync(".readout")).ShouldStartWith("2024-01-01 05:01:00");
        await report.Page.PressAsync("A");
        await report.Page.PressAsync("+");
        (await DrawnSeries.ReadAsync(report.Page))[0].Marks.ShouldHaveSingleItem().Position.ShouldBe(300);
        await report.Page.PressAsync("0");
        (await DrawnSeries.ReadAsync(report.Page))[0].Marks.Count.ShouldBe(2);
        report.IsSelfContained();
    }

    [Fact]
    public async Task The_filter_leaves_the_series_whose_name_matches()
    {
        SkipWithoutBrowser();
        Series[] series = [Wave("web/latency.csv", 50), Wave("web/errors.csv", 50), Wave("db/latency.csv", 50)];
        await using var report = await ReportPage.OpenAsync(new BenchResult([.. series.Select(each => Of(each, new DetectorResult("d", [20], 0)))], 1), series);
        foreach (var key in "/latency") await report.Page.PressAsync(key.ToString());
        (await report.Page.EvaluateAsync("[...document.querySelectorAll('article:not([hidden])')].map(each => each.dataset.series).join()")).GetString()
            .ShouldBe("web/latency.csv,db/latency.csv");
        (await report.TextAsync("#shown")).ShouldBe("2 of 3 series");
        report.IsSelfContained();
    }

    [Fact]
    public async Task Of_a_long_series_every_mark_is_kept_and_series_are_drawn_when_they_come_into_view()
    {
        SkipWithoutBrowser();
        var positions = Enumerable.Range(1, 900).Select(i => i * 21).ToList();
        Series[] series = [.. Enumerable.Range(0, 12).Select(i => Wave($"long-{i}.csv", 20_000))];
        var result = new BenchResult([.. series.Select(each => Of(each, new DetectorResult("d", positions, 0, [.. each.Points.Select(_ => (double?)0.1)])))], 1);
        await using var report = await ReportPage.OpenAsync(result, series, new ReportOptions { PointsPerSeriesMax = 1000 }, width: 700);

        await report.Page.UntilAsync("document.querySelector('#series-0 .mark')");
        (await report.Page.EvaluateAsync("document.querySelector('#series-11 svg') === null")).GetBoolean().ShouldBeTrue();
        await report.PlaceAsync("#series-11");
        await report.Page.UntilAsync("document.querySelector('#series-11 .mark')");
        foreach (var each in await report.ShowAsync("d")) ShowsWhatWasJudged(each, result.Series.Single(one => one.Path == each.Series), series.Single(one => one.Path == each.Series), "d");
        report.IsSelfContained();
    }

    [Fact]
    public async Task Printed_the_page_is_light_and_every_series_is_drawn()
    {
        SkipWithoutBrowser();
        Series[] series = [.. Enumerable.Range(0, 12).Select(i => Wave($"wave-{i}.csv", 100))];
        await using var report = await ReportPage.OpenAsync(new BenchResult([.. series.Select(each => Of(each, new DetectorResult("d", [20, 30], 0)))], 1), series);
        object[] dark = [new { name = "prefers-color-scheme", value = "dark" }];
        await report.Page.CallAsync("Emulation.setEmulatedMedia", new { media = "", features = dark });
        (await Background()).ShouldBe("rgb(20, 23, 26)");
        await report.Page.CallAsync("Page.printToPDF");
        (await DrawnSeries.ReadAsync(report.Page)).Select(each => each.Marks.Count).ShouldBe(Enumerable.Repeat(2, 12));
        await report.Page.CallAsync("Emulation.setEmulatedMedia", new { media = "print", features = dark });
        (await Background()).ShouldBe("rgb(255, 255, 255)");
        report.IsSelfContained();

        async Task<string?> Background() => (await report.Page.EvaluateAsync("getComputedStyle(document.body).backgroundColor")).GetString();
    }

    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static void ShowsWhatWasJudged(DrawnSeries drawn, SeriesResult result, Series series, string detector)
    {
        var said = result.Detectors.Single(each => each.Name == detector);
        drawn.Marks.Select(mark => mark.Position).ShouldBe(said.Anomalies, $"{series.Path} {detector}");
        foreach (var mark in drawn.Marks)
        {
            var point = series.Points[mark.Position];
            var where = $"{series.Path} {detector} {mark.Position}";
            (mark.Series, mark.Detector).ShouldBe((series.Path, detector));
            mark.X.ShouldBe(drawn.X(point.At), 1, where);
            mark.Y.ShouldBe(drawn.Y(point.Value), 1, where);
            drawn.DistanceFromLine(mark.X, mark.Y).ShouldBeLessThanOrEqualTo(1, where);
            mark.Kind.ShouldBe(result.Labels is not { } labels ? "anomaly" : mark.Position < NabScorer.Probation(result.Points) ? "uncounted"
                : labels.Any(window => window.First <= mark.Position && mark.Position <= window.Last) ? "found" : "outside", where);
        }

        drawn.Events.Select(each => (each.First, each.Last)).ShouldBe((result.Labels ?? []).Select(window => (window.First, window.Last)));
        foreach (var each in drawn.Events)
        {
            each.Left.ShouldBe(drawn.X(series.Points[each.First].At), 1);
            each.Right.ShouldBe(Math.Max(drawn.X(series.Points[each.Last].At), drawn.X(series.Points[each.First].At) + 2), 1);
            each.State.ShouldBe(said.Anomalies.Any(position => position >= each.First && position <= each.Last) ? "found" : "missed");
        }
    }

    private static string ReadValue(Series series, int position) =>
        double.Parse(series.Points[position].Value.ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)
            .ToString("0.##########", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '−');

    private static async Task<IEnumerable<string>> Marks(ReportPage report) =>
        (await DrawnSeries.ReadAsync(report.Page)).OrderBy(each => each.Series).SelectMany(each => each.Marks).Select(mark => $"{mark.Series} {mark.Detector} {mark.Position}");

    private static Series Wave(string path, int count) =>
        new(path, path, [.. Enumerable.Range(0, count).Select(i => new Point(Start.AddMinutes(i), 10 * Math.Sin(i / 15.0)))]);

    private static SeriesResult Of(Series series, params DetectorResult[] detectors) => new(series.Name, series.Path, series.Points.Count, series.Missing, detectors);

    private static BenchResult Judged(Series series, params DetectorResult[] detectors) => new([Of(series, detectors)], 1);

    private static void SkipWithoutBrowser()
    {
        if (Peer.Missing("chromium", "chromium") is { } reason) Assert.Skip(reason);
    }
}
