namespace Flotilla.Detection;

/// <summary>
/// Runs one detector over one series and turns its verdicts into signals by an <see cref="AlertPolicy"/>:
/// <list type="bullet">
/// <item>An alert begins at an anomalous point when enough of the last points are anomalous. It ends after enough normal points in a row.</item>
/// <item>An <see cref="AnomalySignal"/> is given when it begins, and again at each later point where the policy holds, but
/// never sooner after the last one than the silence, whether or not the series recovered in between.</item>
/// <item>A <see cref="RecoveredSignal"/> is given when it ends, if an <see cref="AnomalySignal"/> was given for it.</item>
/// </list>
/// Time is the points' own. A point whose value is NaN is passed over: it is neither anomalous nor normal.
/// </summary>
public sealed class SeriesWatch
{
    private readonly Lock _lock = new();
    private readonly IDetector _detector;
    private readonly AlertPolicy _policy;
    private readonly bool[] _recent;
    private int _next;
    private int _anomalous;
    private int _normalInARow;
    private bool _alerting;
    private bool _raised;
    private DateTimeOffset _since;
    private DateTimeOffset? _lastRaised;
    private Verdict _lastVerdict;

    /// <summary>A watch that has seen nothing.</summary>
    /// <param name="series">The series' name, for its signals.</param>
    /// <param name="detector">A detector of this series alone.</param>
    /// <param name="policy">When to signal.</param>
    /// <exception cref="ArgumentException">The policy cannot be used; see <see cref="AlertPolicy.Check"/>.</exception>
    public SeriesWatch(string series, IDetector detector, AlertPolicy policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(series);
        ArgumentNullException.ThrowIfNull(detector);
        var problems = AlertPolicy.Check(policy);
        if (problems.Count > 0) throw new ArgumentException(string.Join(' ', problems), nameof(policy));
        Series = series;
        _detector = detector;
        _policy = policy;
        _recent = new bool[policy.OutOf];
    }

    /// <summary>The series' name.</summary>
    public string Series { get; }

    /// <summary>Whether an alert has begun and not ended, signalled or silent.</summary>
    public bool IsAlerting
    {
        get { lock (_lock) return _alerting; }
    }

    /// <summary>The verdict on the last point that had a value.</summary>
    public Verdict LastVerdict
    {
        get { lock (_lock) return _lastVerdict; }
    }

    /// <summary>Judges the next point; returns what there is to tell, mostly nothing.</summary>
    public WatchSignal? Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return null;
        lock (_lock)
        {
            var verdict = _detector.Observe(point);
            _lastVerdict = verdict;
            Remember(verdict.IsAnomaly);
            return verdict.IsAnomaly ? Anomalous(point, verdict) : Normal(point);
        }
    }

    private void Remember(bool anomalous)
    {
        if (_recent[_next]) _anomalous--;
        if (anomalous) _anomalous++;
        _recent[_next] = anomalous;
        _next = (_next + 1) % _recent.Length;
    }

    private AnomalySignal? Anomalous(Point point, Verdict verdict)
    {
        _normalInARow = 0;
        if (_anomalous < _policy.Points) return null;
        if (!_alerting)
        {
            _alerting = true;
            _raised = false;
            _since = point.At;
        }
        if (point.At - _lastRaised < _policy.SilenceOrDefault) return null;
        _raised = true;
        _lastRaised = point.At;
        return new(Series, point.Value, point.At, verdict.Score);
    }

    private RecoveredSignal? Normal(Point point)
    {
        if (!_alerting) return null;
        if (++_normalInARow < _policy.RecoverAfter) return null;
        _alerting = false;
        _normalInARow = 0;
        return _raised ? new(Series, point.Value, point.At, point.At - _since) : null;
    }
}
