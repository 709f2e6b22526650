using System.CommandLine;
using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench sweep DIR --labels FILE</c>.</summary>
internal static class SweepCommand
{
    private static readonly Dictionary<string, SweepObjective> Objectives = new(StringComparer.Ordinal)
    {
        ["nab_standard"] = SweepObjective.NabStandard,
        ["vus_pr"] = SweepObjective.VusPr,
        ["auc_pr"] = SweepObjective.AucPr,
        ["event_f1"] = SweepObjective.EventF1,
    };

    private sealed record Asked(string Folder, string Labels, string[]? Detectors, string[]? With, string? Column, SweepOptions Options, string? Save);

    public static Command Create(Terminal terminal)
    {
        var folder = BenchCommands.Folder;
        var labels = BenchCommands.Labels;
        var detectors = BenchCommands.Detectors;
        var with = BenchCommands.With;
        var column = BenchCommands.Column;
        var objective = new Option<string>("--objective")
        {
            Description = "What to make as large as it can be: nab_standard, vus_pr, auc_pr or event_f1",
            HelpName = "MEASURE",
            DefaultValueFactory = _ => "nab_standard",
        };
        var testShare = new Option<string>("--test-share") { Description = "The share of series kept out of every choice, or none", HelpName = "SHARE|none", DefaultValueFactory = _ => "0.5" };
        var parallel = BenchCommands.Parallel;
        var save = new Option<string?>("--save") { Description = "Write the settings to FILE, for --detector-settings; other detectors' settings there stay", HelpName = "FILE" };
        var command = new Command("sweep", "Choose settings, threshold and silence of detectors on one part of labelled series, and score them on the other")
        {
            folder, labels, detectors, with, column, objective, testShare, parallel, save,
        };
        command.SetAction((parsed, token) => RunAsync(
            new(BenchCommands.FolderOf(parsed.GetValue(folder), "bench sweep DIR --labels FILE"), parsed.GetValue(labels) ?? throw NoLabels(), parsed.GetValue(detectors), parsed.GetValue(with),
                parsed.GetValue(column), new(ObjectiveOf(parsed.GetValue(objective)!), ShareOf(parsed.GetValue(testShare)!), parsed.GetValue(parallel) ?? 0), parsed.GetValue(save)),
            terminal, token));
        return command;
    }

    private static async Task<int> RunAsync(Asked asked, Terminal terminal, CancellationToken cancellationToken)
    {
        var labels = Labels.Read(asked.Labels);
        var detectors = await DetectorChoice.OfAsync(asked.Detectors, asked.With, null, terminal, cancellationToken);
        var reading = new SeriesOptions(asked.Column, AllowDisorder: true);
        var files = LabelledFolder.Find(asked.Folder, reading, asked.Labels);
        var (corpus, allRead) = LabelledFolder.Load(files, reading, labels, terminal);
        foreach (var note in labels.Notes(files.Select(file => file.Path))) terminal.Note($"note: {note}");
        List<SweepResult> results = [];
        foreach (var (at, detector) in detectors.Index())
        {
            results.Add(await terminal.WorkingAsync($"sweeping {detector.Name} ({at + 1} of {detectors.Count})",
                () => Sweep.RunAsync(corpus, detector, asked.Options, null, cancellationToken), TimeProvider.System));
        }
        if (asked.Save is { } file) Save(file, results);
        if (terminal.Format == OutputFormat.Json) terminal.Json(new([.. results.Select(SweptOutput.Of)]), BenchCliJson.Default.SweepOutput);
        else Print(results, terminal);
        if (asked.Save is not null) terminal.Note($"Next: \"flotilla bench {asked.Folder} --labels {asked.Labels} --detector-settings {asked.Save}\".", Tone.Faint);
        else terminal.Note("Keep them: add --save settings.json.", Tone.Faint);
        return allRead ? ExitCodes.Done : ExitCodes.WrongUse;
    }

    private static void Save(string file, List<SweepResult> results)
    {
        var swept = results.Select(result => result.Chosen).ToList();
        var kept = File.Exists(file) ? DetectorSettingsFile.Read(file).Detectors.Where(settings => swept.All(each => each.Name != settings.Name)) : [];
        var first = results[0];
        new DetectorSettingsFile([.. kept, .. swept],
            $"Chosen on {first.DevelopmentSeries.Count} series, {first.TestSeries.Count} kept for the test.").Write(file);
    }

    private static void Print(List<SweepResult> results, Terminal terminal)
    {
        foreach (var result in results)
        {
            terminal.Line($"{result.Chosen.Name}: {result.Trials.Count} combination{(result.Trials.Count == 1 ? "" : "s")} on {result.DevelopmentSeries.Count} series, {result.TestSeries.Count} kept for the test");
            terminal.Line($"  {string.Join(", ", [.. result.Chosen.Settings.Select(setting => $"{setting.Key} {Number(setting.Value)}"), $"threshold {Number(result.Chosen.Threshold)}", $"silence {result.Chosen.Silence}"])}");
            List<IReadOnlyList<string>> rows = [Row("  development, as it was", result.Before.Development), Row("  development, chosen there", result.After.Development)];
            if (result.Before.Test is { } before && result.After.Test is { } after)
            {
                rows.Add(Row("  test, as it was", before));
                rows.Add(Row("  test, frozen", after));
            }
            Columns.Print(terminal, ["", "NAB", "VUS-PR", "AUC-PR", "found", "missed", "false"], rows);
            terminal.Line();
        }
        terminal.Line(results.TrueForAll(result => result.TestSeries.Count > 0)
            ? "What was chosen flatters where it was chosen; the test lines are what to expect."
            : "No series were kept for the test: these scores flatter.");
    }

    private static IReadOnlyList<string> Row(string what, Score score) =>
    [
        what, score.Nab.Standard?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-", score.VusPr?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-",
        score.AucPr?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-", $"{score.Events.Found}", $"{score.Events.Missed}", $"{score.Events.False}",
    ];

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static SweepObjective ObjectiveOf(string name) => Objectives.TryGetValue(name, out var objective) ? objective
        : throw new ProblemException(new Problem($"There is no objective \"{name}\".", Fix: Suggestion.Sentence(name, Objectives.Keys)));

    private static double ShareOf(string text) =>
        text == "none" ? 0
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and < 1 ? share
        : throw new ProblemException(new Problem($"\"{text}\" is no share of the series.", Fix: "Give a number from 0 to below 1, such as 0.5, or none."));

    private static ProblemException NoLabels() =>
        new(new Problem("A sweep chooses by labels, and there are none.", Fix: "Add --labels FILE."));
}
