namespace Flotilla.Detection;

/// <summary>
/// What a control chart takes for normal: mean, deviation and neighbour correlation of the points in control. Anomalous points
/// are not learnt from until they last; then the level that they show is taken over.
/// </summary>
internal sealed class ChartBaseline(int memory, int relearn)
{
    public const int WarmUp = 30;

    // The deviation in control can fall to nothing over a calm stretch; a quarter of what is usual over all points is still noise.
    internal const double Floor = 0.25;

    // How far, in scales, an outlier moves the deviation over all points; further out it would hide the next one.
    internal const double Reach = 8;

    private readonly RunningMoments _inControl = new(memory);
    private readonly RunningMoments _all = new(memory);
    private readonly RunningMoments _suspected = new(memory);
    private readonly LevelShift _shift = new(relearn);

    public bool IsWarm => _inControl.Count >= WarmUp;

    public double Mean => _inControl.Mean;

    public double Correlation => _inControl.Correlation;

    public double Scale(double value) => Scales.Floored(_inControl.Deviation, Floor * _all.DeviationWith(value), Mean);

    /// <summary>The scale of a sum of neighbours; see <see cref="SumFactor"/>.</summary>
    public double SumScale(double value) => Scale(value) * SumFactor(Correlation);

    public void WarmUpWith(double value)
    {
        _inControl.Add(value);
        _all.Add(value);
    }

    public void Learn(double value, bool anomalous)
    {
        var before = Math.Max(_inControl.Deviation, Floor * _all.Deviation);
        _all.Add(Scales.Held(value, Mean, Reach, before, Scale(value)));
        (anomalous ? _suspected : _inControl).Add(value);
        if (_shift.Observe(anomalous)) MoveTo(_suspected);
        else if (_shift.IsCalm) _suspected.Clear();
    }

    /// <summary>Takes over a level that was seen for a while.</summary>
    public void MoveTo(RunningMoments level)
    {
        _inControl.MoveTo(level);
        _all.CopyFrom(_inControl);
        _suspected.Clear();
        _shift.Calm();
    }

    /// <summary>
    /// √((1 + ρ)/(1 − ρ)): the variance of the sum of n values whose correlation at lag k is ρᵏ nears n·σ²·(1 + ρ)/(1 − ρ).
    /// R. A. Johnson, M. Bagshaw, The effect of serial correlation on the performance of CUSUM tests, Technometrics 16(1), 1974.
    /// </summary>
    public static double SumFactor(double correlation) => Math.Sqrt((1 + correlation) / (1 - correlation));
}
