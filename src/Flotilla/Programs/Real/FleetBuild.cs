using System.Diagnostics;
using System.Text.RegularExpressions;
using Flotilla.Core;

namespace Flotilla.Programs.Real;

/// <summary>
/// Builds a <c>fleet.cs</c> once and keeps the build until a file that it depends on changes.
/// </summary>
/// <remarks>
/// <c>$XDG_CACHE_HOME/flotilla/fleets/NAME-HASH/</c> holds the builds of one fleet, each in a folder named by the
/// content of its inputs; the file <c>last</c> says which one belongs to the files as they were last seen, so that an
/// unchanged fleet costs a look at its files' sizes and times.
/// </remarks>
public static class FleetBuild
{
    private const int BuildsKept = 3;

    /// <summary>The built program of a fleet, built now if it must be.</summary>
    /// <param name="fleet">The absolute path of <c>fleet.cs</c>.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <returns>The path of <c>fleet.dll</c>; what apps need lies beside it.</returns>
    /// <exception cref="ProblemException">It does not compile: every error with its file and line.</exception>
    public static async Task<string> EnsureAsync(string fleet, CancellationToken cancellationToken)
    {
        if (TryFind(fleet) is { } built) return built;
        var cache = CacheOf(fleet);
        Directory.CreateDirectory(cache);
        // One build at a time in all: fleets share the projects they refer to.
        await using var held = await LockAsync(Path.Combine(CacheRoot, "build.lock"), cancellationToken);
        if (TryFind(fleet) is { } meanwhile) return meanwhile;
        var inputs = FleetInputs.Of(fleet);
        var stamp = inputs.Stamp();
        var key = inputs.ContentKey();
        var folder = Path.Combine(cache, key);
        var program = Path.Combine(folder, ProgramName(fleet));
        if (!File.Exists(program)) await BuildAsync(fleet, folder, cancellationToken);
        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        await File.WriteAllTextAsync(Path.Combine(cache, "last.new"), string.Join('\n', [stamp, key, .. inputs.Projects]), cancellationToken);
        File.Move(Path.Combine(cache, "last.new"), Path.Combine(cache, "last"), overwrite: true);
        Prune(cache);
        return program;
    }

    /// <summary>The built program if it belongs to the files as they are now.</summary>
    public static string? TryFind(string fleet)
    {
        var cache = CacheOf(fleet);
        var last = Path.Combine(cache, "last");
        if (!File.Exists(last)) return null;
        var lines = File.ReadAllLines(last);
        if (lines.Length < 2 || lines[0] != FleetInputs.Of(fleet, lines[2..]).Stamp()) return null;
        var program = Path.Combine(cache, lines[1], ProgramName(fleet));
        return File.Exists(program) ? program : null;
    }

    private static string CacheRoot { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "flotilla");

    /// <summary>The folder that holds the builds of one fleet.</summary>
    internal static string CacheOf(string fleet) => Path.Combine(CacheRoot, "fleets",
        $"{Path.GetFileName(Path.GetDirectoryName(fleet))}-{Fingerprint.Of(fleet)}");

    private static string ProgramName(string fleet) => Path.GetFileNameWithoutExtension(fleet) + ".dll";

    private static async Task BuildAsync(string fleet, string folder, CancellationToken cancellationToken)
    {
        var temporary = folder + ".new";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        var (exitCode, output) = await DotnetAsync(Path.GetDirectoryName(fleet)!,
            ["publish", fleet, "-c", "Release", "-o", temporary, "-nologo", "-v", "quiet", "-p:PublishAot=false"], cancellationToken);
        if (exitCode != 0)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw new ProblemException(Errors(output, fleet));
        }
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(temporary, folder);
    }

    private static async Task<(int ExitCode, string Output)> DotnetAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(DotnetPath, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The program that runs .NET programs: the one this process runs under, when it does.</summary>
    internal static string DotnetPath =>
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    // path(line,column): error CS0000: what is wrong [project]
    private static readonly Lazy<Regex> ErrorLine = new(() => new Regex(
        @"^\s*(?<file>[^\s(][^(\n]*?)(\((?<line>\d+)(,\d+)*\))?\s*:\s*error\s+(?<code>\w*)\s*:\s*(?<text>.*?)(\s+\[[^\]]*\])?\s*$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking));

    private static List<Problem> Errors(string output, string fleet)
    {
        var problems = ErrorLine.Value.Matches(output)
            .Select(match => new Problem(
                $"{match.Groups["code"].Value}: {match.Groups["text"].Value}",
                new SourceLocation(match.Groups["file"].Value, match.Groups["line"].Success ? int.Parse(match.Groups["line"].Value) : 0)))
            .Distinct()
            .ToList();
        return problems.Count > 0 ? problems : [new Problem($"{fleet} cannot be built.", Why: output.Trim(), Fix: $"Run \"dotnet build {fleet}\" to see more.")];
    }

    private static void Prune(string cache)
    {
        foreach (var old in new DirectoryInfo(cache).EnumerateDirectories().OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(BuildsKept))
            try { old.Delete(recursive: true); }
            catch (IOException) { /* in use by another command: next time */ }
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }
}
