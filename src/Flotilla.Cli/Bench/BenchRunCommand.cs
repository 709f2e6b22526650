using System.CommandLine;
using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Reports;
using Flotilla.Detection.Scoring;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench DIR</c>.</summary>
internal static class BenchRunCommand
{
    private const int FailuresShown = 10;

    private sealed record Asked(
        string Folder, string[]? Detectors, string[]? With, string? Labels, string? Settings, string? Report, bool Scores, string? Column, bool Rows,
        int Parallel, double PointTimeout, string? Shard, string? Save, string? StoredResults);

    public static Command Create(Terminal terminal)
    {
        var folder = BenchCommands.Folder;
        var detectors = BenchCommands.Detectors;
        var with = BenchCommands.With;
        var labels = BenchCommands.Labels;
        var settings = new Option<string?>("--detector-settings") { Description = "Settings that \"flotilla bench sweep --save FILE\" froze", HelpName = "FILE" };
        var report = new Option<string?>("--report") { Description = "Write a page of pictures", HelpName = "FILE.html" };
        var scores = new Option<bool>("--scores") { Description = "Put every score into the result, not only the anomalies" };
        var column = BenchCommands.Column;
        var rows = new Option<bool>("--rows") { Description = "Rows are the unit: times may repeat and go back (always with --labels)" };
        var parallel = BenchCommands.Parallel;
        var pointTimeout = BenchCommands.Seconds("--point-timeout", "How long a detector may take for one point", 10);
        var shard = new Option<string?>("--shard") { Description = "Do only part I of N; \"flotilla bench merge\" joins the results", HelpName = "I/N" };
        var save = new Option<string?>("--save") { Description = "Write the result to FILE as JSON, for compare and merge", HelpName = "FILE" };
        var stored = new Option<string?>("--stored-results") { Description = "Score the result files of NAB in FOLDER as well, each with its best threshold", HelpName = "FOLDER" };
        var command = new Command("bench", "Try anomaly detectors on recorded series")
        {
            folder, detectors, with, labels, settings, report, scores, column, rows, parallel, pointTimeout, shard, save, stored,
        };
        command.SetAction((parsed, token) => RunAsync(
            new(BenchCommands.FolderOf(parsed.GetValue(folder), "bench DIR"), parsed.GetValue(detectors), parsed.GetValue(with), parsed.GetValue(labels), parsed.GetValue(settings),
                parsed.GetValue(report), parsed.GetValue(scores), parsed.GetValue(column), parsed.GetValue(rows), parsed.GetValue(parallel) ?? Environment.ProcessorCount,
                parsed.GetValue(pointTimeout), parsed.GetValue(shard), parsed.GetValue(save), parsed.GetValue(stored)),
            terminal, token));
        return command;
    }

    private static async Task<int> RunAsync(Asked asked, Terminal terminal, CancellationToken cancellationToken)
    {
        if (asked.StoredResults is not null && asked.Labels is null)
            throw new ProblemException(new Problem("Stored results have scores and no verdicts; without labels there is nothing to say about them.", Fix: "Add --labels FILE."));
        var shard = asked.Shard is null ? null : Shard.Parse(asked.Shard);
        var labels = asked.Labels is null ? null : Labels.Read(asked.Labels);
        var detectors = await DetectorChoice.OfAsync(asked.Detectors, asked.With, asked.Settings, terminal, cancellationToken);
        var reading = new SeriesOptions(asked.Column, AllowDisorder: asked.Rows || labels is not null);
        var request = new BenchRequest(LabelledFolder.Find(asked.Folder, reading, asked.Labels), detectors)
        {
            Reading = reading,
            Labels = labels,
            KeepScores = asked.Scores || asked.Report is not null,
            Parallelism = asked.Parallel,
            PointTimeout = TimeSpan.FromSeconds(asked.PointTimeout),
            Shard = shard,
        };
        var result = await ReplayAsync(request, terminal, cancellationToken);
        if (asked.StoredResults is { } stored) result = result with { Corpus = [.. result.Corpus ?? [], .. StoredScores.Of(stored, request)] };
        if (asked.Report is { } page) WriteReport(page, result, request, terminal);
        if (!asked.Scores) result = WithoutScores(result);
        if (asked.Save is { } file) BenchResultFile.Write(file, result);

        if (terminal.Format == OutputFormat.Json) terminal.Json(result, BenchResultFile.JsonType);
        else BenchTable.Print(result, detectors.Count, terminal);
        foreach (var note in labels?.Notes(request.Files.Select(each => each.Path)) ?? []) terminal.Note($"note: {note}");
        foreach (var note in TooShort(result, detectors)) terminal.Note($"note: {note}");
        if (terminal.Format == OutputFormat.Text) SayNext(asked, result, terminal);
        return ExitCode(result, terminal);
    }

