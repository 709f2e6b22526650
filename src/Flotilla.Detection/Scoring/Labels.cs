using System.Globalization;
using Flotilla.Core;

namespace Flotilla.Detection.Scoring;

/// <summary>
/// Labelled anomalies of many series, in the shape of NAB's <c>combined_windows.json</c>: an object that gives for the path
/// of each series, below the folder of series, a list of <c>[first, last]</c>, the times of its first and last row.
/// </summary>
/// <remarks>A path may stand with or without its ending. Times without a zone are UTC, as in the series.</remarks>
public sealed class Labels
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.FFFFFF";

    private readonly string _file;
    private readonly Dictionary<string, IReadOnlyList<LabelSpan>> _spans;

    internal Labels(string file, IReadOnlyList<KeyValuePair<string, IReadOnlyList<LabelSpan>>> entries)
    {
        _file = file;
        _spans = new(entries, StringComparer.Ordinal);
        Paths = [.. entries.Select(entry => entry.Key)];
    }

    /// <summary>The series that it names, in its order.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Reads a file of labels.</summary>
    /// <exception cref="ProblemException">
    /// No such file, no JSON, another shape, a first time after the last, labels that overlap: with the line, all at once.
    /// </exception>
    public static Labels Read(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        try
        {
            return LabelsReader.Read(System.IO.File.ReadAllBytes(file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The labels {file} cannot be read.", Why: e.Message, Fix: "Give the path of a file of labels."), e);
        }
    }

    /// <summary>Whether a series is named here, be it with no anomaly at all.</summary>
    public bool Has(Series series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return Find(series.Path) is not null;
    }

    /// <summary>
    /// The labels of a series as rows, ascending: from the first row within the times to the last. What reaches over an end
    /// of the series is cut off there; a series that is not named has none.
    /// </summary>
    /// <exception cref="ProblemException">A label outside the series, or between two of its rows; all at once.</exception>
    public IReadOnlyList<LabelWindow> Resolve(Series series)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (Find(series.Path) is not { } path) return [];
        var windows = new List<LabelWindow>();
        var problems = new List<Problem>();
        foreach (var span in _spans[path])
        {
            if (Rows(span, series.Points) is not { } window) problems.Add(Outside(span, series));
            else if (windows.Count > 0 && window.First <= windows[^1].Last) problems.Add(Overlapping(span, series));
            else windows.Add(window);
        }
        return problems.Count == 0 ? windows : throw new ProblemException(problems);
    }

    /// <summary>What in the labels and the series does not meet, as sentences: it is not wrong, but a reader must know.</summary>
    /// <param name="paths">The paths of all series below the folder.</param>
    public IReadOnlyList<string> Notes(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        IReadOnlyList<string> series = [.. paths];
        var used = series.Select(Find).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var absent = Paths.Where(path => !used.Contains(path) && _spans[path].Count > 0).ToList();
        var unnamed = series.Where(path => Find(path) is null).ToList();
        var file = Path.GetFileName(_file);
        var notes = new List<string>();
        if (absent.Count > 0)
        {
            var labels = absent.Sum(path => _spans[path].Count);
            notes.Add($"{file}: the {(labels == 1 ? "label" : $"{labels} labels")} of {Listed(absent)}, which {(absent.Count == 1 ? "is" : "are")} not in the folder, "
                + (labels == 1 ? "does not count." : "do not count."));
        }
        if (unnamed.Count > 0) notes.Add($"{file}: {Listed(unnamed)} {(unnamed.Count == 1 ? "is" : "are")} not named, so that every alert there counts as false.");
        return notes;
    }

    private static string Listed(List<string> paths) =>
        paths.Count <= 3 ? string.Join(", ", paths) : $"{string.Join(", ", paths.Take(3))} and {paths.Count - 3} more";

    private string? Find(string path)
    {
        if (_spans.ContainsKey(path)) return path;
        var bare = path[..^Path.GetExtension(path).Length];
        return _spans.ContainsKey(bare) ? bare : null;
    }

    // Times need not ascend (clocks are set back), so that an end is first looked for by its very time.
    private static LabelWindow? Rows(LabelSpan span, IReadOnlyList<Point> points)
    {
        var first = 0;
        while (first < points.Count && !(span.First <= points[first].At && points[first].At <= span.Last)) first++;
        if (first == points.Count) return null;
        var last = first;
        while (last < points.Count && points[last].At != span.Last) last++;
        if (last < points.Count)
        {
            while (last + 1 < points.Count && points[last + 1].At == span.Last) last++;
            return new(first, last);
        }
        do last--;
        while (points[last].At > span.Last || points[last].At < span.First);
        return new(first, last);
    }

    private Problem Outside(LabelSpan span, Series series)
    {
        var why = series.Points.Count == 0 ? "The series is empty."
            : $"The series runs from {Text(series.Points.Min(point => point.At))} to {Text(series.Points.Max(point => point.At))}.";
        return new($"The label {Text(span.First)} to {Text(span.Last)} holds no row of {series.Path}.", new SourceLocation(_file, span.Line), why,
            "Correct its times (without a zone they are UTC), or remove it.");
    }

    private Problem Overlapping(LabelSpan span, Series series) =>
        new($"The label {Text(span.First)} to {Text(span.Last)} holds rows of {series.Path} that the label before it holds too.",
            new SourceLocation(_file, span.Line), "The times of the series do not ascend there.", "Make the two labels one.");

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}

/// <summary>One label as it stands in the file.</summary>
internal readonly record struct LabelSpan(DateTimeOffset First, DateTimeOffset Last, int Line);
