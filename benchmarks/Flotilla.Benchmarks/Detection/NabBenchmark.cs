using System.Diagnostics;
using Flotilla.Benchmarks.Harness;
using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Benchmarks.Detection;

/// <summary>How well detectors do on the developer files of the Numenta Anomaly Benchmark, with settings frozen in benchmarks/nab-settings.json.</summary>
internal sealed class NabBenchmark : Benchmark
{
    public override string Name => "nab";

    public override string What => "Detectors with frozen settings on the developer files of NAB: no threshold is fitted on what is scored.";

    public override async Task RunAsync(Report report, int runs)
    {
        var nab = Path.Combine(Repository.Root, "..", "shared", "data", "nab");
        if (!Directory.Exists(nab))
        {
            report.Note("The files of NAB are not beside this checkout; nothing was measured.");
            return;
        }
        var reading = new SeriesOptions(AllowDisorder: true);
        var settings = DetectorSettingsFile.Read(Path.Combine(Repository.Root, "benchmarks", "nab-settings.json"));
        var frozen = settings.Apply(DetectorCatalog.Select(["novelty", "novelty_ranking"]));
        var request = new BenchRequest(SeriesFolder.Find(Path.Combine(nab, "data"), reading), frozen)
        {
            Reading = reading,
            Labels = Labels.Read(Path.Combine(nab, "labels", "combined_windows.json")),
        };
        var seconds = new List<double>();
        BenchResult result = null!;
        for (var run = 0; run < runs; run++)
        {
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            result = await BenchRun.RunAsync(request, null, CancellationToken.None);
            seconds.Add((Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        }
        var alerts = Score(result, "novelty");
        var ranking = Score(result, "novelty_ranking");
        report.AtLeast("novelty: NAB standard", [alerts.Nab.Standard!.Value], "", 68);
        report.Tell("novelty: NAB low FP", [alerts.Nab.LowFp!.Value], "");
        report.Tell("novelty: NAB low FN", [alerts.Nab.LowFn!.Value], "");
        report.AtLeast("novelty: VUS-PR", [alerts.VusPr!.Value], "", 0.30);
        report.AtLeast("novelty_ranking: VUS-PR", [ranking.VusPr!.Value], "", 0.40);
        report.Tell("both over all files, scoring included: CPU", seconds, "s");
        report.Note($"novelty: {alerts.Events.Found} events found, {alerts.Events.Missed} missed, {alerts.Events.False} false alerts, {alerts.Events.FalsePerWeek:0.00} a week and series.");

        // The others as they come, for comparison: their own limits, nothing fitted.
        var others = await BenchRun.RunAsync(request with { Detectors = [.. DetectorCatalog.All.Where(other => frozen.All(each => each.Name != other.Name))] }, null, CancellationToken.None);
        foreach (var corpus in others.Corpus!.OrderByDescending(corpus => corpus.Score.Nab.Standard))
        {
            report.Tell($"{corpus.Name}: NAB standard", [corpus.Score.Nab.Standard!.Value], "");
            report.Tell($"{corpus.Name}: VUS-PR", [corpus.Score.VusPr!.Value], "");
        }
    }

    private static Score Score(BenchResult result, string detector) => result.Corpus!.Single(corpus => corpus.Name == detector).Score;
}
