using System.Net;
using System.Net.Sockets;
using System.Text;
using Flotilla.Core.Http;
using Flotilla.Core.Http.Real;
using Flotilla.Core.Http.Simulated;
using Flotilla.Core.Simulated;

namespace Flotilla.Core.Tests.Http;

/// <summary>What every <see cref="IHttp"/> does, real or simulated.</summary>
public abstract class HttpContract
{
    /// <summary>Runs a test against a server that answers with <paramref name="status"/> and body, or never when it is 0.</summary>
    protected abstract void WithServer(int status, string body, Func<IHttp, Uri, Task> test);

    /// <summary>An address where nothing listens.</summary>
    protected abstract void WithoutServer(Func<IHttp, Uri, Task> test);

    [Theory]
    [InlineData(200, true)]
    [InlineData(302, true)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public void A_reply_has_the_status_and_body_of_the_server(int status, bool success) => WithServer(status, "tea", async (http, url) =>
    {
        var reply = await http.GetAsync(url, CancellationToken.None);
        reply.Status.ShouldBe(status);
        reply.Body.ShouldBe("tea");
        reply.IsSuccess.ShouldBe(success);
    });

    [Fact]
    public void Without_a_server_the_call_is_refused_and_the_message_says_which() => WithoutServer(async (http, url) =>
        (await Assert.ThrowsAsync<HttpCallException>(() => http.GetAsync(url, CancellationToken.None)))
            .Message.ShouldBe($"GET {url}: Connection refused"));

    [Fact]
    public void A_server_that_does_not_answer_is_given_up_at_the_timeout() => WithServer(0, "", async (http, url) =>
        (await Assert.ThrowsAsync<HttpCallException>(() => http.SendAsync(new HttpCall("GET", url, Timeout: TimeSpan.FromMilliseconds(50)), CancellationToken.None)))
            .Message.ShouldBe($"GET {url}: no reply within 0.05 s"));

    [Fact]
    public void Cancelling_ends_the_call_as_cancelled() => WithServer(0, "", async (http, url) =>
    {
        using var cancel = new CancellationTokenSource();
        var call = http.GetAsync(url, cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    });
}

public sealed class NetworkHttpTests : HttpContract
{
    [Theory]
    [InlineData("text/plain; charset=utf8")]
    [InlineData("text/plain; charset=\"klingon\"")]
    public async Task A_charset_that_is_not_known_is_read_as_UTF_8(string type)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, 200, "Grüße", $"Content-Type: {type}\r\n");
        using var http = new NetworkHttp();
        (await http.GetAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), CancellationToken.None)).Body.ShouldBe("Grüße");
        await serving;
    }

    protected override void WithServer(int status, string body, Func<IHttp, Uri, Task> test)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, status, body);
        using var http = new NetworkHttp();
        test(http, new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/")).GetAwaiter().GetResult();
        // Nothing else holds a server that waits for ever: collected, it would close the connection.
        GC.KeepAlive(serving);
    }

    protected override void WithoutServer(Func<IHttp, Uri, Task> test)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var http = new NetworkHttp();
        test(http, new Uri($"http://127.0.0.1:{port}/")).GetAwaiter().GetResult();
    }

    private static async Task ServeAsync(TcpListener listener, int status, string body, string header = "")
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.ReadExactlyAsync(new byte[16]);
        if (status == 0) await Task.Delay(Timeout.Infinite);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\n{header}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
    }
}

public sealed class SimulatedHttpTests : HttpContract
{
    protected override void WithServer(int status, string body, Func<IHttp, Uri, Task> test)
    {
        var world = new SimulatedWorld(1);
        var http = new SimulatedHttp(new SimulatedNetwork(world));
        http.Listen("b", 80, async (_, token) =>
        {
            if (status == 0) await world.Clock.Delay(Timeout.InfiniteTimeSpan, token);
            return new HttpReply(status, body);
        });
        world.Run(() => test(http.From("a"), new Uri("http://b/")));
    }

    protected override void WithoutServer(Func<IHttp, Uri, Task> test)
    {
        var world = new SimulatedWorld(1);
        world.Run(() => test(new SimulatedHttp(new SimulatedNetwork(world)).From("a"), new Uri("http://b/")));
    }

    [Fact]
    public void A_host_that_is_cut_off_is_not_reached_until_it_is_back()
    {
        var world = new SimulatedWorld(1);
        var network = new SimulatedNetwork(world);
        var http = new SimulatedHttp(network);
        http.Listen("b", 80, (_, _) => Task.FromResult(new HttpReply(200, "")));
        world.Run(async () =>
        {
            network.SetCutOff("b", true);
            (await Assert.ThrowsAsync<HttpCallException>(() => http.From("a").GetAsync(new Uri("http://b/"), CancellationToken.None))).Message.ShouldContain("no reply within 10 s");
            (await http.From("b").GetAsync(new Uri("http://b/"), CancellationToken.None)).Status.ShouldBe(200);
            network.SetCutOff("b", false);
            (await http.From("a").GetAsync(new Uri("http://b/"), CancellationToken.None)).Status.ShouldBe(200);
        });
    }

    [Fact]
    public void A_port_has_one_server_at_a_time()
    {
        var http = new SimulatedHttp(new SimulatedNetwork(new SimulatedWorld(1)));
        var first = http.Listen("b", 80, (_, _) => Task.FromResult(new HttpReply(200, "")));
        Should.Throw<InvalidOperationException>(() => http.Listen("b", 80, (_, _) => Task.FromResult(new HttpReply(200, ""))));
        first.Dispose();
        http.Listen("b", 80, (_, _) => Task.FromResult(new HttpReply(200, ""))).Dispose();
    }
}
