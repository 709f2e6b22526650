using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Flotilla.Images.Graph.Real;

/// <summary>
/// The program <c>git</c>, for everything that is not reading and writing objects. The system's configuration and git's variables do
/// not reach it, except where it talks to other repositories: there the user's credentials, proxies and short names are wanted.
/// </summary>
internal sealed class Git(string graph)
{
    private const long FreeMin = 64 * 1024;
    private static readonly string[] KeptVariables = ["GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_TRACE"];
    private static readonly string[] TransportVariables = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT", "GIT_PROXY_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY"];

    /// <summary>Runs it and gives its output; throws when it fails.</summary>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var (code, output, error) = await TryRunAsync(arguments, cancellationToken, input);
        if (code == 0) return output;
        throw IsDiskFull(error)
            ? Full(error)
            : ImageException.Of(ImageFault.GitFailed, $"git {arguments[0]} failed in {graph} with {code}.", error.Trim(), "Run \"git fsck\" there to see what is wrong.");
    }

    /// <summary>Whether what git said means a full disk. Where it gives no reason why it could not write, the disk is asked.</summary>
    public bool IsDiskFull(string error) =>
        SaysDiskFull(error) || ((error.Contains("couldn't write", StringComparison.Ordinal) || error.Contains("unable to write", StringComparison.Ordinal)) && new DriveInfo(graph).AvailableFreeSpace < FreeMin);

    public static bool SaysDiskFull(string error) => error.Contains("No space left", StringComparison.Ordinal) || error.Contains("Disk quota exceeded", StringComparison.Ordinal);

    /// <summary>What to say when the disk of the graph is full.</summary>
    public ImageException Full(string error) => ImageException.Of(ImageFault.DiskFull, $"The disk of {graph} is full.", error.Trim(), "Make room and run the command again; the graph is as it was.");

    public Task<(int Code, string Output, string Error)> TryRunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null) =>
        TryRunAsync(arguments, input, isTransport: false, null, cancellationToken);

    /// <summary>Runs it where it talks to another repository.</summary>
    /// <param name="arguments">Its arguments, the command first.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <param name="progress">Hears lines such as <c>Writing objects:  34% (3/9)</c>.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public Task<(int Code, string Output, string Error)> TransportAsync(IReadOnlyList<string> arguments, string? input, IProgress<string>? progress, CancellationToken cancellationToken) =>
        TryRunAsync(arguments, input, isTransport: true, progress, cancellationToken);

    private async Task<(int Code, string Output, string Error)> TryRunAsync(
        IReadOnlyList<string> arguments, string? input, bool isTransport, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("--git-dir=" + graph);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal) && !KeptVariables.Contains(name) && !(isTransport && TransportVariables.Contains(name))).ToList())
            start.Environment.Remove(name);
        if (!isTransport) start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = ReadErrorAsync(process.StandardError, progress, cancellationToken);
        try
        {
            try
            {
                if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read all: its exit code and messages say why.
            }
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // Progress is written over itself with carriage returns, and is no part of what went wrong.
    private static async Task<string> ReadErrorAsync(StreamReader reader, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (progress is null) return await reader.ReadToEndAsync(cancellationToken);
        var all = new StringBuilder();
        var line = new StringBuilder();
        var buffer = new char[1024];
        for (int read; (read = await reader.ReadAsync(buffer, cancellationToken)) > 0;)
            foreach (var letter in buffer.AsSpan(0, read))
            {
                if (letter is not ('\r' or '\n'))
                {
                    line.Append(letter);
                    continue;
                }
                var text = line.ToString();
                line.Clear();
                if (text.Contains("% (", StringComparison.Ordinal) || text.Contains("objects: ", StringComparison.Ordinal)) progress.Report(text.Replace("remote: ", "", StringComparison.Ordinal).Trim());
                else if (text.Length > 0) all.Append(text).Append('\n');
            }
        return all.Append(line).ToString();
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw ImageException.Of(ImageFault.GitFailed, "git cannot be started.", e.Message, "Install git 2.31 or newer.", e);
        }
    }
}
