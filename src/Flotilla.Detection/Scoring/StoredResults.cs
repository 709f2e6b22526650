using System.Globalization;
using Flotilla.Core;
using Flotilla.Detection.Bench;

namespace Flotilla.Detection.Scoring;

/// <summary>What a detector said elsewhere, read from files.</summary>
/// <param name="Name">The detector's, as its folder is called.</param>
/// <param name="Scores">For the path of each series one score for each row, NaN where there is none.</param>
public sealed record StoredDetector(string Name, IReadOnlyDictionary<string, IReadOnlyList<double>> Scores);

/// <summary>
/// Results as NAB stores them: <c>DETECTOR/CATEGORY/DETECTOR_FILE.csv</c> with the columns <c>timestamp</c>, <c>value</c>,
/// <c>anomaly_score</c> and further ones, a line for each row of <c>CATEGORY/FILE.csv</c>.
/// </summary>
public static class StoredResults
{
    private const string ScoreColumn = "anomaly_score";

    /// <summary>Reads the results of every detector in a folder, in the order of their names.</summary>
    /// <exception cref="ProblemException">No such folder, none in it, a file without scores, a score that is no number.</exception>
    public static IReadOnlyList<StoredDetector> Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new ProblemException(new Problem($"There is no folder {folder} of stored results.", Fix: "Give the folder that holds one folder for each detector."));
        var detectors = Directory.EnumerateDirectories(folder)
            .Order(StringComparer.Ordinal)
            .Select(ReadDetector)
            .Where(detector => detector.Scores.Count > 0)
            .ToList();
        return detectors.Count > 0 ? detectors : throw new ProblemException(new Problem(
            $"There are no results in {folder}.", Fix: "Lay them out as DETECTOR/CATEGORY/DETECTOR_FILE.csv, as NAB does."));
    }

    /// <summary>
    /// Scores stored results with thresholds fitted to these very series: one for each NAB profile, and that of the standard
    /// profile for the events.
    /// </summary>
    /// <param name="detector">The stored results.</param>
    /// <param name="corpus">The series, each of which must have been judged.</param>
    /// <exception cref="ProblemException">A series without a result, or with another number of rows; all at once.</exception>
    public static CorpusResult Score(StoredDetector detector, IReadOnlyList<LabelledSeries> corpus)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(corpus);
        var problems = corpus.Select(one => Mismatch(detector, one.Series)).OfType<Problem>().ToList();
        if (problems.Count > 0) throw new ProblemException(problems);

        var scored = corpus.Select(one => new ScoredSeries(detector.Scores[one.Series.Path], one.Windows)).ToList();
        var fit = NabScorer.Fit(scored);
        var limit = fit.Thresholds[0].Threshold ?? double.PositiveInfinity;
        var each = corpus.Zip(scored, (one, said) => Scorer.Score(one.Series.Points, said.Scores, Reaching(said.Scores, limit), one.Windows));
        return new(detector.Name, Scorer.Combine(each) with { Nab = fit.Scores }, Fitted: true);
    }

    private static List<int> Reaching(IReadOnlyList<double> scores, double limit) =>
        [.. Enumerable.Range(0, scores.Count).Where(row => scores[row] >= limit)];

    private static Problem? Mismatch(StoredDetector detector, Series series)
    {
        if (!detector.Scores.TryGetValue(series.Path, out var scores))
        {
            return new($"{detector.Name} has no stored result for {series.Path}.",
                Fix: "Add it, or leave the series out of the folder that is scored.");
        }
        return scores.Count == series.Points.Count ? null
            : new($"{detector.Name} has {scores.Count} stored scores for {series.Path}, which has {series.Points.Count} rows.",
                Fix: "Use results that were made from this very file.");
    }

    private static StoredDetector ReadDetector(string folder)
    {
        var name = Path.GetFileName(folder);
        var prefix = name + "_";
        var results =
            from file in Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories)
            let category = Path.GetRelativePath(folder, Path.GetDirectoryName(file)!).Replace('\\', '/')
            // NAB keeps summaries beside the folders of categories.
            where category != "." && Path.GetFileName(file).StartsWith(prefix, StringComparison.Ordinal)
            orderby file
            select KeyValuePair.Create($"{category}/{Path.GetFileName(file)[prefix.Length..]}", ReadScores(file));
        return new(name, new Dictionary<string, IReadOnlyList<double>>(results, StringComparer.Ordinal));
    }

    private static IReadOnlyList<double> ReadScores(string file)
    {
        using var lines = System.IO.File.ReadLines(file).GetEnumerator();
        var column = lines.MoveNext() ? Array.IndexOf(lines.Current.TrimStart('\uFEFF').Split(','), ScoreColumn) : -1;
        if (column < 0)
            throw new ProblemException(new Problem($"There is no column {ScoreColumn}.", new(file, 1), Fix: "Begin the file with its columns: timestamp,value,anomaly_score."));
        var scores = new List<double>();
        for (var line = 2; lines.MoveNext(); line++)
        {
            var fields = lines.Current.Split(',');
            if (fields is [""]) continue;
            var text = column < fields.Length ? fields[column].Trim() : "";
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score))
                throw new ProblemException(new Problem($"\"{text}\" in the column {ScoreColumn} is not a number.", new(file, line), Fix: "Write a number for each row."));
            scores.Add(score);
        }
        return scores;
    }
}
