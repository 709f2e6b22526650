using System.Diagnostics;
using System.Text.RegularExpressions;
using Flotilla.Core;

namespace Flotilla.Programs.Real;

/// <summary>The <c>dotnet</c> command.</summary>
internal static class Dotnet
{
    /// <summary>The program that runs .NET programs: the one this process runs under, when it does.</summary>
    public static string Path =>
        Environment.ProcessPath is { } path && System.IO.Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    // path(line,column): error CS0000: what is wrong [project]
    private static readonly Lazy<Regex> ErrorLine = new(() => new Regex(
        @"^\s*(?<file>[^\s(][^(\n]*?)(\((?<line>\d+)(,\d+)*\))?\s*:\s*error\s+(?<code>\w*)\s*:\s*(?<text>.*?)(\s+\[[^\]]*\])?\s*$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking));

    /// <summary>Runs <c>dotnet ARGUMENTS</c>, which builds <paramref name="source"/>, in a folder.</summary>
    /// <exception cref="ProblemException">It fails: every error with its file and line.</exception>
    public static async Task BuildAsync(string source, string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A build is over before code that is instrumented and compiled again repays it.
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_TieredPGO"] = "0" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        if (process.ExitCode != 0) throw new ProblemException(Errors(await output + await error, source));
    }

    private static List<Problem> Errors(string output, string source)
    {
        var problems = ErrorLine.Value.Matches(output)
            .Select(match => new Problem(
                $"{match.Groups["code"].Value}: {match.Groups["text"].Value}",
                new SourceLocation(match.Groups["file"].Value, match.Groups["line"].Success ? int.Parse(match.Groups["line"].Value) : 0)))
            .Distinct()
            .ToList();
        return problems.Count > 0 ? problems : [new Problem($"{source} cannot be built.", Why: output.Trim(), Fix: $"Run \"dotnet build {source}\" to see more.")];
    }
}
