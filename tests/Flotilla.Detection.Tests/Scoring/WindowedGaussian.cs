using System.Globalization;

namespace Flotilla.Detection.Tests.Scoring;

/// <summary>
/// NAB's detector of that name (<c>nab/detectors/gaussian</c>), written from its description. Its stored results have 12
/// digits, so that all above 0.9999999999995 are 1.
/// </summary>
internal static class WindowedGaussian
{
    private const int Window = 6400;
    private const int Step = 100;
    private const double LeastDeviation = 1e-6;

    // The root of 2 as NAB writes it.
    private const double Root = 1.4142;

    public static double[] Scores(IReadOnlyList<Point> points)
    {
        var scores = new double[points.Count];
        var (count, mean, squares) = (0, 0.0, 0.0);
        var deviation = LeastDeviation;
        for (var row = 0; row < points.Count; row++)
        {
            var value = points[row].Value;
            scores[row] = row == 0 ? 0 : Stored(1 - 0.5 * ComplementaryError(Math.Abs(value - mean) / deviation / Root));
            if (row < Window)
            {
                count++;
                var difference = value - mean;
                mean += difference / count;
                squares += difference * (value - mean);
            }
            else if ((row + 1 - Window) % Step == 0)
            {
                var window = Enumerable.Range(row + 1 - Window, Window).Select(i => points[i].Value).ToArray();
                mean = window.Average();
                squares = window.Sum(each => (each - mean) * (each - mean));
            }
            deviation = squares == 0 ? LeastDeviation : Math.Sqrt(squares / count);
        }
        return scores;
    }

    private static double Stored(double score) =>
        double.Parse(score.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    // 1 − erf(x) for x ≥ 0, with erf(x) = 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n+1)!! (Abramowitz and Stegun, 7.1.6).
    private static double ComplementaryError(double x)
    {
        if (x > 6) return 0;
        var (sum, term) = (x, x);
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
