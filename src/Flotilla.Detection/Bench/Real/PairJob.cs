using System.Diagnostics;
using System.Globalization;
using Flotilla.Core;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench.Real;

/// <summary>One detector on one series. Its own thread runs it; another watches it and may give it up.</summary>
internal sealed class PairJob(BenchSeries series, DetectorDefinition detector, bool keepScores)
{
    // Even while the detector has the turn, at twice the position; odd while it has not.
    private const long Making = -2;
    private const long NotInDetector = -1;

    private readonly Lock _lock = new();
    private readonly List<int> _anomalies = [];
    private double[]? _scores;
    private Point[]? _points;
    private IReadOnlyList<LabelWindow>? _labels;
    private DetectorResult? _result;
    private bool _ended;
    private long _at = NotInDetector;
    private long _now;
    private long _started;

    public BenchSeries Series => series;

    public string Detector => detector.Name;

    /// <summary>Never falls while the job runs; even while the detector has the turn.</summary>
    public long Turn => Volatile.Read(ref _at);

    /// <summary>The share of the points that were judged, 0 when it is unknown.</summary>
    public double Share => _points is { Length: > 0 } points ? Math.Clamp(Turn / 2.0 / points.Length, 0, 1) : 0;

    /// <summary>What came out; null until it has ended, and for a series that cannot be judged.</summary>
    public DetectorResult? Result { get { lock (_lock) return _result; } }

    /// <summary>Replays and scores, unless it is cancelled or given up first.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        _started = Stopwatch.GetTimestamp();
        if (series.Open(cancellationToken) is not { } content) return;
        _points = content.Points;
        _labels = content.Labels;
        if (_points is not null && (keepScores || _labels is not null))
            _scores = [.. _points.Select(point => double.IsNaN(point.Value) ? double.NaN : 0)];
        var start = ThreadClock.Seconds;
        string? error;
        try
        {
            Volatile.Write(ref _at, Making);
            var made = detector.Create();
            Volatile.Write(ref _at, NotInDetector);
            Replay(made, cancellationToken);
            error = null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (Turn % 2 == 0)
        {
            error = $"threw {e.GetType().Name}{Place(Turn)}: {e.Message}";
        }
        catch (Exception e) when (e is IOException or ProblemException)
        {
            error = $"could not go on, for {series.File.Path} changed while it was read: {e.Message}";
        }
        End(error, ThreadClock.Seconds - start);
    }

    /// <summary>Ends the job with an error because its detector does not return. False when it has ended meanwhile.</summary>
    public bool GiveUp(long turn, TimeSpan limit)
    {
        lock (_lock)
        {
            if (_ended || Turn != turn) return false;
            // The detector's thread may come back: from here on it finds the job ended, and these are a copy.
            _ended = true;
            _scores = _scores is null ? null : [.. _scores];
        }
        var error = string.Create(CultureInfo.InvariantCulture, $"did not return{Place(turn)} within {limit.TotalSeconds:0.###} s");
        Publish(error, Stopwatch.GetElapsedTime(_started).TotalSeconds);
        return true;
    }

    /// <summary>Ends the job without running it.</summary>
    public void Skip(string why)
    {
        lock (_lock) _ended = true;
        if (series.Facts is not null) Publish(why, 0);
    }

    private void Replay(IDetector made, CancellationToken cancellationToken)
    {
        if (_points is { } points)
        {
            for (var at = 0; at < points.Length; at++)
                if (!Observe(made, points[at], at, cancellationToken)) return;
        }
        else
        {
            var at = 0;
            foreach (var point in series.File.ReadPoints(series.Reading))
                if (!Observe(made, point, at++, cancellationToken)) return;
        }
    }

    private bool Observe(IDetector made, in Point point, int at, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // As in a live watch: a missing value does not reach the detector.
        if (double.IsNaN(point.Value)) return true;
        _now = point.At.Ticks;
        Volatile.Write(ref _at, 2L * at);
        var verdict = made.Observe(point);
        Volatile.Write(ref _at, 2L * at + 1);
        if (Volatile.Read(ref _ended)) return false;
        if (verdict.IsAnomaly)
        {
            lock (_lock)
            {
                if (_ended) return false;
                _anomalies.Add(at);
            }
        }
        // A detector of one's own may give what no score is; one such number would spoil every mean and the JSON.
        if (_scores is { } scores) scores[at] = verdict.Score > 0 ? Math.Min(verdict.Score, double.MaxValue) : 0;
        return true;
    }

    private void End(string? error, double seconds)
    {
        lock (_lock)
        {
            if (_ended) return;
            _ended = true;
        }
        Publish(error, seconds);
    }

    private void Publish(string? error, double seconds)
    {
        var score = _labels is { } labels && _points is { } points ? Scorer.Score(points, _scores!, _anomalies, labels) : null;
        var result = new DetectorResult(detector.Name, _anomalies, Math.Round(seconds, 6), keepScores ? Scores() : null, score, error);
        lock (_lock) _result = result;
    }

    private List<double?>? Scores() =>
        _scores is null ? null : [.. _scores.Select(score => double.IsNaN(score) ? (double?)null : score)];

    private string Place(long turn) => turn == Making
        ? " when it was made"
        : string.Create(CultureInfo.InvariantCulture, $" at point {turn / 2} ({new DateTime(_now, DateTimeKind.Utc):yyyy-MM-ddTHH:mm:ss.FFFFFFFK})");
}
