using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>A run of the real <c>./flotilla</c>, as a user starts it.</summary>
public sealed partial class FlotillaCommand : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FlotillaCommand(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _error));
    }

    public string Output { get { lock (_lock) return _output.ToString(); } }

    public string Error { get { lock (_lock) return _error.ToString(); } }

    public int ProcessId => _process.Id;

    /// <summary>Starts <c>./flotilla ARGUMENTS</c> in a folder.</summary>
    public static FlotillaCommand Start(string folder, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var start = Listening(folder, [Repository.File("flotilla"), .. arguments]);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new FlotillaCommand(start);
    }

    /// <summary>Starts a line of shell in a folder.</summary>
    public static FlotillaCommand Shell(string folder, string line, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = Listening(folder, ["/bin/sh", "-c", line]);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new FlotillaCommand(start);
    }

    // Tests that run in the background of a shell inherit a Ctrl-C that is ignored; a user's terminal does not.
    private static ProcessStartInfo Listening(string folder, string[] command) =>
        new("/usr/bin/env", ["--default-signal=INT", .. command]) { WorkingDirectory = folder };

    /// <summary>Runs <c>./flotilla ARGUMENTS</c> to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var command = Start(folder, environment, arguments);
        var exitCode = await command.ExitAsync();
        return (exitCode, command.Output, command.Error);
    }

    /// <summary>Waits until the output holds a text.</summary>
    public async Task SeesAsync(string text)
    {
        using var limit = new CancellationTokenSource(WaitMax);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                if (_output.ToString().Contains(text) || _error.ToString().Contains(text)) return;
            }
            if (_reading.IsCompleted) throw new InvalidOperationException($"It ended without \"{text}\":\n{Output}{Error}");
            try
            {
                await Task.WhenAny(changed, _reading).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"\"{text}\" did not come:\n{Output}{Error}");
            }
        }
    }

    /// <summary>Sends a signal, for example 2 for Ctrl-C.</summary>
    public void Signal(int signal) => Kill(_process.Id, signal).ShouldBe(0);

    /// <summary>Its exit code, once it has ended and all its output is read.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync(new CancellationTokenSource(WaitMax).Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end:\n{Output}{Error}");
        }
        await _reading;
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                into.Append(buffer, 0, read);
                changed = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            changed.SetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
