using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flotilla.EndToEnd;

/// <summary><c>flotilla bench grab</c> against a server that speaks as Graphite does, and one that does not speak.</summary>
public sealed class BenchGrabTests : IDisposable
{
    private readonly BenchSeries _folder = new();
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task All_targets_are_stored_and_can_be_benched()
    {
        var points = string.Join(",", Enumerable.Range(0, 60).Select(at => $"[{(at == 40 ? "90" : at == 41 ? "null" : $"{at % 3}")},{1_400_000_000 + 60 * at}]"));
        var url = Serve($$"""[{"target":"web.cpu","datapoints":[{{points}}]},{"target":"db/load","datapoints":[{{points}}]}]""");
        var (exitCode, output, error) = await _folder.RunAsync("grab", $"{url}/render?target=*", "--to", "grabbed");
        exitCode.ShouldBe(0, error);
        output.Split('\n').Length.ShouldBe(3);
        var (benched, table, problems) = await _folder.RunAsync("grabbed", "--detectors", "grubbs");
        benched.ShouldBe(0, problems);
        table.ShouldStartWith("2 series, 120 points (2 without a value), 1 detector: ");
    }

    [Fact]
    public async Task A_server_that_hangs_is_told()
    {
        _server.Start();
        var (exitCode, _, error) = await _folder.RunAsync("grab", $"http://{_server.LocalEndpoint}/render?target=a", "--timeout", "0.5");
        exitCode.ShouldBe(2);
        error.ShouldContain($"error: http://{_server.LocalEndpoint} gave no reply.");
        error.ShouldContain("0.5 s");
        Directory.Exists(_folder.File("series")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_url_without_http_is_told()
    {
        var (exitCode, _, error) = await _folder.RunAsync("grab", "graphite.example/render?target=a");
        exitCode.ShouldBe(2);
        error.ShouldContain("http://graphite.example/render?target=a");
    }

    private string Serve(string body)
    {
        _server.Start();
        _ = AnswerAsync(body);
        return $"http://{_server.LocalEndpoint}";
    }

    private async Task AnswerAsync(string body)
    {
        using var client = await _server.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var buffer = new byte[8192];
        var request = "";
        while (!request.Contains("\r\n\r\n")) request += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
    }

    public void Dispose()
    {
        _server.Stop();
        _folder.Dispose();
    }
}
