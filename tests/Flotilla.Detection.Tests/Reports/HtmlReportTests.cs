using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Reports;
using Flotilla.Detection.Scoring;
using Flotilla.Testing;
using static Flotilla.Detection.Tests.Reports.ReportSamples;

namespace Flotilla.Detection.Tests.Reports;

public sealed partial class HtmlReportTests
{
    [Fact]
    public void The_text_of_a_page_with_labels_is_as_recorded()
    {
        var (web, db) = (Flat("web/latency.csv", 400), Of("db/load.csv", [.. Enumerable.Repeat(1.0, 399), double.NaN]));
        SeriesResult[] judged =
        [
            Judged(db, [new(100, 140)], Said("calm", 120), Said("nervous", 20, 90, 91, 92, 110)),
            Judged(web, [new(200, 240), new(300, 340)], Said("calm", 224, 225), Said("nervous", 70, 75, 210, 350) with { Error = "threw at position 351: no more." }),
        ];
        CorpusResult[] corpus =
        [
            .. from i in Enumerable.Range(0, 2)
               select new CorpusResult(judged[0].Detectors[i].Name, Scorer.Combine(judged.Select(each => each.Detectors[i].Score!)), Fitted: i == 0),
        ];
        Snapshot.Matches(WithoutAssets(Page(new BenchResult(judged, 3.2, Corpus: corpus, Problems: ["db/none.csv has no values."]), [web, db])), "page-with-labels");
    }

    [Fact]
    public void The_text_of_a_page_without_labels_is_as_recorded()
    {
        var (calm, wild) = (Flat("calm.json", 30), Flat("wild.json", 30));
        var result = new BenchResult([Judged(calm, null, Said("d", 12)), Judged(wild, null, Said("d", 12, 13, 20))], 0.5, Complete: false);
        Snapshot.Matches(WithoutAssets(Page(result, [calm, wild])), "page-without-labels");
    }

    [Fact]
    public void A_page_refers_to_nothing_outside_and_lets_only_its_own_script_and_style_run()
    {
        var series = Flat("a.csv", 20);
        var page = Page(new BenchResult([Judged(series, null, Said("d", 12))], 1), [series]);
        Reference().Matches(page).Select(match => match.Value).ShouldBe(["href=\"#series\""]);
        var policy = WebUtility.HtmlDecode(Policy().Match(page).Groups[1].Value);
        policy.ShouldStartWith("default-src 'none';");
        policy.ShouldNotContain("unsafe");
        policy.ShouldContain($"script-src '{Hash(Script().Matches(page).Single().Groups[1].Value)}'");
        policy.ShouldContain($"style-src '{Hash(Style().Matches(page).Single().Groups[1].Value)}'");
        page.ShouldNotContain(" style=\"");
    }

    [Fact]
    public void What_comes_from_outside_is_text_in_html_and_in_json()
    {
        const string Hostile = "</script><!--<img src=x onerror='alert(1)'>\"&amp;\u2028\u2029";
        var series = Flat(Hostile, 20);
        var result = new BenchResult([Judged(series, [new(15, 16)], Said(Hostile, 12) with { Error = Hostile })], 1, Problems: [Hostile]);
        var page = Page(result, [series], new ReportOptions { Title = Hostile });
        page.ShouldNotContain("<img");
        page.ShouldNotContain("<!--");
        Data(page).GetProperty("path").GetString().ShouldBe(Hostile);
        Data(page).GetProperty("detectors")[0].GetProperty("name").GetString().ShouldBe(Hostile);
        // Without the escaped text nothing is left of it.
        page.Replace(WebUtility.HtmlEncode(Hostile), "").ShouldNotContain("alert(1)'");
    }

