using System.Text.Json;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Inspection;

/// <summary>A run of <c>flotilla inspect</c>, as the program that is built, with a cache of its own.</summary>
/// <param name="Cost">What it cost.</param>
/// <param name="Report">What it printed.</param>
internal sealed record InspectRun(ProgramRun Cost, JsonElement Report)
{
    private const int Found = 1;

    public double Wall => Cost.Wall;

    public IEnumerable<JsonElement> Messages => Report.GetProperty("messages").EnumerateArray();

    /// <summary>Makes the program, if it is not made.</summary>
    public static Task BuildAsync() =>
        ProgramRun.RunAsync(Repository.Root, new Dictionary<string, string?>(), code => code == 0, FlotillaProgram.Script, "--version");

    /// <summary>Inspects.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="cache">Where it keeps results.</param>
    /// <param name="arguments">What follows <c>inspect</c>.</param>
    /// <exception cref="InvalidOperationException">A tool failed, or the command did.</exception>
    public static async Task<InspectRun> RunAsync(string folder, string cache, params string[] arguments)
    {
        var cost = await CommandAsync(folder, cache, [.. arguments, "--output", "json"]);
        return new InspectRun(cost, JsonDocument.Parse(cost.Output).RootElement);
    }

    /// <summary>What was joined with a message that a comment silences: the file, and <c>TOOL CODE: WORDS</c>.</summary>
    public static async Task<HashSet<(string Path, string Said)>> SilencedWithOthersAsync(string folder, string cache, string what)
    {
        var sarif = JsonDocument.Parse((await CommandAsync(folder, cache, what, "--output-format", "sarif")).Output).RootElement;
        return [.. sarif.GetProperty("runs").EnumerateArray().SelectMany(run => run.GetProperty("results").EnumerateArray())
            .Where(result => result.TryGetProperty("suppressions", out var silenced) && silenced.GetArrayLength() > 0)
            .SelectMany(result => result.TryGetProperty("relatedLocations", out var related) ? related.EnumerateArray() : [])
            .Select(related => (
                related.GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()!,
                related.GetProperty("message").GetProperty("text").GetString()!))];
    }

    /// <summary>How many files a tool looked at, and did not know already.</summary>
    public int FilesLookedAt(string tool) => Report.GetProperty("summary").GetProperty("toolReports").EnumerateArray()
        .Where(report => report.GetProperty("name").GetString() == tool)
        .Sum(report => report.GetProperty("files").GetInt32() - report.GetProperty("cached").GetInt32());

    /// <summary>Each tool that ran and how long it took.</summary>
    public string Tools() => string.Join(", ", Report.GetProperty("summary").GetProperty("toolReports").EnumerateArray()
        .Where(report => report.GetProperty("state").GetString() == "ran")
        .Select(report => $"{report.GetProperty("name").GetString()} {report.GetProperty("seconds").GetDouble():0.0} s"));

    private static Task<ProgramRun> CommandAsync(string folder, string cache, params string[] arguments)
    {
        var environment = new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = cache };
        return ProgramRun.RunAsync(folder, environment, code => code is 0 or Found, "dotnet", [FlotillaProgram.Dll, "inspect", .. arguments]);
    }
}
