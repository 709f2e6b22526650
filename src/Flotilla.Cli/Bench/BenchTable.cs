using System.Globalization;
using Flotilla.Console;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Cli.Bench;

/// <summary>A result for a person: first what each detector did in all, then the series where that is worth a look.</summary>
internal static class BenchTable
{
    private const int SeriesShown = 10;

    public static void Print(BenchResult result, int detectors, Terminal terminal)
    {
        var points = result.Series.Sum(series => (long)series.Points);
        var missing = result.Series.Sum(series => (long)series.Missing);
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{result.Series.Count} series, {points:N0} points{(missing > 0 ? $" ({missing:N0} without a value)" : "")}, {detectors} detector{(detectors == 1 ? "" : "s")}: {result.Seconds:0.0} s"));
        if (result.Series.Count == 0 && result.Corpus is null) return;
        terminal.Line();
        var totals = Totals(result);
        if (totals.Any(each => each.Score is not null)) PrintScored(result, totals, terminal);
        else PrintUnscored(result, totals, terminal);
    }

    private sealed record Total(string Name, int Anomalies, int Series, int Judged, double Seconds, Score? Score, bool Fitted);

    private static List<Total> Totals(BenchResult result)
    {
        var ran = result.Series.SelectMany(series => series.Detectors).GroupBy(detector => detector.Name).Select(group =>
        {
            // An interrupted run and a part of one have no scores of the corpus; those of what was done are better than none here.
            var corpus = (result.Corpus ?? []).FirstOrDefault(each => each.Name == group.Key);
            var scores = group.Select(each => each.Score).OfType<Score>().ToList();
            return new Total(group.Key, group.Sum(each => each.Anomalies.Count), group.Count(each => each.Anomalies.Count > 0), group.Count(), group.Sum(each => each.Seconds),
                corpus?.Score ?? (scores.Count > 0 ? Scorer.Combine(scores) : null), corpus?.Fitted ?? false);
        }).ToList();
        var stored = (result.Corpus ?? []).Where(corpus => ran.TrueForAll(each => each.Name != corpus.Name)).Select(corpus => new Total(corpus.Name, 0, 0, 0, 0, corpus.Score, corpus.Fitted));
        return [.. ran, .. stored];
    }

    private static void PrintScored(BenchResult result, List<Total> totals, Terminal terminal)
    {
        var best = totals.OrderByDescending(each => each.Score?.Nab.Standard ?? double.NegativeInfinity).ToList();
        Columns.Print(terminal, ["detector", "NAB", "VUS-PR", "AUC-PR", "found", "missed", "false", "false/week", "delay", "CPU"],
            best.Select(each => (IReadOnlyList<string>)
            [
                each.Fitted ? $"{each.Name} *" : each.Name, Number(each.Score?.Nab.Standard, "0.00"), Number(each.Score?.VusPr, "0.000"), Number(each.Score?.AucPr, "0.000"),
                $"{each.Score?.Events.Found}", $"{each.Score?.Events.Missed}", $"{each.Score?.Events.False}", Number(each.Score?.Events.FalsePerWeek, "0.0"),
                each.Score?.Events.MeanDelaySeconds is { } delay ? Duration(delay) : "-", each.Judged > 0 ? $"{Number(each.Seconds, "0.00")} s" : "-",
            ]));
        if (best.Exists(each => each.Fitted)) terminal.Line("* its threshold was chosen on these very series, which flatters");

        // With stored results only, there is no series to show.
        if (best.Find(each => each.Judged > 0) is not { } shown) return;
        var worst = (from series in result.Series
                     from detector in series.Detectors
                     where detector.Name == shown.Name
                     let score = detector.Score
                     where score is { Events: { Missed: > 0 } or { False: > 0 } }
                     orderby score.Events.Missed descending, score.Events.False descending
                     select (series, score)).ToList();
        if (worst.Count == 0) return;
        terminal.Line();
        terminal.Line($"Worst series of {shown.Name}{Of(worst.Count)}:");
        Columns.Print(terminal, ["series", "points", "found", "missed", "false", "VUS-PR"], worst.Take(SeriesShown).Select(each => (IReadOnlyList<string>)
        [
            each.series.Path, $"{each.series.Points}", $"{each.score.Events.Found}", $"{each.score.Events.Missed}", $"{each.score.Events.False}", Number(each.score.VusPr, "0.000"),
        ]));
    }

    private static void PrintUnscored(BenchResult result, List<Total> totals, Terminal terminal)
    {
        Columns.Print(terminal, ["detector", "anomalies", "in series", "CPU"], totals.OrderByDescending(each => each.Anomalies).Select(each => (IReadOnlyList<string>)
            [each.Name, $"{each.Anomalies}", $"{each.Series} of {each.Judged}", $"{Number(each.Seconds, "0.00")} s"]));
        var most = (from series in result.Series
                    let anomalies = series.Detectors.Sum(detector => detector.Anomalies.Count)
                    where anomalies > 0
                    orderby anomalies descending
                    select (series, anomalies, most: series.Detectors.MaxBy(detector => detector.Anomalies.Count)!)).ToList();
        if (most.Count == 0) return;
        terminal.Line();
        terminal.Line($"Most anomalies{Of(most.Count)}:");
        Columns.Print(terminal, ["series", "points", "anomalies", "most by"], most.Take(SeriesShown).Select(each => (IReadOnlyList<string>)
            [each.series.Path, $"{each.series.Points}", $"{each.anomalies}", $"{each.most.Name} ({each.most.Anomalies.Count})"]));
    }

    private static string Of(int count) => count > SeriesShown ? $" ({SeriesShown} of {count}; --output json has all)" : "";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Duration(double seconds) => seconds switch
    {
        < 120 => $"{Number(seconds, "0")} s",
        < 7200 => $"{Number(seconds / 60, "0")} min",
        < 172_800 => $"{Number(seconds / 3600, "0.0")} h",
        _ => $"{Number(seconds / 86_400, "0.0")} d",
    };
}
