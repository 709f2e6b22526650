namespace Flotilla.Detection.Tests;

/// <summary>
/// The nine algorithms written from their formulas: each is given a whole slice of a series and looks at every point of
/// it, as Crucible does. Of each the two sides of the comparison; the newest point is anomalous when the first is greater.
/// </summary>
internal static class SliceBySlice
{
    public delegate (double Distance, double Limit) Algorithm(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values);

    public static IReadOnlyList<(string Name, Algorithm Judge)> All { get; } =
    [
        ("first_hour_average", FirstHourAverage),
        ("mean_subtraction_cumulation", MeanSubtractionCumulation),
        ("stddev_from_average", StdDevFromAverage),
        ("stddev_from_moving_average", (_, values) => StdDevFromMovingAverage(values, 3, 50)),
        ("least_squares", LeastSquares),
        ("grubbs", Grubbs),
        ("histogram_bins", HistogramBins),
        ("median_absolute_deviation", MedianAbsoluteDeviation),
        ("ks_test", KsTest),
    ];

    private static readonly (double, double) No = (0, 0);

    public static (double Distance, double Limit) FirstHourAverage(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var now = ticks[^1];
        var count = 0;
        while (count < ticks.Length && ticks[count] < now - 82_800 * TimeSpan.TicksPerSecond) count++;
        if (count < 2) return No;
        var first = values[..count];
        return (Math.Abs(Tail(values) - Mean(first)), 3 * Math.Sqrt(Squares(first) / (count - 1)));
    }

    public static (double Distance, double Limit) MeanSubtractionCumulation(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var before = values[..^1];
        return (Math.Abs(values[^1] - Mean(before)), 3 * Math.Sqrt(Squares(before) / (before.Length - 1)));
    }

    public static (double Distance, double Limit) StdDevFromAverage(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var squares = Squares(values);
        return squares == 0 ? No : (Math.Abs(Tail(values) - Mean(values)), 3 * Math.Sqrt(squares / (values.Length - 1)));
    }

    public static (double Distance, double Limit) StdDevFromMovingAverage(ReadOnlySpan<double> values, double sigmas, double centerOfMass)
    {
        var decay = centerOfMass / (1 + centerOfMass);
        double weights = 0, squaredWeights = 0, mean = 0, weight = 1;
        for (var i = values.Length - 1; i >= 0; i--, weight *= decay)
        {
            weights += weight;
            squaredWeights += weight * weight;
            mean += weight * values[i];
        }
        mean /= weights;
        double squares = 0;
        weight = 1;
        for (var i = values.Length - 1; i >= 0; i--, weight *= decay) squares += weight * (values[i] - mean) * (values[i] - mean);
        if (IsConstant(values)) return No;
        var variance = squares / weights * weights * weights / (weights * weights - squaredWeights);
        return (Math.Abs(values[^1] - mean), sigmas * Math.Sqrt(variance));
    }

