namespace Flotilla.Detection;

/// <summary>Brutlag's confidence bands round the Holt-Winters forecast, without a season until one is known.</summary>
internal sealed class HoltWintersDetector(HoltWintersWeights weights, double limit, int season, int longest, int relearn)
    : GuardedDetector, IBandDetector
{
    internal const int WarmUp = 30;

    private const double Floor = 0.5;
    private const int Memory = 1000;

    private readonly SeasonLearner _season = new(season, longest);
    private readonly RunningMoments _errors = new(Memory);
    private readonly LevelShift _shift = new(relearn);
    private readonly RunningMoments _missed = new(Memory);
    private HoltWintersModel? _model;
    private double _calmScale;
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
        var before = Math.Max(_model.Deviation(slot), Floor * _errors.Deviation);
        var scale = Scales.Floored(before, Floor * _errors.DeviationWith(value - forecast), forecast);
        var verdict = default(Verdict);
        if (IsWarm)
        {
            Band = (forecast - limit * scale, forecast + limit * scale);
            verdict = Verdict.FromScore(Math.Abs(value - forecast) / (limit * scale));
            Learn(slot, value, value - forecast, before > 0 ? before : scale, verdict.IsAnomaly);
        }
        else
        {
            _seen++;
            _errors.Add(value - forecast);
            _model.Learn(slot, value, 0);
        }
        if (_season.Add(at, value) is { } points) StartWith(points);
        return verdict;
    }

    // While a new level is suspected, errors are held by the scale from before: else they would widen it beyond bounds first.
    private void Learn(int slot, double value, double error, double scale, bool anomalous)
    {
        if (_shift.IsCalm) _calmScale = scale;
        var hold = Math.Min(scale, _calmScale);
        _errors.Add(Scales.Held(error, 0, limit, hold, hold));
        _model!.Learn(slot, value, hold);
        if (anomalous) _missed.Add(_model.Deseasonalised(slot, value));
        if (_shift.Observe(anomalous)) _model.Restart(_missed.Mean, _calmScale);
        if (_shift.IsCalm) _missed.Clear();
    }

    private void StartWith(IReadOnlyList<Point> points)
    {
        _model = new(weights, [.. points.Select((point, i) => (_season.Slot(points, i), point.Value))], _season.Season, out var errors);
        // Errors of forecasts without the season say nothing of those with it.
        _errors.Clear();
        foreach (var error in errors) _errors.Add(error);
    }
}
