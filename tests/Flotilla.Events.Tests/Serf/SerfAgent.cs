using System.Diagnostics;
using System.Globalization;
using Flotilla.Events.Serf;
using Flotilla.Testing;

namespace Flotilla.Events.Tests.Serf;

/// <summary>
/// A real Serf agent. It ends with this object, and with the test program whatever becomes of that.
/// </summary>
internal sealed class SerfAgent : IAsyncDisposable
{
    // The shell waits for the end of its input, which comes with the end of the test program, and names the agent's process.
    private const string Watched = """log="$1"; shift; "$@" >>"$log" 2>&1 </dev/null & pid=$!; echo $pid; read -r _; { kill -9 $pid; wait $pid; } 2>/dev/null""";

    private static int _count;

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _arguments;
    private Process? _watch;
    private int _process;

    /// <param name="name">The name of its node.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="token">Its <c>rpc_auth</c>.</param>
    /// <param name="join">Whom it tries to join, again and again.</param>
    /// <param name="more">Further arguments.</param>
    public SerfAgent(string name, IReadOnlyDictionary<string, string>? tags = null, string? token = null, string? join = null, params string[] more)
    {
        Name = name;
        var number = Interlocked.Increment(ref _count);
        // An address of the loopback network for each agent, so that all may have the same ports and never meet another program.
        var (id, host) = (Environment.ProcessId, number % 250 + 1);
        Ip = $"127.{id / 250 % 200 + 20}.{id % 250 + 1}.{host}";
        var port = 17_946 + number / 250;
        Gossip = $"{Ip}:{port}";
        Rpc = new SerfAddress(Ip, port + 1_000);
        var config = _folder.Write("agent.json", $$"""
            {"reconnect_interval": "1s", "reconnect_timeout": "10s", "tombstone_timeout": "10s"{{(token is null ? "" : $", \"rpc_auth\": \"{token}\"")}}}
            """);
        _arguments =
        [
            "agent", $"-node={name}", $"-bind={Gossip}", $"-rpc-addr={Rpc}", "-profile=lan", $"-config-file={config}", "-log-level=debug",
            .. (tags ?? new Dictionary<string, string>()).Select(tag => $"-tag={tag.Key}={tag.Value}"),
            .. join is null ? Array.Empty<string>() : [$"-retry-join={join}", "-retry-interval=1s"],
            .. more,
        ];
    }

    public static string? Missing => Peer.Missing("serf", "serf");

    public string Name { get; }

    public string Ip { get; }

    /// <summary>The address for joining it.</summary>
    public string Gossip { get; }

    public SerfAddress Rpc { get; }

    public bool IsRunning => _watch is not null;

    public string Log => File.Exists(_folder.File("log")) ? File.ReadAllText(_folder.File("log")) : "";

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync(string? token = null)
    {
        _watch = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watched, "sh", _folder.File("log"), Peer.Find("serf")!, .. _arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _process = int.Parse((await _watch.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await Until.HoldsAsync(async () =>
        {
            try
            {
                await using var client = await ConnectAsync(new SerfOptions { Token = token });
                return true;
            }
            catch (Exception error) when (error is Core.ProblemException or IOException)
            {
                return false;
            }
        }, () => $"{Name} answers. Its log: {Log}");
    }

    public Task<SerfClient> ConnectAsync(SerfOptions? options = null) => SerfClient.ConnectAsync(
        new TcpSerfTransport(), (options ?? new SerfOptions()) with { Address = Rpc }, TimeProvider.System, CancellationToken.None);

    public Task<SerfConnection> OpenAsync(SerfOptions? options = null) => SerfConnection.OpenAsync(
        new TcpSerfTransport(), (options ?? new SerfOptions()) with { Address = Rpc }, TimeProvider.System, new Random(1), null, CancellationToken.None);

    /// <summary>Stops it as it is. The signal only asks for that: a thread on another core runs on, and may still answer, until it is seen stopped.</summary>
    public async Task SuspendAsync()
    {
        Signal("STOP");
        await Until.HoldsAsync(() => Directory.EnumerateDirectories($"/proc/{_process}/task").All(IsStopped), $"every thread of {Name} is stopped");
    }

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    // proc(5): the state follows the program's name, which stands in parentheses.
    private static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
        }
        catch (IOException)
        {
            // It ended between the listing and the look.
            return false;
        }
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process}"]);
        kill.WaitForExit();
    }

    /// <summary>As if its host had lost power.</summary>
    public async Task KillAsync()
    {
        if (_watch is not { } watch) return;
        _watch = null;
        // Also when it is stopped.
        watch.StandardInput.Close();
        await watch.WaitForExitAsync();
        watch.Dispose();
    }

    /// <summary>Kills it at the end of the bus that owns it; it can be started again.</summary>
    public IAsyncDisposable AsOwned() => new Owned(this);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(_folder.Path)) _folder.Dispose();
    }

    private sealed class Owned(SerfAgent agent) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await agent.KillAsync();
    }
}

/// <summary>Waits for what must become true, for 30 seconds at most.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task HoldsAsync(Func<bool> holds, string what) => HoldsAsync(() => Task.FromResult(holds()), () => what);

    public static async Task HoldsAsync(Func<Task<bool>> holds, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"In vain: {what()}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Reads a stream until a record fits.</summary>
    public static async Task<T> ReadAsync<T>(SerfStream stream, Func<T, bool>? fits = null) where T : SerfRecord
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await stream.WaitToReadAsync(limit.Token))
            while (stream.TryRead(out var record))
                if (record is T found && (fits is null || fits(found))) return found;
        throw new InvalidOperationException($"The stream ended without a {typeof(T).Name}.");
    }
}
