namespace Flotilla.Detection;

/// <summary>Finds the season of evenly spaced values by their autocorrelation.</summary>
internal static class SeasonFinder
{
    private const int ShortestSeason = 4;
    private const double LeastCorrelation = 0.3;
    private const double LeastRise = 0.2;
    private const double NearlyBest = 0.95;
    private const double OutlierLimit = 5;

    /// <summary>
    /// The lag of the strongest peak of the autocorrelation (divisor n, so that long lags must be the more alike), or of the first
    /// that is nearly as strong; null when none reaches 0.3 and rises 0.2 over what lies before it, which a mere slow decay never
    /// does. Outliers are held to 5 deviations first; NaN counts as the median.
    /// </summary>
    /// <param name="values">In order; a gap is NaN.</param>
    /// <param name="longest">The longest season to look for; half of the values at most.</param>
    public static (int Lag, double Correlation)? Find(ReadOnlySpan<double> values, int longest)
    {
        var centred = Centred(values);
        var correlations = Autocorrelation(centred, Math.Min(longest, values.Length / 2) + 1);
        var peaks = Peaks(correlations);
        var best = Strongest(peaks, int.MaxValue, 0);
        // A season's multiples are about as strong as itself, so the strongest peak may be one of them.
        while (best is { } known && Strongest(peaks, (int)(known.Lag * 0.6), NearlyBest * known.Correlation) is { } shorter) best = shorter;
        return best is { } found ? (Centre(correlations, found.Lag, values.Length), found.Correlation) : null;
    }

    /// <summary>
    /// The vertex of the parabola through the peak and a tenth of its lag on either side: noise makes the highest place of a broad
    /// peak a matter of chance. The correlations are freed of their decay with the lag for this.
    /// </summary>
    private static int Centre(double[] correlations, int lag, int count)
    {
        var half = Math.Min(lag / 10, correlations.Length - 1 - lag);
        if (half < 2) return lag;
        // Least squares of y = a + bk + ck² over k = −half … half, where odd powers of k add up to nothing.
        double squares = 0, fourths = 0, sum = 0, linear = 0, quadratic = 0;
        for (var k = -half; k <= half; k++)
        {
            var y = correlations[lag + k] * count / (count - lag - k);
            squares += k * k;
            fourths += (double)k * k * k * k;
            sum += y;
            linear += k * y;
            quadratic += k * k * y;
        }
        var places = 2 * half + 1;
        var curvature = (places * quadratic - squares * sum) / (places * fourths - squares * squares);
        if (curvature >= 0) return lag;
        var vertex = -linear / squares / (2 * curvature);
        return lag + (int)Math.Round(Math.Clamp(vertex, -half, half));
    }

    private static (int Lag, double Correlation)? Strongest(List<(int Lag, double Correlation)> peaks, int longest, double least)
    {
        (int Lag, double Correlation)? best = null;
        foreach (var peak in peaks)
        {
            if (peak.Lag <= longest && peak.Correlation >= least && !(peak.Correlation <= best?.Correlation)) best = peak;
        }
        return best;
    }

    /// <summary>Σ xₜxₜ₊ₖ / Σ xₜ² for k = 0 … <paramref name="lags"/> − 1; all 0 for a constant.</summary>
    internal static double[] Autocorrelation(ReadOnlySpan<double> centred, int lags)
    {
        var result = new double[Math.Min(lags, centred.Length)];
        var power = Dot(centred, centred);
        if (!(power > 0)) return result;
        for (var lag = 0; lag < result.Length; lag++) result[lag] = Dot(centred[lag..], centred[..^lag]) / power;
        return result;
    }

    private static List<(int Lag, double Correlation)> Peaks(double[] correlations)
    {
        var peaks = new List<(int, double)>();
        var lowest = 1.0;
        for (var lag = 1; lag + 1 < correlations.Length; lag++)
        {
            var here = correlations[lag];
            lowest = Math.Min(lowest, here);
            if (lag >= ShortestSeason && here >= LeastCorrelation && here - lowest >= LeastRise
                && here >= correlations[lag - 1] && here > correlations[lag + 1])
            {
                peaks.Add((lag, here));
            }
        }
        return peaks;
    }

    private static double[] Centred(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray().Where(double.IsFinite).Order().ToArray();
        var result = new double[values.Length];
        if (sorted.Length == 0) return result;
        var median = SortedRun.Median(sorted);
        var mad = SortedRun.NormalMad * SortedRun.MedianDeviation(sorted, median);
        var reach = mad > 0 ? OutlierLimit * mad : double.MaxValue;
        for (var i = 0; i < result.Length; i++)
            result[i] = double.IsFinite(values[i]) ? Math.Clamp(values[i] - median, -reach, reach) : 0;
        var mean = result.Average();
        for (var i = 0; i < result.Length; i++) result[i] -= mean;
        return result;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var i = 0; i < b.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
