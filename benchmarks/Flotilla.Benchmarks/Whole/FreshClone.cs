using System.Diagnostics;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Whole;

/// <summary>
/// A clone of this checkout with its packages restored and nothing built, that shares no cache and no build server with
/// the rest of the machine. What is not committed is not in it.
/// </summary>
internal sealed class FreshClone : IDisposable
{
    private const string MarkVariable = "FLOTILLA_BENCHMARK";

    // Settings of a machine that builds for others; who clones has none of them.
    private static readonly string[] Unset = ["UseSharedCompilation", "MSBUILDDISABLENODEREUSE", "DOTNET_CLI_USE_MSBUILD_SERVER"];

    private static readonly string[] Restored = ["src/Flotilla.Cli/Flotilla.Cli.csproj", "examples/shop/fleet.cs"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _mark = Guid.NewGuid().ToString("N");

    private FreshClone()
    {
        Root = _folder.File("clone");
        Environment = new Dictionary<string, string?>
        {
            [MarkVariable] = _mark,
            ["XDG_CACHE_HOME"] = _folder.File("cache"),
            // Build servers that are already there would be found through these, and make a build look faster than it is.
            ["TMPDIR"] = _folder.File("tmp"),
            ["MSBUILDNODEHANDSHAKESALT"] = _mark,
        };
        foreach (var name in Unset) Environment[name] = null;
        Directory.CreateDirectory(_folder.File("tmp"));
    }

    /// <summary>The folder that holds <c>./flotilla</c>.</summary>
    public string Root { get; }

    /// <summary>What is different in the environment to run it in; null for a variable to take out.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>CPU seconds of the servers that its builds have left running.</summary>
    public double ServersCpuSeconds => Processes.WithVariable(MarkVariable, _mark).Sum(Processes.CpuSeconds);

    public static async Task<FreshClone> MakeAsync()
    {
        var clone = new FreshClone();
        await clone.RunAsync("git", ["clone", "--quiet", Repository.Root, clone.Root], clone._folder.Path);
        foreach (var project in Restored) await clone.RunAsync("dotnet", ["restore", project, "-v", "quiet"], clone.Root);
        clone.EndServers();
        return clone;
    }

    /// <summary>The same, with the command and the shop built.</summary>
    public static async Task<FreshClone> MakeBuiltAsync()
    {
        var clone = await MakeAsync();
        await clone.FlotillaAsync("describe", "examples/shop");
        clone.EndServers();
        return clone;
    }

    /// <summary>Runs its <c>./flotilla</c> to the end.</summary>
    public Task<CommandRun> FlotillaAsync(params string[] arguments) => CommandRun.RunAsync(Root, Environment, arguments);

    public void Dispose()
    {
        EndServers();
        _folder.Dispose();
    }

    /// <summary>Ends what was left behind; nothing else bears the mark.</summary>
    private void EndServers()
    {
        while (Processes.WithVariable(MarkVariable, _mark) is { Count: > 0 } left)
        {
            foreach (var id in left) _ = Processes.Send(id, Processes.Kill);
            Thread.Sleep(20);
        }
    }

    private async Task RunAsync(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        CommandRun.Set(start, Environment);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{output}");
    }
}
