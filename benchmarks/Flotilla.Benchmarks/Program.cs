using System.Text.Json;
using Flotilla.Benchmarks;
using Flotilla.Benchmarks.Detection;
using Flotilla.Benchmarks.Events;
using Flotilla.Benchmarks.Harness;
using Flotilla.Benchmarks.Images;
using Flotilla.Benchmarks.Inspection;
using Flotilla.Benchmarks.Micro;
using Flotilla.Benchmarks.Whole;

if (args.Length > 0 && args[0] == ImagesFuzz.Name) return ImagesFuzz.Run(args.AsSpan(1));

if (!Options.TryParse(args, out var options, out var mistake))
{
    System.Console.Error.WriteLine(mistake);
    return 2;
}
Benchmark[] all =
[
    new SimulationBenchmark(), new BusBenchmark(), new KillBenchmark(), new RestartBenchmark(), new StartBenchmark(),
    new UpBenchmark(), new MemoryBenchmark(), new CrucibleBenchmark(), new ScalingBenchmark(), new LiveBenchmark(), new ScoringBenchmark(), new NabBenchmark(),
    new SerfBenchmark(), new HandleBenchmark(), new ReliableBenchmark(),
    new ImagesBenchmark(new DebianRoots(options.Images ?? DebianRoots.DefaultFolder)),
    new InspectBenchmark(options.Package), new InspectCSharpBenchmark(),
];
if (options.Name is null)
{
    foreach (var one in all) System.Console.WriteLine($"{one.Name,-16}{one.What}");
    System.Console.WriteLine($"{"all",-16}Every one above.");
    System.Console.WriteLine($"{ImagesFuzz.Name,-16}Changed tars through the reader of images: [--inputs N] [--seed N] [--only INDEX].");
    System.Console.WriteLine($"{"micro",-16}Parsers, detectors, planner and bus alone, with BenchmarkDotNet.");
    System.Console.WriteLine();
    System.Console.WriteLine("dotnet run -c Release --project benchmarks/Flotilla.Benchmarks -- NAME [--runs N] [--now] [--json FILE] [--images FOLDER] [--package FOLDER]");
    System.Console.WriteLine("It waits up to three minutes for a load below 1.5, unless --now is said.");
    return 0;
}
if (options.Name == "micro")
{
    if (!options.Now) Machine.WaitForQuiet();
    return MicroBenchmarks.Run();
}

Benchmark[] chosen = options.Name == "all" ? all : [.. all.Where(one => one.Name == options.Name)];
if (chosen.Length == 0)
{
    System.Console.Error.WriteLine($"There is no benchmark \"{options.Name}\". There are: {string.Join(", ", all.Select(one => one.Name))}, all, micro.");
    return 2;
}
var reports = new List<Report>();
foreach (var one in chosen)
{
    if (!options.Now) Machine.WaitForQuiet();
    var report = Report.Begin(one, options.Runs);
    await one.RunAsync(report, options.Runs);
    report.End();
    reports.Add(report);
}
if (options.Json is { } file)
    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(reports.Select(report => report.Output), Report.Json));
return reports.TrueForAll(report => report.Met) ? 0 : 1;
