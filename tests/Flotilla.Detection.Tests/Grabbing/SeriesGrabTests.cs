using Flotilla.Core;
using Flotilla.Core.Http;

namespace Flotilla.Detection.Tests;

public sealed class SeriesGrabTests
{
    private const string Graphite = "http://graphite.example.com/render?target=web.*.cpu&from=-1h";
    private const string Prometheus = "http://prom.example.com:9090/api/v1/query_range?query=up&start=1500000000&end=1500000060&step=60";
    private const string PathFix = "Check the path: Graphite's ends with /render, that of Prometheus with /api/v1/query_range.";

    [Fact]
    public async Task Every_target_of_Graphite_is_a_series_and_a_null_a_missing_value()
    {
        var series = await Grab(Graphite, """
            [{"target": "web.a.cpu", "datapoints": [[1.5, 1500000000], [null, 1500000060]]}, {"datapoints": [[2, 1500000000]], "target": "web.b.cpu"},
             {"target": "web.c.cpu", "datapoints": [[null, 1500000000]]}]
            """);
        series.Select(each => each.Name).ShouldBe(["web.a.cpu", "web.b.cpu", "web.c.cpu"]);
        series[0].Points.ShouldBe([SeriesText.At(1_500_000_000, 1.5), SeriesText.At(1_500_000_060, double.NaN)]);
        series[1].Points.ShouldBe([SeriesText.At(1_500_000_000, 2)]);
        series[2].Points.ShouldBe([SeriesText.At(1_500_000_000, double.NaN)]);
    }

    [Fact]
    public async Task Every_metric_of_Prometheus_is_a_series()
    {
        var series = await Grab(Prometheus, """
            {"status":"success","data":{"resultType":"matrix","result":[
              {"metric":{"__name__":"up","instance":"a:9100","job":"node"},"values":[[1500000000.781,"1"],[1500000060.781,"NaN"]]},
              {"metric":{},"values":[[1500000000,"2.5"]]}]}}
            """);
        series.Select(each => each.Name).ShouldBe(["up{instance=\"a:9100\",job=\"node\"}", "{}"]);
        series[0].Points.ShouldBe([SeriesText.At(1_500_000_000.781, 1), SeriesText.At(1_500_000_060.781, double.NaN)]);
    }

    [Theory]
    [InlineData("http://files.example.com/data/ts%201", "ts 1")]
    [InlineData("http://files.example.com", "files.example.com")]
    public async Task Of_another_URL_the_reply_decides(string url, string name)
    {
        (await Grab(url, "[[1500000000, 1]]")).ShouldHaveSingleItem().Name.ShouldBe(name);
        (await Grab(url, """[{"target": "a", "datapoints": [[1, 1500000000]]}]""")).ShouldHaveSingleItem().Name.ShouldBe("a");
    }

    [Theory]
    [InlineData("http://g/render?target=a.*&from=-1h", "http://g/render?target=a.*&from=-1h&format=json")]
    [InlineData("http://g/render/?format=png&target=a&format=json&width=5", "http://g/render/?target=a&width=5&format=json")]
    [InlineData("https://g:81/graphite/render?target=alias(a%26b,%22x%22)&rawData=true&jsonp=f&from=1+2#top", "https://g:81/graphite/render?target=alias(a%26b,%22x%22)&from=1+2&format=json")]
    [InlineData("http://g/render?target=movingAverage({a,b}.*, 10)&target=c", "http://g/render?target=movingAverage(%7Ba,b%7D.*,%2010)&target=c&format=json")]
    [InlineData("http://p/api/v1/query_range?query=up&start=1&end=2&step=3", "http://p/api/v1/query_range?query=up&start=1&end=2&step=3")]
    [InlineData("http://other/x?y=z", "http://other/x?y=z")]
    public async Task The_server_is_asked_for_JSON(string url, string expected)
    {
        var http = new FakeHttp(_ => new HttpReply(200, "[[1500000000, 1]]"));
        await SeriesGrab.GrabAsync(SeriesGrab.ParseUrl(url), http, TimeSpan.FromSeconds(7), default);
        http.Call.ShouldNotBeNull().Url.AbsoluteUri.ShouldBe(expected);
        http.Call.Method.ShouldBe("GET");
        http.Call.Timeout.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData("graphite.example.com/render?target=a", "http://graphite.example.com/render?target=a")]
    [InlineData("graphite:8080/render?target=a", "http://graphite:8080/render?target=a")]
    [InlineData("ftp://graphite/render?target=a", "http://graphite/render?target=a")]
    [InlineData("//graphite/render?target=a", "http://HOST/render?target=…")]
    [InlineData("/render?target=a", "http://HOST/render?target=…")]
    [InlineData("http:///render", "http://render")]
    [InlineData("http://", "http://HOST/render?target=…")]
    public void A_URL_without_http_is_a_problem_whose_fix_has_it(string url, string near) =>
        Should.Throw<ProblemException>(() => SeriesGrab.ParseUrl(url)).Message
            .ShouldBe($"\"{url}\" is not the URL of a web server. It starts with neither http:// nor https://. Write {near}");