    private static async Task<BenchResult> ReplayAsync(BenchRequest request, Terminal terminal, CancellationToken cancellationToken)
    {
        using var bar = new Progress(terminal, "bench", TimeProvider.System);
        return await BenchRun.RunAsync(request, new Bar(bar), cancellationToken);
    }

    /// <summary>Prints what went wrong, and says how the run ended.</summary>
    public static int ExitCode(BenchResult result, Terminal terminal)
    {
        foreach (var problem in result.Problems ?? []) terminal.Problem(new Problem(problem));
        var failures = (from series in result.Series
                        from detector in series.Detectors
                        where detector.Error is not null
                        select $"{detector.Name} on {series.Path} {detector.Error!.TrimEnd('.')}.").ToList();
        foreach (var failure in failures.Take(FailuresShown)) terminal.Problem(new Problem(failure));
        if (failures.Count > FailuresShown) terminal.Note($"and {failures.Count - FailuresShown} more such failures; --output json has all.");
        if (!result.Complete)
        {
            terminal.Note("The run was interrupted: the result holds what was done until then.", Tone.Notable);
            return ExitCodes.Interrupted;
        }
        return failures.Count > 0 ? ExitCodes.Failed : result.Problems is { Count: > 0 } ? ExitCodes.WrongUse : ExitCodes.Done;
    }

    private static IEnumerable<string> TooShort(BenchResult result, IReadOnlyList<DetectorDefinition> detectors) =>
        from series in result.Series
        let points = series.Points - series.Missing
        let blind = detectors.Where(detector => detector.Facts is { } facts && facts.FirstJudged > points).ToList()
        where blind.Count > 0
        select $"{series.Path} has {points} points; {string.Join(", ", blind.Select(detector => $"{detector.Name} judges from point {detector.Facts!.FirstJudged} on"))}.";

    private static void WriteReport(string file, BenchResult result, BenchRequest request, Terminal terminal)
    {
        var judged = result.Series.Select(series => (series.Path, series.Name)).ToHashSet();
        List<Series> series = [];
        foreach (var each in request.Files.Where(each => judged.Contains((each.Path, each.Name))))
        {
            if (new FileInfo(each.FullPath).Length > request.StreamOver) terminal.Note($"{each.Path} is too large to be drawn; the page has its numbers.");
            else series.Add(each.Load(request.Reading));
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var temporary = file + ".new";
        using (var writer = new StreamWriter(temporary)) HtmlReport.Write(result, series, writer);
        File.Move(temporary, file, overwrite: true);
    }

    private static BenchResult WithoutScores(BenchResult result) => result with
    {
        Series = [.. result.Series.Select(series => series with { Detectors = [.. series.Detectors.Select(detector => detector with { Scores = null })] })],
    };

    private static void SayNext(Asked asked, BenchResult result, Terminal terminal)
    {
        if (result.Series.Count == 0) return;
        if (asked.Report is not null) terminal.Note($"The pictures are in {asked.Report}.", Tone.Faint);
        else if (asked.Shard is not null) terminal.Note("Next: \"flotilla bench merge FILE…\" joins the parts.", Tone.Faint);
        else terminal.Note("Look at it: add --report bench.html.", Tone.Faint);
    }

    private sealed class Bar(Progress bar) : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value) =>
            bar.Report(value.Share, string.Create(CultureInfo.InvariantCulture, $"{value.Done:N0} of {value.Total:N0}"));
    }
}
