using System.ComponentModel;
using System.Diagnostics;

namespace Flotilla.Images.Graph.Real;

/// <summary>The program <c>git</c>, for everything that is not reading and writing objects. Only plumbing and maintenance; the user's configuration does not reach it.</summary>
internal sealed class Git(string graph)
{
    /// <summary>Runs it and gives its output; throws when it fails.</summary>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var (code, output, error) = await TryRunAsync(arguments, cancellationToken, input);
        if (code == 0) return output;
        var full = error.Contains("No space left", StringComparison.Ordinal);
        throw ImageException.Of(full ? ImageFault.DiskFull : ImageFault.GitFailed,
            full ? $"The disk of {graph} is full." : $"git {arguments[0]} failed in {graph} with {code}.", error.Trim(), full ? "Make room and run the command again; the graph is as it was." : "Run \"git fsck\" there to see what is wrong.");
    }

    public async Task<(int Code, string Output, string Error)> TryRunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("--git-dir=" + graph);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal) && name is not ("GIT_SSH" or "GIT_SSH_COMMAND" or "GIT_ASKPASS" or "GIT_TRACE")).ToList())
            start.Environment.Remove(name);
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw ImageException.Of(ImageFault.GitFailed, "git cannot be started.", e.Message, "Install git 2.30 or newer.", e);
        }
    }
}
