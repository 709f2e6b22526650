using System.ComponentModel;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>How a Serf agent is started.</summary>
/// <param name="Node">The name of its node.</param>
/// <param name="Rpc">Where it listens for commands.</param>
/// <param name="Bind">Where it gossips, <c>ADDR:PORT</c>; null for Serf's default.</param>
/// <param name="Join">Whom it joins, again and again until one answers.</param>
/// <param name="Tags">What it says of itself from the start.</param>
/// <param name="Token">The <c>rpc_auth</c> it asks for; null for none.</param>
/// <param name="Folder">Where its configuration, its snapshot and its log lie.</param>
internal sealed record SerfProcessOptions(
    string Node, SerfAddress Rpc, string? Bind, IReadOnlyList<string> Join, IReadOnlyDictionary<string, string> Tags, string? Token, string Folder);

/// <summary>
/// A <c>serf agent</c> that this program has started: started again, with growing pauses, whenever it ends, and ended with this
/// program, whatever becomes of that.
/// </summary>
internal sealed class SerfProcess : IAsyncDisposable
{
    // The watcher reads until this program ends. setsid keeps the terminal's Ctrl-C from Serf, which leaves when it is told to.
    private const string Watched =
        """log=$1; shift; exec 3<&0; "$@" >>"$log" 2>&1 </dev/null 3<&- & pid=$!; { read -r _ <&3; kill -TERM $pid; } 2>/dev/null & watch=$!; exec 3<&-; wait $pid; code=$?; kill $watch 2>/dev/null; exit $code""";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(30);
    private static readonly Backoff Restart = new(TimeSpan.FromMilliseconds(250), 2, TimeSpan.FromSeconds(30));

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SerfProcessOptions _options;
    private readonly Action<string> _report;
    private Process _process;
    private int _disposed;
    private Task _supervising = Task.CompletedTask;

    private SerfProcess(SerfProcessOptions options, Action<string> report)
    {
        (_options, _report) = (options, report);
        _process = Launch();
    }

    private string Log => Path.Combine(_options.Folder, "serf.log");

    /// <summary>Starts an agent and waits until it answers.</summary>
    /// <exception cref="ProblemException">There is no program <c>serf</c>, or it ends at once.</exception>
    public static async Task<SerfProcess> StartAsync(SerfProcessOptions options, Action<string> report, CancellationToken cancellationToken)
    {
        if (!IsThere("serf"))
            throw new ProblemException(new Problem("There is no program serf to start.", Why: "None of the folders in PATH has it.",
                Fix: "Install it (on Debian: apt-get install serf), or leave out --with-serf and name a running agent with --rpc."));
        WriteConfiguration(options);
        var serf = new SerfProcess(options, report);
        try
        {
            await serf.AnswersAsync(cancellationToken);
        }
        catch
        {
            await serf.DisposeAsync();
            throw;
        }
        serf._supervising = serf.SuperviseAsync();
        return serf;
    }

    /// <summary>It is not started again from now on: it is about to be told to leave.</summary>
    public void ExpectEnd()
    {
        lock (_lock) _stopping.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        ExpectEnd();
        await _supervising;
        await EndAsync(_process);
        _stopping.Dispose();
    }

    private async Task AnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartMax);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (_process.HasExited) throw NotStarted("It ended.");
            try
            {
                await using var client = await SerfClient.ConnectAsync(
                    new TcpSerfTransport(), new SerfOptions { Address = _options.Rpc, Token = _options.Token }, TimeProvider.System, limit.Token);
                var stats = await client.StatsAsync(limit.Token);
                if (stats.GetValueOrDefault("agent")?.GetValueOrDefault("name") == _options.Node && !_process.HasExited) return;
                throw NotStarted($"Another agent answers at {_options.Rpc}.");
            }
            catch (ProblemException) when (!_process.HasExited && !limit.IsCancellationRequested)
            {
                if (!await NextAsync(timer, limit.Token, cancellationToken)) throw;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw NotStarted($"It does not answer at {_options.Rpc} within {StartMax.TotalSeconds} s.");
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(limit);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private ProblemException NotStarted(string why)
    {
        var last = File.Exists(Log) ? File.ReadLines(Log).LastOrDefault(line => line.Trim().Length > 0) : null;
        return new ProblemException(new Problem($"The Serf agent of {_options.Node} cannot be started.",
            Why: last is null ? why : $"{why} It said last: \"{last.Trim()}\".",
            Fix: $"Look into {Log}; another address is given with --bind ADDR:PORT and --rpc ADDR:PORT."));
    }

    private async Task SuperviseAsync()
    {
        var repetition = 0;
        try
        {
            while (true)
            {
                var begin = TimeProvider.System.GetTimestamp();
                await _process.WaitForExitAsync(_stopping.Token);
                var code = _process.ExitCode;
                if (TimeProvider.System.GetElapsedTime(begin) > SteadyAfter) repetition = 0;
                var pause = Restart.Delay(repetition++, Random.Shared);
                _report($"the Serf agent ended with code {code}; it is started again in {pause.TotalSeconds:0.##} s");
                await Task.Delay(pause, TimeProvider.System, _stopping.Token);
                while (TryRelaunch() is { } failure)
                {
                    pause = Restart.Delay(repetition++, Random.Shared);
                    _report($"the Serf agent cannot be started: {failure}; the next try is in {pause.TotalSeconds:0.##} s");
                    await Task.Delay(pause, TimeProvider.System, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Starts it again, and returns why it could not be started; null when it was.</summary>
    private string? TryRelaunch()
    {
        lock (_lock)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            try
            {
                var next = Launch();
                _process.Dispose();
                _process = next;
                return null;
            }
            catch (Win32Exception e)
            {
                return e.Message;
            }
        }
    }

    private Process Launch()
    {
        List<string> arguments =
        [
            "/bin/sh", "-c", Watched, "serf", Log, "serf", "agent", $"-node={_options.Node}", $"-rpc-addr={_options.Rpc}",
            $"-config-file={Path.Combine(_options.Folder, "serf.json")}", $"-snapshot={Path.Combine(_options.Folder, "serf.snapshot")}", "-rejoin",
            .. _options.Bind is { } bind ? [$"-bind={bind}"] : Array.Empty<string>(),
            .. _options.Join.SelectMany(join => new[] { $"-retry-join={join}" }),
        ];
        if (_options.Join.Count > 0) arguments.Add("-retry-interval=1s");
        return Process.Start(new ProcessStartInfo("setsid", arguments) { RedirectStandardInput = true })!;
    }

    // In a file, where others cannot read the token from the list of processes.
    private static void WriteConfiguration(SerfProcessOptions options)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (options.Token is not null) json.WriteString("rpc_auth", options.Token);
            json.WriteStartObject("tags");
            foreach (var (name, value) in options.Tags) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        var path = Path.Combine(options.Folder, "serf.json");
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(buffer.ToArray());
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopMax);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));
}