    [Fact]
    public void The_worst_series_and_the_best_detector_come_first()
    {
        Series[] series = [Flat("a.csv", 200), Flat("b.csv", 200), Flat("c.csv", 200)];
        SeriesResult[] judged =
        [
            Judged(series[0], [new(100, 110)], Said("poor"), Said("good", 105)),
            Judged(series[1], [new(100, 110)], Said("poor"), Said("good", 105, 190)),
            Judged(series[2], [new(100, 110)], Said("poor"), Said("good")),
        ];
        var page = Page(new BenchResult(judged, 1), series);
        Names(page).ShouldBe(["c.csv", "b.csv", "a.csv"]);
        Choices().Matches(page).Select(match => match.Groups[1].Value).ShouldBe(["good", "poor"]);

        SeriesResult[] unlabelled = [.. series.Select((each, i) => Judged(each, null, Said("one", [.. Enumerable.Range(20, i)]), Said("two", 50)))];
        page = Page(new BenchResult(unlabelled, 1), series);
        Names(page).ShouldBe(["c.csv", "b.csv", "a.csv"]);
        Choices().Matches(page).Select(match => match.Groups[1].Value).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void A_fitted_score_a_part_and_an_interrupted_run_are_said()
    {
        var series = Flat("a.csv", 200);
        var judged = Judged(series, [new(100, 110)], Said("d", 105));
        var frozen = new BenchResult([judged], 1, Corpus: [new("d", judged.Detectors[0].Score!)]);
        Page(frozen, [series]).ShouldNotContain("flatter");
        Page(frozen with { Corpus = [new("d", judged.Detectors[0].Score!, Fitted: true)] }, [series])
            .ShouldContain("The threshold was chosen on these very series, so the scores flatter");
        var part = Page(frozen with { Corpus = null, Complete = false, Shard = new(2, 4, ["d"]) }, [series]);
        part.ShouldContain("The run was interrupted.");
        part.ShouldContain("This is part 2 of 4 of a run.");
        part.ShouldContain("The scores are over the series that are here, not over all.");
        part.ShouldNotContain("<td>–</td><td>–</td><td>–</td>");
    }

    [Fact]
    public void A_series_that_cannot_be_drawn_says_why()
    {
        var judged = Judged(Flat("a.csv", 200), [new(100, 110)], Said("d", 105));
        var result = new BenchResult([judged], 1);
        var without = Page(result, []);
        without.ShouldContain("The points of this series are not here, so it is not drawn.");
        without.ShouldContain("position 105");
        Page(result, [Flat("a.csv", 201)]).ShouldContain("The series has 201 points now and had 200 when it was judged, so it is not drawn. Run the bench again.");
        var missing = Of("nan.csv", Enumerable.Repeat(double.NaN, 20));
        Page(new BenchResult([Judged(missing, null, Said("d"))], 1), [missing]).ShouldContain("Every value of this series is missing.");
        Page(new BenchResult([Judged(Flat("none.csv", 0), null, Said("d"))], 1), [Flat("none.csv", 0)]).ShouldContain("The series has no points.");
        Page(new BenchResult([], 1), []).ShouldContain("No series was judged.");
    }

    [Fact]
    public void A_position_outside_of_the_series_is_refused()
    {
        var series = Flat("a.csv", 20);
        Should.Throw<ArgumentException>(() => Page(new BenchResult([Judged(series, null, Said("d", 20))], 1), [series]))
            .Message.ShouldStartWith("An anomaly of d is at position 20 of the series a.csv, which has 20 points.");
        Should.Throw<ArgumentException>(() => Page(new BenchResult([Judged(series, null, Said("d")) with { Labels = [new(-1, 3)] }], 1), [series]))
            .Message.ShouldStartWith("A label is at position -1 of the series a.csv");
        Should.Throw<ArgumentException>(() => Page(new BenchResult([Judged(series, null, Said("d"), Said("d"))], 1), [series]))
            .Message.ShouldStartWith("The detector d is there twice on the series a.csv.");
    }

    private static JsonElement Data(string page) => JsonDocument.Parse(DataScript().Match(page).Groups[1].Value).RootElement;

    private static IEnumerable<string> Names(string page) => Card().Matches(page).Select(match => match.Groups[1].Value);

    private static string WithoutAssets(string page) => DataScript().Replace(Script().Replace(Style().Replace(Policy().Replace(page, "POLICY"), "STYLE"), "SCRIPT"), "DATA");

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("(href|src|action|url)\\s*=\\s*\"[^\"]*\"|@import|url\\([^#]")]
    private static partial Regex Reference();

    [GeneratedRegex("Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("<script type=\"application/json\" class=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex DataScript();

    [GeneratedRegex("<article class=\"card\" id=\"[^\"]*\" data-series=\"([^\"]*)\"")]
    private static partial Regex Card();

    [GeneratedRegex("data-choose=\"([^\"]*)\"")]
    private static partial Regex Choices();
}
