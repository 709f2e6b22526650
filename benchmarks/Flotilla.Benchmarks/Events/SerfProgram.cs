using System.Diagnostics;
using System.Globalization;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Benchmarks.Events;

/// <summary>A real Serf agent on an address of the loopback network.</summary>
internal sealed class SerfProgram : IAsyncDisposable
{
    private static int _count;
    private readonly Process _process;

    private SerfProgram(string name, Process process, SerfAddress rpc, string gossip)
    {
        Name = name;
        _process = process;
        Rpc = rpc;
        Gossip = gossip;
    }

    public static bool IsInstalled { get; } = File.Exists("/usr/bin/serf");

    public string Name { get; }

    public SerfAddress Rpc { get; }

    public string Gossip { get; }

    public static async Task<SerfProgram> StartAsync(string? handler = null, string? join = null)
    {
        var number = Interlocked.Increment(ref _count);
        var address = string.Create(CultureInfo.InvariantCulture, $"127.{Environment.ProcessId % 200 + 20}.{Environment.ProcessId / 200 % 250 + 1}.{number}");
        var (gossip, rpc) = ($"{address}:27946", new SerfAddress(address, 27373));
        var process = Process.Start(new ProcessStartInfo("serf",
        [
            "agent", $"-node=b{number}", $"-bind={gossip}", $"-rpc-addr={rpc}", "-profile=lan", "-log-level=err",
            .. handler is null ? Array.Empty<string>() : [$"-event-handler=user={handler}"],
            .. join is null ? Array.Empty<string>() : [$"-retry-join={join}", "-retry-interval=1s"],
        ]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var agent = new SerfProgram($"b{number}", process, rpc, gossip);
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var client = await agent.ConnectAsync();
                return agent;
            }
            catch (Exception e) when (e is ProblemException or IOException && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(20);
            }
        }
    }

    public Task<SerfClient> ConnectAsync() =>
        SerfClient.ConnectAsync(new TcpSerfTransport(), new SerfOptions { Address = Rpc }, TimeProvider.System, CancellationToken.None);

    public async Task<SerfBus> AttachAsync() => await SerfBus.AttachAsync(
        await SerfConnection.OpenAsync(new TcpSerfTransport(), new SerfOptions { Address = Rpc }, TimeProvider.System, new Random(1), null, CancellationToken.None),
        new SerfBusOptions(), TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
