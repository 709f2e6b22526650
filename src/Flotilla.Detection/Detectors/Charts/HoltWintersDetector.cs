namespace Flotilla.Detection;

/// <summary>Brutlag's confidence bands round the Holt-Winters forecast, without a season until one is known.</summary>
internal sealed class HoltWintersDetector(HoltWintersWeights weights, double limit, int season, int longest, int relearn)
    : GuardedDetector, IBandDetector
{
    internal const int WarmUp = 30;

    private const double Floor = 0.25;
    private const int Memory = 1000;

    private readonly SeasonLearner _season = new(season, longest);
    private readonly RunningMoments _longRun = new(Memory);
    private readonly LevelShift _shift = new(relearn);
    private readonly RunningMoments _missed = new(Memory);
    private HoltWintersModel? _model;
    private int _seen;

    public (double Low, double High)? Band { get; private set; }

    /// <summary>The season found, in steps; 0 for none.</summary>
    internal int Season => _season.Season;

    protected override bool IsWarm => _seen >= WarmUp;

    protected override Verdict Judge(DateTimeOffset at, double value)
    {
        _model ??= new(weights, value);
        var slot = _season.Slot(at);
        var forecast = _model.Forecast(slot);
        var scale = Scales.Floored(_model.Deviation(slot), Floor * _longRun.DeviationWith(value), forecast);
        var verdict = default(Verdict);
        if (IsWarm)
        {
            Band = (forecast - limit * scale, forecast + limit * scale);
            verdict = Verdict.FromScore(Math.Abs(value - forecast) / (limit * scale));
        }
        Learn(slot, value, forecast, scale, verdict.IsAnomaly);
        if (_season.Add(at, value) is { } points) StartWith(points);
        return verdict;
    }

    private void Learn(int slot, double value, double forecast, double scale, bool anomalous)
    {
        _longRun.Add(IsWarm ? Scales.Held(value, forecast, limit * scale) : value);
        _model!.Learn(slot, value, IsWarm ? scale : 0);
        if (_seen < WarmUp) _seen++;
        if (anomalous) _missed.Add(value - _model.Forecast(slot));
        if (_shift.Observe(anomalous)) _model.Shift(_missed.Mean);
        if (_shift.IsCalm) _missed.Clear();
    }

    private void StartWith(IReadOnlyList<Point> points) =>
        _model = new(weights, [.. points.Select((point, i) => (_season.Slot(points, i), point.Value))], _season.Season);
}
