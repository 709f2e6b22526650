using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Flotilla.Core.Machines.Real;

/// <summary>Runs one program on this host to its end.</summary>
internal static class ProgramRun
{
    private const int CannotStart = 127;
    private const int TimedOut = 124;

    // A program may leave a child behind that holds its outputs open; they are not waited for longer than this.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    // One that may not be killed, or hangs in the kernel, is left to itself after this.
    private static readonly TimeSpan KillWait = TimeSpan.FromSeconds(5);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <param name="command">What to run.</param>
    /// <param name="directory">The working directory on this host; null for the current one.</param>
    /// <param name="cancellationToken">Kills the program and all that it started.</param>
    public static async Task<CommandResult> RunAsync(Command command, string? directory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var file = ProgramPath.Find(command, directory);
        if (file is null) return new CommandResult(CannotStart, "", $"{command.Program} cannot be started: there is no such program{ProgramPath.Searched(command)}.");
        using var process = new Process { StartInfo = Start(command, file, directory) };
        try
        {
            process.Start();
        }
        catch (Win32Exception failure)
        {
            return new CommandResult(CannotStart, "", $"{command.Program} cannot be started: {failure.Message}");
        }
        using var output = new CappedOutput(process.StandardOutput.BaseStream, command.OutputMax);
        using var error = new CappedOutput(process.StandardError.BaseStream, command.OutputMax);
        var input = FeedAsync(process.StandardInput, command.Input);
        var limit = command.Timeout ?? Command.DefaultTimeout;
        using var timeout = new CancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var timedOut = false;
        try
        {
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            await Task.WhenAny(process.WaitForExitAsync(CancellationToken.None), Task.Delay(KillWait, CancellationToken.None)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            timedOut = true;
        }
        await Task.WhenAny(Task.WhenAll(output.Ended, error.Ended, input), Task.Delay(Drain, CancellationToken.None)).ConfigureAwait(false);
        return timedOut
            ? new CommandResult(TimedOut, output.Text, error.Text + string.Create(CultureInfo.InvariantCulture, $"[killed: it ran longer than {limit.TotalSeconds:0.###} s]\n"))
            : new CommandResult(process.ExitCode, output.Text, error.Text);
    }

    private static ProcessStartInfo Start(Command command, string file, string? directory)
    {
        var start = new ProcessStartInfo(file)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            WorkingDirectory = directory ?? "",
        };
        foreach (var argument in command.Arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        return start;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is AggregateException or Win32Exception)
        {
            // Some of them belong to another user; the others are gone.
        }
    }

    private static async Task FeedAsync(StreamWriter writer, string? input)
    {
        try
        {
            await using (writer.ConfigureAwait(false))
                await writer.WriteAsync(input).ConfigureAwait(false);
        }
        catch (Exception stopped) when (stopped is IOException or ObjectDisposedException)
        {
            // The program ended, or closed its input, before it read everything: that is its right.
        }
    }
}
