using System.Globalization;
using Flotilla.Core;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>
/// One file of a run: read when the first detector needs it, shared by all, let go after the last. It may be used from several
/// threads.
/// </summary>
internal sealed class BenchSeries(SeriesFile file, BenchRequest request)
{
    /// <summary>How many values a series must have: the detectors judge from the tenth.</summary>
    private const int LeastValues = 10;

    private readonly Lock _lock = new();
    private int _users;
    private bool _read;
    private Content? _content;

    // Read without the lock, which is held while a file is read: an interrupted run does not wait for that.
    private volatile SeriesFacts? _facts;
    private volatile string[] _problems = [];
    private volatile bool _unusable;

    public SeriesFile File { get; } = file;

    public SeriesOptions Reading => request.Reading;

    /// <summary>The file's size; 0 when it cannot be told, and reading will say why.</summary>
    public long Bytes { get; } = new FileInfo(file.FullPath) is { Exists: true } info ? info.Length : 0;

    /// <summary>What is known of it once it was read; null before, and for one that cannot be judged.</summary>
    public SeriesFacts? Facts => _facts;

    /// <summary>True once it was read and cannot be judged; <see cref="Problems"/> say why.</summary>
    public bool IsUnusable => _unusable;

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Says that one more detector will ask for it.</summary>
    public void Expect() => _users++;

    /// <summary>Its content, read now if it must be; null when it cannot be judged.</summary>
    public Content? Open(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_read) return _content;
            try
            {
                _content = request.StreamOver < Bytes ? Inspect(cancellationToken) : Load();
            }
            catch (ProblemException e)
            {
                Tell(e.Problems.Select(Said));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                Tell([$"{File.Path} cannot be read: {e.Message}"]);
            }
            _read = true;
            _unusable = _content is null;
            return _content;
        }
    }

    /// <summary>One detector is done with it.</summary>
    public void Close()
    {
        lock (_lock)
            if (--_users == 0) _content = null;
    }

    private Content? Load()
    {
        var series = File.Load(request.Reading);
        if (!CanBeJudged(series.Points.Count, series.Missing)) return null;
        IReadOnlyList<LabelWindow>? labels = null;
        try
        {
            labels = request.Labels?.Resolve(series);
        }
        catch (ProblemException e)
        {
            // The verdicts are right all the same; only there is no score.
            Tell(e.Problems.Select(Said));
        }
        _facts = new(series.Points.Count, series.Missing, labels);
        return new Content(series.Points as Point[] ?? [.. series.Points], labels);
    }

    private Content? Inspect(CancellationToken cancellationToken)
    {
        int rows = 0, missing = 0;
        foreach (var point in File.ReadPoints(request.Reading))
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows++;
            if (double.IsNaN(point.Value)) missing++;
        }
        if (!CanBeJudged(rows, missing)) return null;
        if (request.Labels is not null)
            Tell([$"{File.Path} is too large to be scored ({Bytes >> 20} MiB); its verdicts are in the result, its scores are not."]);
        _facts = new(rows, missing, null);
        return new Content(null, null);
    }

    private bool CanBeJudged(int rows, int missing)
    {
        var values = rows - missing;
        if (values >= LeastValues) return true;
        var has = (rows, values) switch
        {
            (0, _) => "no points",
            (_, 0) => $"{Counted(rows)}, and none has a value",
            _ when missing > 0 => $"{Counted(rows)}, and only {values} {(values == 1 ? "has" : "have")} a value",
            _ => Counted(rows),
        };
        Tell([string.Create(CultureInfo.InvariantCulture, $"{File.Path} has {has}; detectors judge from the {LeastValues}th.")]);
        return false;
    }

    private void Tell(IEnumerable<string> problems) => _problems = [.. _problems, .. problems];

    private static string Counted(int rows) => rows == 1 ? "1 point" : $"{rows} points";

    // Two series may have the name of their file in common, so the whole path is said.
    private string Said(Problem problem)
    {
        var text = problem.ToString();
        return text.Contains(File.Path, StringComparison.Ordinal) ? text
            : text.StartsWith(Path.GetFileName(File.FullPath), StringComparison.Ordinal) && Path.GetDirectoryName(File.Path) is { Length: > 0 } folder ? $"{folder}/{text}"
            : $"{File.Path}: {text}";
    }

    /// <summary>A series that can be judged; its points are null when they are read anew by each detector.</summary>
    internal sealed record Content(Point[]? Points, IReadOnlyList<LabelWindow>? Labels);

    /// <summary>What the result says of a series.</summary>
    internal sealed record SeriesFacts(int Points, int Missing, IReadOnlyList<LabelWindow>? Labels);
}
