using System.Text.Json;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Inspection;

/// <summary>A package of Python, beside its tools one after another; with a cache; after edits; and what blending keeps.</summary>
internal static class PythonMeasures
{
    // The whole package takes half a minute a time.
    private const int RunsOfAll = 2;

    public static async Task RunAsync(Report report, int runs, string? given)
    {
        using var package = await PythonPackage.MakeAsync(given);
        report.Note($"{package.Name}: {package.Modules.Count} files, {package.Lines} lines");
        var cache = await WholeAsync(report, runs, package);
        await BlendingAsync(report, package, cache);
        await UnchangedAsync(report, runs, package, cache);
        await EditedAsync(report, runs, package, cache);
    }

    private static async Task<string> WholeAsync(Report report, int runs, PythonPackage package)
    {
        List<double> own = [], ownCpu = [], all = [], allCpu = [], others = [], othersCpu = [], ratios = [], allRatios = [];
        var cache = "";
        var alone = "";
        for (var run = 0; run < Math.Min(runs, RunsOfAll); run++)
        {
            var tools = await PythonTools.RunAsync(package);
            cache = package.NewCache();
            var cold = await InspectRun.RunAsync(package.Folder, cache, package.Name);
            var everything = await InspectRun.RunAsync(package.Folder, package.NewCache(), package.Name, "--strictness", "none");
            var sum = tools.Aggregate(ProgramRun.Nothing, (before, tool) => before + tool.Cost);
            others.Add(sum.Wall);
            othersCpu.Add(sum.Cpu);
            own.Add(cold.Wall);
            ownCpu.Add(cold.Cost.Cpu);
            all.Add(everything.Wall);
            allCpu.Add(everything.Cost.Cpu);
            ratios.Add(cold.Wall / sum.Wall);
            allRatios.Add(everything.Wall / sum.Wall);
            alone = $"alone: {string.Join(", ", tools.Select(tool => $"{tool.Tool} {tool.Cost.Wall:0.0} s"))}; in inspect: {cold.Tools()}";
        }
        report.Tell("the tools one after another: wall", others, "s");
        report.Tell("the same: CPU", othersCpu, "s");
        report.Tell("flotilla inspect, cold: wall", own, "s");
        report.Tell("the same: CPU", ownCpu, "s");
        report.AtMost("the same: part of the tools' wall", ratios, "", 0.65);
        report.Tell("flotilla inspect --strictness none, cold: wall", all, "s");
        report.Tell("the same: CPU", allCpu, "s");
        report.AtMost("the same: part of the tools' wall", allRatios, "", 0.65);
        report.Note(alone);
        return cache;
    }

    // Equal findings may stand on different lines of one statement, so that each is known by file, tool, code and words.
    private static async Task BlendingAsync(Report report, PythonPackage package, string cache)
    {
        var blended = (await InspectRun.RunAsync(package.Folder, cache, package.Name)).Messages.ToList();
        var apart = (await InspectRun.RunAsync(package.Folder, cache, package.Name, "--no-blending")).Messages.ToList();
        // Joined, a message is silenced by a comment for any of its names.
        var silenced = await InspectRun.SilencedWithOthersAsync(package.Folder, cache, package.Name);
        var kept = blended.SelectMany(message => message.GetProperty("alsoReportedBy").EnumerateArray().Prepend(message).Select(said => Said(message, said))).CountBy(said => said).ToDictionary();
        var gone = apart.Select(message => Said(message, message)).CountBy(said => said)
            .Where(said => said.Value > kept.GetValueOrDefault(said.Key))
            .Select(said => (said.Key, Count: said.Value - kept.GetValueOrDefault(said.Key))).ToList();
        var lost = gone.Where(said => !silenced.Contains((said.Key.Path, $"{said.Key.Tool} {said.Key.Code}: {said.Key.Words}"))).Sum(said => said.Count);
        report.AtMost("messages of a tool that blending loses", [lost], "", 0);
        report.Note($"{apart.Count} messages apart, {blended.Count} blended; {gone.Sum(said => said.Count) - lost} are silenced by a comment for another tool's name of the same defect");
    }

    private static async Task UnchangedAsync(Report report, int runs, PythonPackage package, string cache)
    {
        List<double> wall = [], cpu = [];
        await InspectRun.RunAsync(package.Folder, cache, package.Name);
        for (var run = 0; run < runs; run++)
        {
            var again = await InspectRun.RunAsync(package.Folder, cache, package.Name);
            wall.Add(again.Wall);
            cpu.Add(again.Cost.Cpu);
        }
        report.AtMost("nothing changed: wall", wall, "s", 0.5);
        report.Tell("the same: CPU", cpu, "s");
    }

    private static async Task EditedAsync(Report report, int runs, PythonPackage package, string cache)
    {
        var (leaf, central) = package.Ends();
        List<double> wall = [], alone = [], more = [], centralWall = [];
        int leafFiles = 0, centralFiles = 0;
        var tools = "";
        for (var run = 0; run < runs; run++)
        {
            package.Edit(leaf, run);
            var pylint = await PythonTools.PylintAsync(package, leaf);
            var edited = await InspectRun.RunAsync(package.Folder, cache, package.Name);
            wall.Add(edited.Wall);
            alone.Add(pylint.Wall);
            more.Add(edited.Wall - pylint.Wall);
            leafFiles = edited.FilesLookedAt("pylint");
            tools = edited.Tools();
        }
        for (var run = 0; run < Math.Min(runs, RunsOfAll); run++)
        {
            package.Edit(central, run);
            var edited = await InspectRun.RunAsync(package.Folder, cache, package.Name);
            centralWall.Add(edited.Wall);
            centralFiles = edited.FilesLookedAt("pylint");
        }
        report.Tell("pylint alone, on a leaf that was edited: wall", alone, "s");
        report.Tell("the leaf edited: wall", wall, "s");
        report.AtMost("the same: more than pylint alone", more, "s", 0.5);
        report.Tell("something central edited: wall", centralWall, "s");
        report.Note($"the leaf is {leaf} (pylint looks at {leafFiles} files; {tools}); central is {central} ({centralFiles} files)");
    }

    private static (string Path, string Tool, string Code, string Words) Said(JsonElement at, JsonElement said) => (
        at.GetProperty("location").GetProperty("path").GetString()!,
        said.GetProperty("source").GetString()!, said.GetProperty("code").GetString()!, said.GetProperty("message").GetString()!);
}
