using System.Numerics;
using System.Runtime.InteropServices;

namespace Flotilla.Detection;

/// <summary>
/// The test of <see cref="DickeyFuller"/> from sums of products instead of columns: the products of lagged differences are
/// shifted copies of each other, so that two dozen sums over the values are all there is, and it takes a fifth of the time. It squares
/// what can be lost to rounding, therefore it answers only when the answer is clear: no column nearly depends on the others, no two numbers of lags nearly
/// tie, and the statistic is not near the limit.
/// </summary>
internal static class DickeyFullerProducts
{
    private const int MostLags = DickeyFuller.MostLags;
    private const int Columns = MostLags + 2;
    // Of the 16 digits six are lost where this much of a column is left; the margins leave four to spare.
    private const double LeastLeft = 1e-6;
    private const double Margin = 1e-4;

    /// <summary>Whether a unit root is rejected at 5 %; null when it takes a closer look. At least 24 values, not all the same.</summary>
    public static bool? IsStationary(ReadOnlySpan<double> values)
    {
        var differences = values.Length <= 512 ? stackalloc double[values.Length - 1] : new double[values.Length - 1];
        var levels = values.Length <= 512 ? stackalloc double[values.Length - 1] : new double[values.Length - 1];
        var origin = Mean(values);
        for (var i = 0; i < differences.Length; i++)
        {
            levels[i] = values[i] - origin;
            differences[i] = values[i + 1] - values[i];
        }

        // Column 0 is the response, d[t]; 1 to 10 are d[t−1] to d[t−10]; 11 is the level at t.
        Span<double> products = stackalloc double[Columns * Columns];
        Span<double> sums = stackalloc double[Columns];
        Sum(levels, differences, products, sums);
        var lags = ChooseLags(products, sums, differences.Length - MostLags);
        if (lags is null) return null;
        // The shorter regression has rows more at the beginning.
        for (var row = lags.Value; row < MostLags; row++) AddRow(levels, differences, row, lags.Value, products, sums);
        var statistic = Statistic(products, sums, lags.Value, differences.Length - lags.Value);
        return statistic is null || Math.Abs(statistic.Value - DickeyFuller.FivePercent) < Margin ? null : statistic < DickeyFuller.FivePercent;
    }

    private static void Sum(ReadOnlySpan<double> levels, ReadOnlySpan<double> differences, Span<double> products, Span<double> sums)
    {
        var level = levels[MostLags..];
        for (var lag = 0; lag <= MostLags; lag++)
        {
            var lagged = differences.Slice(MostLags - lag, level.Length);
            products[lag] = Dot(differences[MostLags..], lagged);
            products[lag * Columns + MostLags + 1] = Dot(level, lagged);
            sums[lag] = Total(lagged);
        }
        products[(MostLags + 1) * Columns + MostLags + 1] = Dot(level, level);
        sums[MostLags + 1] = Total(level);
        // One lag more on both sides shifts the sum by a row: one comes in at the beginning, one leaves at the end.
        for (var i = 0; i < MostLags; i++)
        {
            for (var j = i; j < MostLags; j++)
            {
                products[(i + 1) * Columns + j + 1] = products[i * Columns + j]
                    + differences[MostLags - 1 - i] * differences[MostLags - 1 - j] - differences[^(1 + i)] * differences[^(1 + j)];
            }
        }
    }

    private static void AddRow(
        ReadOnlySpan<double> levels, ReadOnlySpan<double> differences, int row, int lags, Span<double> products, Span<double> sums)
    {
        for (var i = 0; i <= lags; i++)
        {
            for (var j = i; j <= lags; j++) products[i * Columns + j] += differences[row - i] * differences[row - j];
            products[i * Columns + MostLags + 1] += differences[row - i] * levels[row];
            sums[i] += differences[row - i];
        }
        products[(MostLags + 1) * Columns + MostLags + 1] += levels[row] * levels[row];
        sums[MostLags + 1] += levels[row];
    }

    private static int? ChooseLags(ReadOnlySpan<double> products, ReadOnlySpan<double> sums, int rows)
    {
        Span<int> order = stackalloc int[Columns];
        order[0] = MostLags + 1;
        for (var lag = 1; lag <= MostLags; lag++) order[lag] = lag;
        order[MostLags + 1] = 0;
        Span<double> factor = stackalloc double[Columns * Columns];
        if (!Factor(products, sums, rows, order, factor)) return null;

        var response = factor.Slice((MostLags + 1) * Columns, Columns);
        var left = response[MostLags + 1];
        for (var column = 0; column <= MostLags; column++) left += response[column] * response[column];
        double best = double.PositiveInfinity, second = double.PositiveInfinity;
        var chosen = 0;
        for (var lags = 0; lags <= MostLags; lags++)
        {
            left -= response[lags] * response[lags];
            var criterion = rows * Math.Log(left / rows) + 2 * (lags + 2);
            if (criterion < best) (chosen, best, second) = (lags, criterion, best);
            else second = Math.Min(second, criterion);
        }
        return second - best < Margin ? null : chosen;
    }

    private static double? Statistic(ReadOnlySpan<double> products, ReadOnlySpan<double> sums, int lags, int rows)
    {
        Span<int> order = stackalloc int[lags + 2];
        for (var lag = 1; lag <= lags; lag++) order[lag - 1] = lag;
        order[lags] = MostLags + 1;
        order[lags + 1] = 0;
        Span<double> factor = stackalloc double[Columns * Columns];
        if (!Factor(products, sums, rows, order, factor)) return null;
        var response = factor.Slice((lags + 1) * Columns, Columns);
        return response[lags] / Math.Sqrt(response[lags + 1] / (rows - lags - 2));
    }

    /// <summary>
    /// Cholesky's factor of the products of the columns in this order, freed of their means. The last diagonal element is not rooted: it is
    /// what is left of the response. False when too little of a column is left.
    /// </summary>
    private static bool Factor(ReadOnlySpan<double> products, ReadOnlySpan<double> sums, int rows, ReadOnlySpan<int> order, Span<double> factor)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var row = factor.Slice(i * Columns, Columns);
            for (var j = 0; j <= i; j++)
            {
                var other = factor.Slice(j * Columns, Columns);
                var (a, b) = (Math.Min(order[i], order[j]), Math.Max(order[i], order[j]));
                var whole = products[a * Columns + b];
                var left = whole - sums[a] * sums[b] / rows;
                for (var k = 0; k < j; k++) left -= row[k] * other[k];
                if (i != j) row[j] = left / other[j];
                else if (!(left > LeastLeft * whole)) return false;
                else row[i] = i == order.Length - 1 ? left : Math.Sqrt(left);
            }
        }
        return true;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value - values[0];
        return values[0] + sum / values.Length;
    }

    private static double Total(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }

    /// <summary>The sum of the products of two columns.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var vectorsA = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vectorsB = MemoryMarshal.Cast<double, Vector<double>>(b)[..vectorsA.Length];
        Vector<double> even = default, odd = default;
        var i = 0;
        for (; i + 1 < vectorsA.Length; i += 2)
        {
            even += vectorsA[i] * vectorsB[i];
            odd += vectorsA[i + 1] * vectorsB[i + 1];
        }
        if (i < vectorsA.Length) even += vectorsA[i] * vectorsB[i];
        var sum = Vector.Sum(even + odd);
        for (var j = vectorsA.Length * Vector<double>.Count; j < a.Length; j++) sum += a[j] * b[j];
        return sum;
    }
}
