namespace Flotilla.Detection;

/// <summary>One of the nine algorithms over a window of its own.</summary>
internal sealed class CrucibleDetector(CrucibleWindow window, int warmUp, Func<CrucibleWindow, Verdict> rule) : IDetector
{
    public Verdict Observe(Point point)
    {
        if (double.IsNaN(point.Value)) return default;
        if (Math.Abs(point.Value) > CrucibleWindow.LargestValue)
            return window.Count >= warmUp ? Verdict.FromScore(double.PositiveInfinity) : default;
        window.Add(point.At, point.Value);
        return window.Count < warmUp ? default : rule(window);
    }
}
