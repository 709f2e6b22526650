namespace Flotilla.Detection;

/// <summary>Verdicts from a raw score and its history. Values too large to be squared are anomalous once warm, and not learnt from.</summary>
internal sealed class ShapeDetector(IRawScore score, ScoreHistory history) : IDetector
{
    internal const double Largest = 1e150;

    public Verdict Observe(Point point)
    {
        var value = point.Value;
        if (double.IsNaN(value)) return default;
        if (Math.Abs(value) > Largest) return history.IsWarm ? Verdict.FromScore(double.PositiveInfinity) : default;

        var raw = score.Next(value);
        return double.IsNaN(raw) ? default : Verdict.FromScore(history.Judge(raw));
    }
}
