using System.CommandLine;
using System.Globalization;
using Flotilla.Console;
using Flotilla.Detection.Bench;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench compare A B</c>.</summary>
internal static class CompareCommand
{
    private const int ChangesShown = 20;
    private const int NamesShown = 5;

    public static Command Create(Terminal terminal)
    {
        var before = new Argument<string>("BEFORE") { Description = "The result to measure against, of \"flotilla bench DIR --save FILE\"" };
        var after = new Argument<string>("AFTER") { Description = "The newer result" };
        var tolerance = new Option<double>("--tolerance")
        {
            Description = "How much worse a measure may be, as a share of its scale",
            HelpName = "SHARE",
            DefaultValueFactory = _ => BenchCompare.DefaultTolerance,
        };
        tolerance.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(result.GetValueOrDefault<double>() is >= 0 and <= 1)) result.AddError("--tolerance is a share from 0 to 1, such as 0.005.");
        });
        var strict = new Option<bool>("--strict") { Description = "Exit with 1 at any change: of a verdict, of the series, of the detectors" };
        var command = new Command("compare", "Say what got better and worse; exits with 1 at a regression") { before, after, tolerance, strict };
        command.SetAction(parsed => Run(
            BenchResultFile.Read(parsed.GetValue(before)!), BenchResultFile.Read(parsed.GetValue(after)!), parsed.GetValue(tolerance), parsed.GetValue(strict), terminal));
        return command;
    }

    private static int Run(BenchResult before, BenchResult after, double tolerance, bool strict, Terminal terminal)
    {
        var comparison = BenchCompare.Compare(before, after, tolerance);
        if (terminal.Format == OutputFormat.Json) terminal.Json(comparison, BenchCompare.JsonType);
        else Print(comparison, terminal);
        return comparison.Regressions.Count > 0 || (strict && !BenchCompare.IsUnchanged(comparison)) ? ExitCodes.Found : ExitCodes.Done;
    }

    private static void Print(Comparison comparison, Terminal terminal)
    {
        if (comparison.Detectors.Count > 0)
        {
            var labelled = comparison.Detectors.Any(each => each.Before.Found is not null || each.After.Found is not null);
            Columns.Print(terminal,
                labelled ? ["detector", "NAB", "VUS-PR", "found", "missed", "false", "anomalies"] : ["detector", "anomalies", "new", "gone"],
                comparison.Detectors.Select(each => labelled ? Scored(each) : (IReadOnlyList<string>)[each.Name, Step(each.Before.Anomalies, each.After.Anomalies), $"{each.Gained}", $"{each.Lost}"]));
            terminal.Line();
        }
        if (comparison.Changes.Count > 0)
        {
            terminal.Line("Changed verdicts:");
            foreach (var change in comparison.Changes.Take(ChangesShown)) terminal.Line($"  {change.Series}  {change.Detector}: {Positions("new", change.Gained)}{Positions("gone", change.Lost)}{change.Error}".TrimEnd(' ', ';'));
            if (comparison.Changes.Count > ChangesShown) terminal.Line($"  and {comparison.Changes.Count - ChangesShown} more; --output json has all.");
        }
        List("New series", comparison.NewSeries, terminal);
        List("Gone series", comparison.GoneSeries, terminal);
        List("Series with another number of points, not compared", comparison.ChangedSeries, terminal);
        List("New detectors", comparison.NewDetectors, terminal);
        List("Gone detectors", comparison.GoneDetectors, terminal);
        foreach (var regression in comparison.Regressions) terminal.Line($"worse: {regression}", Tone.Bad);
        if (comparison.Regressions.Count == 0) terminal.Line(BenchCompare.IsUnchanged(comparison) ? "Nothing changed." : "No regression.", Tone.Good);
    }

    private static IReadOnlyList<string> Scored(DetectorComparison each) =>
    [
        each.Name, Step(each.Before.Nab, each.After.Nab, "0.00"), Step(each.Before.VusPr, each.After.VusPr, "0.000"),
        Step(each.Before.Found, each.After.Found), Step(each.Before.Missed, each.After.Missed), Step(each.Before.False, each.After.False),
        Step(each.Before.Anomalies, each.After.Anomalies),
    ];

    private static string Step(double? before, double? after, string format = "0")
    {
        string Text(double? value) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
        return Text(before) == Text(after) ? Text(after) : $"{Text(before)} -> {Text(after)}";
    }

    private static string Positions(string what, IReadOnlyList<int> positions) =>
        positions.Count == 0 ? "" : $"{positions.Count} {what} (at {string.Join(", ", positions.Take(5))}{(positions.Count > 5 ? ", …" : "")}); ";

    private static void List(string what, IReadOnlyList<string> names, Terminal terminal)
    {
        if (names.Count > 0) terminal.Line($"{what}: {string.Join(", ", names.Take(NamesShown))}{(names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "")}");
    }
}
