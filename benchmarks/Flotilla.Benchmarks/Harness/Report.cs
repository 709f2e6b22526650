using System.Diagnostics;
using System.Text.Json;

namespace Flotilla.Benchmarks.Harness;

/// <summary>The numbers of one benchmark, printed as they come.</summary>
internal sealed class Report
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];
    private readonly Benchmark _benchmark;
    private readonly string _machine = Machine.Describe();
    private readonly string _command;
    private readonly DateTimeOffset _at = DateTimeOffset.UtcNow;
    private readonly long _started = Stopwatch.GetTimestamp();

    private Report(Benchmark benchmark, int runs)
    {
        _benchmark = benchmark;
        _command = $"dotnet run -c Release --project benchmarks/Flotilla.Benchmarks -- {benchmark.Name} --runs {runs}";
    }

    /// <summary>How the results are written to a file.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>True when no number that was asked for was missed.</summary>
    public bool Met => _figures.TrueForAll(figure => figure.Met != false);

    /// <summary>All of it, as data.</summary>
    public object Output => new { _benchmark.Name, _benchmark.What, Command = _command, Machine = _machine, At = _at, Figures = _figures, Notes = _notes };

    public static Report Begin(Benchmark benchmark, int runs)
    {
        var report = new Report(benchmark, runs);
        System.Console.WriteLine($"{benchmark.Name}: {benchmark.What}");
        System.Console.WriteLine($"  command  {report._command}");
        System.Console.WriteLine($"  machine  {report._machine}");
        System.Console.WriteLine($"  {"",-64}{"asked",14}{"min",12}{"median",12}{"max",12}");
        return report;
    }

    /// <summary>A number that is to stay at or below a limit.</summary>
    public void AtMost(string what, IReadOnlyList<double> values, string unit, double limit) => Add(what, values, unit, limit, atMost: true);

    /// <summary>A number that is to reach a limit.</summary>
    public void AtLeast(string what, IReadOnlyList<double> values, string unit, double limit) => Add(what, values, unit, limit, atMost: false);

    /// <summary>A number of which nothing is asked.</summary>
    public void Tell(string what, IReadOnlyList<double> values, string unit) => Add(what, values, unit, null, atMost: true);

    /// <summary>What a reader must know to understand the numbers.</summary>
    public void Note(string text)
    {
        _notes.Add(text);
        System.Console.WriteLine($"  note: {text}");
    }

    public void End()
    {
        System.Console.WriteLine($"  took {Stopwatch.GetElapsedTime(_started).TotalSeconds:0} s; load now {Machine.Load()}");
        System.Console.WriteLine();
    }

    private void Add(string what, IReadOnlyList<double> values, string unit, double? limit, bool atMost)
    {
        var sorted = values.Order().ToList();
        var figure = new Figure(what, unit, limit, atMost, sorted[0], Samples.Percentile(sorted, 50), sorted[^1], sorted.Count, values);
        _figures.Add(figure);
        var asked = limit is null ? "" : $"{(atMost ? "≤" : "≥")} {Format(limit.Value)} {unit}";
        var verdict = figure.Met switch { null => "", true => "met", false => "MISSED" };
        System.Console.WriteLine($"  {what,-64}{asked,14}{Format(figure.Min),12}{Format(figure.Median),12}{Format(figure.Max),12} {unit}  {verdict}");
    }

    private static string Format(double value) => value switch
    {
        >= 1000 or <= -1000 => value.ToString("#,0"),
        >= 10 or <= -10 => value.ToString("0.#"),
        _ => value.ToString("0.###"),
    };

    /// <summary>One number, over all runs; the median is held against what is asked.</summary>
    private sealed record Figure(
        string What, string Unit, double? Limit, bool AtMost, double Min, double Median, double Max, int Runs, IReadOnlyList<double> Values)
    {
        public bool? Met => Limit is { } limit ? (AtMost ? Median <= limit : Median >= limit) : null;
    }
}