    [Fact]
    public async Task A_relative_URL_is_a_problem_too() =>
        (await Should.ThrowAsync<ProblemException>(() => SeriesGrab.GrabAsync(new Uri("graphite.example.com/render", UriKind.Relative), new FakeHttp(_ => null!), TimeSpan.FromSeconds(1), default)))
            .Message.ShouldBe("\"graphite.example.com/render\" is not the URL of a web server. It starts with neither http:// nor https://. Write http://graphite.example.com/render");

    [Fact]
    public async Task A_range_query_needs_its_range() =>
        (await Problem("http://p/api/v1/query_range?query=up&step=", 200, "")).ShouldBe(
            "The URL of a Prometheus range query needs start, end, step. It is http://p/api/v1/query_range?query=up&step=. "
            + "Add start=2015-09-16T00:00:00Z&end=2015-09-17T00:00:00Z&step=60");

    [Theory]
    [InlineData(404, "\n  Not found: <x>\nmore", "http://graphite.example.com answered 404. It says \"Not found: <x>\". Check the URL, and the server's log.")]
    [InlineData(500, "", "http://graphite.example.com answered 500. It says no more. Check the URL, and the server's log.")]
    [InlineData(302, "", "http://graphite.example.com answered 302: it wants to be asked at another URL. Redirections are not followed. "
        + "Open the URL in a browser and give the one it ends at; a redirection often leads to https or to a login.")]
    [InlineData(200, "<!DOCTYPE html>\n<html>", "http://graphite.example.com answered with a web page, not with JSON. It starts with \"<!DOCTYPE html>\". " + PathFix + " A login page gives this, too.")]
    [InlineData(200, "None", "http://graphite.example.com did not answer with JSON. It starts with \"None\". " + PathFix)]
    [InlineData(200, "", "http://graphite.example.com did not answer with JSON. The reply is empty. " + PathFix)]
    [InlineData(200, "[]", "The reply of http://graphite.example.com has no series. " + Graphite + "&format=json matches nothing, or nothing in this time. Check the target or the query and the time.")]
    [InlineData(200, "[{\"target\": \"a\", \"datapoints\": []}]", "The reply of http://graphite.example.com has no series. " + Graphite
        + "&format=json matches nothing, or nothing in this time. Check the target or the query and the time.")]
    [InlineData(200, "[{\"target\": \"a\", \"datapoints\": [[1, 15000", "reply of graphite.example.com(1): The file ends in the middle of its JSON. It was cut off when it was written or copied. Get it again.")]
    [InlineData(200, "[{\"target\": \"a/b\", \"datapoints\": [[1e9999, 1500000000]]}]", "reply of graphite.example.com(1): The value \"1e9999\" of point 0 of \"a/b\" is infinite. "
        + "A series has finite values; a division by zero often gives this. Write null (in CSV: nothing) where there is no value, or the largest value that can be.")]
    public async Task What_is_wrong_with_Graphites_reply_is_said(int status, string body, string expected) => (await Problem(Graphite, status, body)).ShouldBe(expected);

    [Theory]
    [InlineData(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:3: parse error\"}", "http://prom.example.com:9090 answered 400. Prometheus says \"1:3: parse error\". Correct the query.")]
    [InlineData(200, "{\"status\":\"error\",\"errorType\":\"x\",\"error\":\"too many\"}", "http://prom.example.com:9090 answered with an error. Prometheus says \"too many\". Correct the query.")]
    [InlineData(503, "{\"status\":", "http://prom.example.com:9090 answered 503. It says \"{\"status\":\". Check the URL, and the server's log.")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
        "The reply of http://prom.example.com:9090 has no series. " + Prometheus + " matches nothing, or nothing in this time. Check the target or the query and the time.")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"2\"]}]}}",
        "reply of prom.example.com:9090(1): This is a Prometheus result of the type \"vector\", not a series. Only \"matrix\" holds values over time. Get it from /api/v1/query_range, with start, end and step.")]
    public async Task What_is_wrong_with_the_reply_of_Prometheus_is_said(int status, string body, string expected) => (await Problem(Prometheus, status, body)).ShouldBe(expected);

    private static async Task<string> Problem(string url, int status, string body) =>
        (await Should.ThrowAsync<ProblemException>(() => SeriesGrab.GrabAsync(new Uri(url), new FakeHttp(_ => new HttpReply(status, body)), TimeSpan.FromSeconds(1), default))).Message;

    private static Task<IReadOnlyList<GrabbedSeries>> Grab(string url, string body) =>
        SeriesGrab.GrabAsync(new Uri(url), new FakeHttp(_ => new HttpReply(200, body)), TimeSpan.FromSeconds(1), default);

    private sealed class FakeHttp(Func<HttpCall, HttpReply> answer) : IHttp
    {
        public HttpCall? Call { get; private set; }

        public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            Call = call;
            return Task.FromResult(answer(call));
        }
    }
}
