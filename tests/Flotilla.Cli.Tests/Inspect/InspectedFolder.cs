using System.Diagnostics;
using Flotilla.Testing;

namespace Flotilla.Cli.Tests.Inspect;

/// <summary>A folder that <c>flotilla inspect</c> is run in, with programs of its own first in PATH and a cache of its own.</summary>
internal sealed class InspectedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _programs = new();
    private readonly TemporaryFolder _cache = new();

    public string Path => _folder.Path;

    public InspectedFolder With(string name, string text)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>A program that says a version when asked for one, and else runs some lines of shell.</summary>
    public InspectedFolder WithProgram(string name, string version, string lines)
    {
        var path = _programs.File(name);
        File.WriteAllText(path, $"#!/bin/sh\ncase \"$*\" in *--version*) {version};; *)\n{lines}\n;; esac\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return this;
    }

    public Task<Ended> InspectAsync(params string[] arguments) => RunAsync("dotnet", [System.IO.Path.Combine(AppContext.BaseDirectory, "Flotilla.Cli.dll"), "inspect", .. arguments]);

    public async Task<Ended> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_programs.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["XDG_CACHE_HOME"] = _cache.Path;
        start.Environment["HOME"] = _cache.Path;
        foreach (var name in (string[])["GITHUB_ACTIONS", "PROSPECTOR_PROFILE", "PROSPECTOR_TOOLS"]) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        // Work that takes over two seconds says that it goes on: on a busy machine that is any work.
        return new Ended(process.ExitCode, await output, (await error).Replace("inspecting ...\n", ""));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _programs.Dispose();
        _cache.Dispose();
    }
}

/// <summary>How a program ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);
