using System.Diagnostics;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools;

namespace Flotilla.Benchmarks.Inspection;

/// <summary>This repository itself: the command beside a clean build, and a process that inspects it again and again.</summary>
internal sealed class InspectCSharpBenchmark : Benchmark
{
    private const int RunsOfAll = 1;

    private static readonly (string Pack, string Package)[] Packs =
        [("roslynator", "roslynator.analyzers"), ("sonar", "sonaranalyzer.csharp"), ("meziantou", "meziantou.analyzer"), ("stylecop", "stylecop.analyzers")];

    public override string Name => "inspect-csharp";

    public override string What => "inspect on this repository with all packs of analysers beside a clean build; again unchanged; and again and again in one process.";

    public override async Task RunAsync(Report report, int runs)
    {
        await InspectRun.BuildAsync();
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var there = Packs.Where(pack => Directory.Exists(Path.Combine(packages, pack.Package)) || Directory.Exists(Path.Combine(packages, pack.Package + ".unstable"))).Select(pack => pack.Pack).ToList();
        string[] packs = ["sdk", .. there];
        using var checkout = await CSharpCheckout.MakeAsync(packs);
        report.Note($"{checkout.Projects.Count} projects; packs {string.Join(", ", packs)}" + (there.Count < Packs.Length ? $"; not restored here: {string.Join(", ", Packs.Select(pack => pack.Pack).Except(there))}" : ""));
        await CommandAsync(report, runs, checkout);
        await InProcessAsync(report, runs, checkout);
    }

    private static async Task CommandAsync(Report report, int runs, CSharpCheckout checkout)
    {
        List<double> wall = [], cpu = [], built = [], builtCpu = [], analysed = [], ratios = [], again = [], againCpu = [];
        var cache = "";
        for (var run = 0; run < Math.Min(runs, RunsOfAll); run++)
        {
            cache = checkout.NewCache(run);
            var cold = await InspectRun.RunAsync(checkout.Root, cache, Arguments(checkout));
            wall.Add(cold.Wall);
            cpu.Add(cold.Cost.Cpu);
            using var other = await CSharpCheckout.MakeAsync([]);
            var build = await other.BuildAsync();
            built.Add(build.Wall);
            builtCpu.Add(build.Cpu);
            ratios.Add(cold.Wall / build.Wall);
        }
        for (var run = 0; run < runs; run++)
        {
            var same = await InspectRun.RunAsync(checkout.Root, cache, Arguments(checkout));
            again.Add(same.Wall);
            againCpu.Add(same.Cost.Cpu);
            if (run == 0) report.Note($"{same.Messages.Count()} messages");
        }
        report.Tell("a clean build, no build servers: wall", built, "s");
        report.Tell("the same: CPU", builtCpu, "s");
        report.Tell("flotilla inspect --tool roslyn src tests, all packs, cold: wall", wall, "s");
        report.Tell("the same: CPU", cpu, "s");
        report.AtMost("the same: times the build's wall", ratios, "", 2);
        report.AtMost("nothing changed: wall", again, "s", 0.5);
        report.Tell("the same: CPU", againCpu, "s");
    }

    private static async Task InProcessAsync(Report report, int runs, CSharpCheckout checkout)
    {
        var tools = Toolbox.BuiltIn();
        var profile = ProfileLoader.Load(new ProfileRequest(checkout.Root)
        {
            Options = new ProfileOptions { Profiles = [checkout.Profile], Tools = ["roslyn"] },
            KnownTools = tools.Names,
        });
        var request = InspectionRequest.For(checkout.Root, profile) with { Paths = CSharpCheckout.Inspected, Tools = tools };
        var inspector = new Inspector(new LocalMachine("local"), TimeProvider.System);
        var first = await PassAsync();
        var unchanged = await PassAsync();
        List<double> second = [], secondCpu = [];
        for (var run = 0; run < Math.Min(runs, RunsOfAll); run++)
        {
            checkout.EditEachProject(run);
            var (wall, cpu) = await PassAsync();
            second.Add(wall / checkout.Projects.Count);
            secondCpu.Add(cpu / checkout.Projects.Count);
        }
        report.Tell("in process, first pass: wall", [first.Wall], "s");
        report.Tell("the same: CPU", [first.Cpu], "s");
        report.Tell("in process, nothing changed: wall", [unchanged.Wall], "s");
        report.AtMost("in process, a file of every project edited: wall of a project", second, "s", 1.5);
        report.Tell("the same: CPU", secondCpu, "s");

        async Task<(double Wall, double Cpu)> PassAsync()
        {
            var before = Environment.CpuUsage.TotalTime.TotalSeconds + Processes.ChildrenCpuSeconds();
            var begun = Stopwatch.GetTimestamp();
            var found = await inspector.InspectAsync(request, CancellationToken.None);
            var wall = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            if (found.Tools.FirstOrDefault(tool => tool.State == ToolState.Failed) is { } failed) throw new InvalidOperationException($"{failed.Name} failed: {failed.Problem}");
            return (wall, Environment.CpuUsage.TotalTime.TotalSeconds + Processes.ChildrenCpuSeconds() - before);
        }
    }

    private static string[] Arguments(CSharpCheckout checkout) => ["--tool", "roslyn", "--profile", checkout.Profile, .. CSharpCheckout.Inspected];
}
