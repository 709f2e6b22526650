using System.Net;
using System.Net.Sockets;
using System.Text;
using Flotilla.Core;
using Flotilla.Core.Http.Real;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

/// <summary>Over real sockets, with a server that speaks as Graphite and Prometheus do.</summary>
public sealed class SeriesGrabNetworkTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly NetworkHttp _http = new();
    private readonly HttpListener _server = new();
    private readonly int _port = FreePort();

    public SeriesGrabNetworkTests()
    {
        _server.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _server.Start();
    }

    [Fact]
    public async Task What_Graphite_gives_is_stored_and_found_as_series()
    {
        var serving = Answer(200, """[{"target": "web.a.cpu", "datapoints": [[1.5, 1500000000], [null, 1500000060]]}, {"target": "web.b.cpu", "datapoints": [[2, 1500000000]]}]""");
        var series = await Grab("/render?target=web.*.cpu&from=-1h&format=csv");
        (await serving).ShouldBe("/render?target=web.*.cpu&from=-1h&format=json");

        using var folder = new TemporaryFolder();
        var files = SeriesGrab.Write(folder.Path, series);
        files.ShouldBe([folder.File("web.a.cpu.json"), folder.File("web.b.cpu.json")]);
        var found = SeriesFolder.Find(folder.Path, new SeriesOptions());
        found.Select(file => file.Name).ShouldBe(["web.a.cpu", "web.b.cpu"]);
        found.Zip(series).ShouldAllBe(pair => pair.First.Load(new SeriesOptions()).Points.SequenceEqual(pair.Second.Points));
    }

    [Fact]
    public async Task What_Prometheus_gives_is_a_series()
    {
        var serving = Answer(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"ü"},"values":[[1500000000,"1"]]}]}}""");
        var series = await Grab("/api/v1/query_range?query=sum(up)&start=1&end=2&step=3");
        (await serving).ShouldBe("/api/v1/query_range?query=sum(up)&start=1&end=2&step=3");
        series.ShouldHaveSingleItem().Name.ShouldBe("{job=\"ü\"}");
    }

    [Fact]
    public async Task A_server_that_hangs_is_given_up_at_the_timeout() =>
        (await Should.ThrowAsync<ProblemException>(() => SeriesGrab.GrabAsync(Url("/render?target=a"), _http, TimeSpan.FromMilliseconds(250), default))).Message.ShouldBe(
            $"http://127.0.0.1:{_port} gave no reply. GET http://127.0.0.1:{_port}/render?target=a&format=json: no reply within 0.25 s. "
            + "Check that the server runs and is reached at this address, or allow it more than 0.25 s.");

    [Fact]
    public async Task Where_no_server_is_the_refusal_is_said()
    {
        _server.Stop();
        (await Should.ThrowAsync<ProblemException>(() => Grab("/render?target=a"))).Message.ShouldBe(
            $"http://127.0.0.1:{_port} gave no reply. GET http://127.0.0.1:{_port}/render?target=a&format=json: Connection refused. "
            + "Check that the server runs and is reached at this address, or allow it more than 30 s.");
    }

    [Fact]
    public async Task A_reply_that_is_too_large_is_a_problem()
    {
        var serving = Answer(200, new string(' ', (16 << 20) + 1));
        (await Should.ThrowAsync<ProblemException>(() => Grab("/render?target=a"))).Message.ShouldBe(
            $"The reply of http://127.0.0.1:{_port} is too large. It has over 16 MB. "
            + "Ask for less: fewer targets, a shorter time, or a larger step (in Graphite maxDataPoints=10000).");
        await serving;
    }

    [Fact]
    public async Task An_error_of_the_server_is_said_in_its_words()
    {
        var serving = Answer(500, "Invalid target\nTraceback");
        (await Should.ThrowAsync<ProblemException>(() => Grab("/render?target=a"))).Message.ShouldBe(
            $"http://127.0.0.1:{_port} answered 500. It says \"Invalid target\". Check the URL, and the server's log.");
        await serving;
    }

    [Fact]
    public async Task Cancelling_gives_up()
    {
        using var cancel = new CancellationTokenSource();
        var grabbing = SeriesGrab.GrabAsync(Url("/render?target=a"), _http, Long, cancel.Token);
        await _server.GetContextAsync();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grabbing);
    }

    public void Dispose()
    {
        _http.Dispose();
        _server.Close();
    }

    private Uri Url(string path) => new($"http://127.0.0.1:{_port}{path}");

    private Task<IReadOnlyList<GrabbedSeries>> Grab(string path) => SeriesGrab.GrabAsync(Url(path), _http, Long, default);

    // Answers one request and says what was asked.
    private async Task<string?> Answer(int status, string body)
    {
        var context = await _server.GetContextAsync();
        context.Response.StatusCode = status;
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.ContentLength64 = bytes.Length;
        try
        {
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is IOException or HttpListenerException)
        {
            // The client has had enough.
            context.Response.Abort();
        }
        return context.Request.RawUrl;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
