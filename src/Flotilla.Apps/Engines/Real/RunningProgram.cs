using System.Diagnostics;

namespace Flotilla.Apps.Engines.Real;

/// <summary>What to start.</summary>
internal sealed record ProgramStart(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    string? WorkingDirectory);

/// <summary>A program that was started as the leader of its own session, with everything it starts in turn.</summary>
#pragma warning disable CA1001 // What it owns is disposed of when the program has ended.
internal sealed class RunningProgram
#pragma warning restore CA1001
{
    private const int ReadBytes = 32 << 10;

    // The end of the output is not waited for: a process that escaped and holds the pipe would keep the exit from being
    // noticed. What is in the pipe is read, which may take a while on a busy machine.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly ProcessTree _tree;
    private readonly TimeProvider _time;
    private readonly Task _output;
    private readonly CancellationTokenSource _reading = new();
    private long _restUntil;

    private RunningProgram(Process process, ProcessTree tree, TimeProvider time, Action<bool, string> line)
    {
        _process = process;
        _tree = tree;
        _time = time;
        Id = process.Id;
        tree.Leader = Id;
        _output = Task.WhenAll(
            ReadAsync(process.StandardOutput.BaseStream, isError: false, line),
            ReadAsync(process.StandardError.BaseStream, isError: true, line));
        Ended = EndAsync();
    }

    /// <summary>The process that became the program.</summary>
    public int Id { get; }

    /// <summary>Exit code (128 + n after signal n) and the moment of the exit, once all it started is gone and all it wrote was handed over.</summary>
    public Task<(int Code, DateTimeOffset At)> Ended { get; }

    /// <summary>Starts it in a tree of its own.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel refused.</exception>
    public static RunningProgram Start(ProgramStart start, ProcessTree tree, TimeProvider time, Action<bool, string> line)
    {
        var (script, arguments) = tree.Shim;
        var info = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = start.WorkingDirectory ?? "",
        };
        foreach (var argument in (IEnumerable<string>)["-c", script, "flotilla", .. arguments, start.Program, .. start.Arguments]) info.ArgumentList.Add(argument);
        foreach (var (name, value) in start.Environment) info.Environment[name] = value;
        info.Environment[ProcessTree.TreeVariable] = tree.Mark;
        var process = Process.Start(info) ?? throw new InvalidOperationException("A program was not started.");
        return new RunningProgram(process, tree, time, line);
    }

    /// <summary>Asks everything to end, kills what is left after the grace, and returns when all is gone.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (Ended.IsCompleted) return;
        Volatile.Write(ref _restUntil, _time.GetTimestamp() + (long)(grace.TotalSeconds * _time.TimestampFrequency));
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tree.Signal(Signals.Terminate);
            await _tree.FreezeAsync(false, cancellationToken);
            await Ended.WaitAsync(grace, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await KillAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Kills everything and returns when all is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (!Ended.IsCompleted)
        {
            Volatile.Write(ref _restUntil, 0);
            await _tree.KillAsync(cancellationToken);
        }
        await Ended.WaitAsync(cancellationToken);
    }

    public Task FreezeAsync(bool frozen, CancellationToken cancellationToken) =>
        Ended.IsCompleted ? Task.CompletedTask : _tree.FreezeAsync(frozen, cancellationToken);

    private async Task<(int Code, DateTimeOffset At)> EndAsync()
    {
        await _process.WaitForExitAsync();
        var at = _time.GetUtcNow();
        var code = _process.ExitCode;
        _tree.Leader = null;
        var left = Volatile.Read(ref _restUntil) - _time.GetTimestamp();
        if (left > 0) await _tree.WaitEmptyAsync(TimeSpan.FromSeconds((double)left / _time.TimestampFrequency), CancellationToken.None);
        await _tree.KillAsync(CancellationToken.None);
        await DrainAsync();
        _process.Dispose();
        _reading.Dispose();
        return (code, at);
    }

    private async Task DrainAsync()
    {
        var begun = _time.GetTimestamp();
        while (!_output.IsCompleted && _time.GetElapsedTime(begun) < DrainMax)
        {
            await Task.WhenAny(_output, Task.Delay(Pause, _time));
            if (Pipes.IsEmpty(_process.StandardOutput.BaseStream) && Pipes.IsEmpty(_process.StandardError.BaseStream)) break;
        }
        await _reading.CancelAsync();
        await _output;
    }

    private async Task ReadAsync(Stream stream, bool isError, Action<bool, string> line)
    {
        var lines = new LineReader(text => line(isError, text));
        var buffer = new byte[ReadBytes];
        try
        {
            while (await stream.ReadAsync(buffer, _reading.Token) is var count and > 0) lines.Add(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The program has ended, and what it wrote was read.
        }
        lines.Finish();
    }
}