    public static (double Distance, double Limit) LeastSquares(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        double meanTime = 0, timeSquares = 0, products = 0, squares = 0;
        foreach (var tick in ticks) meanTime += (tick - ticks[0]) / 1e7;
        meanTime /= ticks.Length;
        for (var i = 0; i < values.Length; i++)
        {
            var time = (ticks[i] - ticks[0]) / 1e7 - meanTime;
            timeSquares += time * time;
            products += time * (values[i] - mean);
        }
        if (timeSquares == 0) return No;
        var residuals = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            residuals[i] = values[i] - mean - products / timeSquares * ((ticks[i] - ticks[0]) / 1e7 - meanTime);
            squares += residuals[i] * residuals[i];
        }
        var deviation = Math.Sqrt(squares / values.Length);
        var last = (residuals[^1] + residuals[^2] + residuals[^3]) / 3;
        return Math.Round(deviation) == 0 || Math.Round(last) == 0 ? No : (Math.Abs(last), 3 * deviation);
    }

    public static (double Distance, double Limit) Grubbs(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var squares = Squares(values);
        return squares == 0 ? No : ((Tail(values) - Mean(values)) / Math.Sqrt(squares / values.Length), GrubbsReference.Limit(values.Length));
    }

    public static (double Distance, double Limit) HistogramBins(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        const int bins = 15, most = 20;
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var value in values) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        var edges = new double[bins + 1];
        for (var edge = 0; edge < bins; edge++) edges[edge] = edge * ((high - low) / bins) + low;
        edges[bins] = high;
        var counts = new int[bins];
        foreach (var value in values)
        {
            var bin = Math.Min((int)((value - low) / (high - low) * bins), bins - 1);
            if (value < edges[bin]) bin--;
            else if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
            counts[bin]++;
        }
        var tail = Tail(values);
        for (var bin = 0; bin < bins; bin++)
        {
            if (counts[bin] <= most && (bin == 0 ? tail <= low : tail >= edges[bin] && tail < edges[bin + 1])) return (1, 0);
        }
        return No;
    }

    public static (double Distance, double Limit) MedianAbsoluteDeviation(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var median = Middle(sorted);
        for (var i = 0; i < sorted.Length; i++) sorted[i] = Math.Abs(sorted[i] - median);
        Array.Sort(sorted);
        var deviation = Middle(sorted);
        return deviation == 0 ? No : (Math.Abs(values[^1] - median) / deviation, 6);
    }

    public static (double Distance, double Limit) KsTest(ReadOnlySpan<long> ticks, ReadOnlySpan<double> values)
    {
        var now = ticks[^1];
        var from = 0;
        while (ticks[from] < now - 3600 * TimeSpan.TicksPerSecond) from++;
        var middle = from;
        while (ticks[middle] < now - 600 * TimeSpan.TicksPerSecond) middle++;
        if (middle - from < 20 || ticks.Length - middle < 20) return No;
        var reference = values[from..middle];
        var (a, b) = (reference.ToArray(), values[middle..].ToArray());
        Array.Sort(a);
        Array.Sort(b);
        var distance = 0.0;
        foreach (var value in (double[])[.. a, .. b])
        {
            var difference = (long)UpTo(a, value) * b.Length - (long)UpTo(b, value) * a.Length;
            distance = Math.Max(distance, Math.Abs(difference) / ((double)a.Length * b.Length));
        }
        return distance > 0.5 && DickeyFullerStatistic(reference) < -2.861592763097 ? (distance, 0.5) : No;
    }

    /// <summary>Every regression on its own, by Householder's reflections.</summary>
    public static double DickeyFullerStatistic(ReadOnlySpan<double> values)
    {
        if (values.Length < 24 || IsConstant(values)) return double.NaN;
        var best = double.PositiveInfinity;
        var chosen = 0;
        for (var lags = 0; lags <= 10; lags++)
        {
            var rows = values.Length - 11;
            var (_, squares) = Regress(values, lags, rows);
            var criterion = rows * Math.Log(squares / rows) + 2 * (lags + 2);
            if (criterion < best) (best, chosen) = (criterion, lags);
        }
        return Regress(values, chosen, values.Length - 1 - chosen).Statistic;
    }

    // Of the level, which is the last column but the response. Rows are the last there are.
    private static (double Statistic, double Squares) Regress(ReadOnlySpan<double> values, int lags, int rows)
    {
        var columns = new double[lags + 3][];
        for (var column = 0; column < columns.Length; column++)
        {
            columns[column] = new double[rows];
            for (var row = 0; row < rows; row++)
            {
                var at = values.Length - 1 - rows + row;
                columns[column][row] = column == 0 ? 1
                    : column <= lags ? values[at - column + 1] - values[at - column]
                    : column == lags + 1 ? values[at] - values[0]
                    : values[at + 1] - values[at];
            }
        }
        var diagonal = 0.0;
        for (var column = 0; column < lags + 2; column++)
        {
            var reflector = columns[column][column..];
            var norm = Math.Sqrt(reflector.Sum(value => value * value));
            diagonal = reflector[0] > 0 ? -norm : norm;
            if (norm == 0) continue;
            reflector[0] -= diagonal;
            var squares = reflector.Sum(value => value * value);
            for (var other = column + 1; other < columns.Length; other++)
            {
                var product = 0.0;
                for (var row = 0; row < reflector.Length; row++) product += reflector[row] * columns[other][column + row];
                for (var row = 0; row < reflector.Length; row++) columns[other][column + row] -= 2 * product / squares * reflector[row];
            }
        }
        var rest = columns[^1][(lags + 2)..].Sum(value => value * value);
        var coefficient = columns[^1][lags + 1] / diagonal;
        return (coefficient / (Math.Sqrt(rest / (rows - lags - 2)) / Math.Abs(diagonal)), rest);
    }

    private static int UpTo(double[] sorted, double value)
    {
        var count = Array.BinarySearch(sorted, value);
        if (count < 0) count = ~count;
        while (count < sorted.Length && sorted[count] == value) count++;
        return count;
    }

    private static double Tail(ReadOnlySpan<double> values) => values.Length < 3 ? values[^1] : (values[^1] + values[^2] + values[^3]) / 3;

    private static double Mean(ReadOnlySpan<double> values)
    {
        // The first value before the mean, so that equal values have exactly their own.
        var sum = 0.0;
        foreach (var value in values) sum += value - values[0];
        return values[0] + sum / values.Length;
    }

    private static double Squares(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        var sum = 0.0;
        foreach (var value in values) sum += (value - mean) * (value - mean);
        return sum;
    }

    private static bool IsConstant(ReadOnlySpan<double> values) => values.IndexOfAnyExcept(values[0]) < 0;

    private static double Middle(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
}
