using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Flotilla.Images.Runtime.Real;

/// <summary>The program <c>runc</c>, or another with its command line (runc(8)).</summary>
internal sealed class Runc(string program, string state)
{
    /// <summary>Runs a container to its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(string id, string bundle, string log, ContainerStreams streams, CancellationToken cancellationToken)
    {
        var start = Prepare(["--log", log, "--log-format", "json", "run", "--bundle", bundle, id]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = !streams.Inherit;
        using var process = Start(start);
        try
        {
            Task[] copies = streams.Inherit ? [] :
            [
                process.StandardOutput.BaseStream.CopyToAsync(streams.Output ?? Stream.Null, cancellationToken),
                process.StandardError.BaseStream.CopyToAsync(streams.Error ?? Stream.Null, cancellationToken),
            ];
            if (!streams.Inherit) process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            await Task.WhenAll(copies);
        }
        catch
        {
            process.Kill();
            await DeleteAsync(id, CancellationToken.None);
            throw;
        }
        if (process.ExitCode != 0 && Error(log) is { } error)
            throw ImageException.Of(ImageFault.RuntimeFailed, $"{Path.GetFileName(program)} could not run the container.", error.TrimEnd('.') + ".", Advice(error));
        return process.ExitCode;
    }

    /// <summary>Ends and forgets a container; nothing when it is not there.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(System.IO.Path.Combine(state, id))) return;
        var start = Prepare(["delete", "--force", id]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Start(start);
        await Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken), process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken),
            process.WaitForExitAsync(cancellationToken));
    }

    private ProcessStartInfo Prepare(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program);
        start.ArgumentList.Add("--root");
        start.ArgumentList.Add(state);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw ImageException.Of(ImageFault.RuntimeFailed, $"{start.FileName} cannot be started.", e.Message, "Install runc.", e);
        }
    }

    // A container that ends with an error of its own leaves no error in the runtime's log.
    private static string? Error(string log)
    {
        if (!File.Exists(log)) return null;
        foreach (var line in File.ReadLines(log).Reverse())
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.GetProperty("level").GetString() is "error" or "fatal") return json.RootElement.GetProperty("msg").GetString();
            }
            catch (JsonException)
            {
                return line;
            }
        return null;
    }

    private static string Advice(string error) =>
        error.Contains("executable file not found", StringComparison.Ordinal) || error.Contains("no such file or directory", StringComparison.Ordinal)
            ? "Is the program in the image, and the working directory?"
            : "Run it with \"privileged: true\" if it needs more rights; see that the host has the kernel's features for containers.";
}
