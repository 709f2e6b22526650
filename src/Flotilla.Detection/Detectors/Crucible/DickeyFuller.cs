using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Flotilla.Detection;

/// <summary>
/// The augmented Dickey-Fuller test for a unit root (S. E. Said and D. A. Dickey, Biometrika 71(3), 1984) with a constant, no
/// trend, and up to ten lagged differences, their number chosen by Akaike's criterion on a common sample; as <c>adfuller(x, 10)</c>
/// of statsmodels. The regressions of all eleven lengths are one orthogonalisation (modified Gram-Schmidt with the
/// response as the last column, which is as stable as Householder's: Å. Björck, BIT 7, 1967), for each is the one before with a column more.
/// </summary>
internal static class DickeyFuller
{
    internal const int MostLags = 10;
    private const int FewestPoints = 24;
    // The root of MacKinnon's approximation of p (J. G. MacKinnon, JBES 12(2), 1994) for p = 0.05, with a constant.
    internal const double FivePercent = -2.861592763097;
    // What is left of a column that depends on those before is rounding, about 1e-16 of it.
    private const double Dependent = 1e-20;

    /// <summary>
    /// Whether a unit root is rejected at 5 %, so that the series may be called stationary. Fewer than 24 values or all values the same: no.
    /// </summary>
    public static bool IsStationary(ReadOnlySpan<double> values) =>
        IsJudged(values) && (DickeyFullerProducts.IsStationary(values) ?? Statistic(values) < FivePercent);

    /// <summary>The t-statistic of the level; NaN when there are too few values, or they do not differ.</summary>
    public static double Statistic(ReadOnlySpan<double> values)
    {
        if (!IsJudged(values)) return double.NaN;
        var space = ArrayPool<double>.Shared.Rent((MostLags + 3) * values.Length);
        var lags = ChooseLags(values, space);
        var statistic = Statistic(values, lags, space);
        ArrayPool<double>.Shared.Return(space);
        return statistic;
    }

    private static bool IsJudged(ReadOnlySpan<double> values) => values.Length >= FewestPoints && values.IndexOfAnyExcept(values[0]) >= 0;

    private static int ChooseLags(ReadOnlySpan<double> values, double[] space)
    {
        var rows = values.Length - 1 - MostLags;
        var columns = new Columns(space, rows, MostLags + 2);
        Level(values, MostLags, columns[0]);
        for (var lag = 1; lag <= MostLags; lag++) Difference(values, MostLags - lag, columns[lag]);
        Difference(values, MostLags, columns[MostLags + 1]);
        columns.Center();
        columns.Project(0);
        var chosen = 0;
        var best = Criterion(columns.Unexplained, 0);
        for (var lags = 1; lags <= MostLags; lags++)
        {
            columns.Project(lags);
            var criterion = Criterion(columns.Unexplained, lags);
            if (criterion < best) (chosen, best) = (lags, criterion);
        }
        return chosen;

        double Criterion(double squares, int lags) => rows * Math.Log(squares / rows) + 2 * (lags + 2);
    }

    private static double Statistic(ReadOnlySpan<double> values, int lags, double[] space)
    {
        var rows = values.Length - 1 - lags;
        var columns = new Columns(space, rows, lags + 2);
        for (var lag = 1; lag <= lags; lag++) Difference(values, lags - lag, columns[lag - 1]);
        Level(values, lags, columns[lags]);
        Difference(values, lags, columns[lags + 1]);
        columns.Center();
        // The level goes last: what it explains of the rest is then its coefficient, as a multiple of the standard error once divided by σ.
        for (var lag = 0; lag < lags; lag++) columns.Project(lag);
        var explained = columns.Project(lags);
        return explained / Math.Sqrt(columns.Unexplained / (rows - lags - 2));
    }

    private static void Level(ReadOnlySpan<double> values, int first, Span<double> column) => values.Slice(first, column.Length).CopyTo(column);

    private static void Difference(ReadOnlySpan<double> values, int first, Span<double> column)
    {
        for (var i = 0; i < column.Length; i++) column[i] = values[first + i + 1] - values[first + i];
    }

    private readonly ref struct Columns(double[] space, int rows, int count)
    {
        public Span<double> this[int column] => space.AsSpan(column * rows, rows);

        /// <summary>The sum of squares of what is left of the response.</summary>
        public double Unexplained => DickeyFullerProducts.Dot(this[count - 1], this[count - 1]);

        /// <summary>Takes the constant out of every column.</summary>
        public void Center()
        {
            for (var i = 0; i < count; i++)
            {
                var column = this[i];
                // The first value before the mean, so that a large level costs no digits.
                var first = column[0];
                var sum = 0.0;
                foreach (var value in column) sum += value - first;
                var mean = sum / rows;
                foreach (ref var value in column) value = value - first - mean;
            }
        }

        /// <summary>Takes one column out of all behind it, the last of which is the response; returns how much of that it explained.</summary>
        public double Project(int column)
        {
            var by = this[column];
            var squares = DickeyFullerProducts.Dot(by, by);
            if (squares == 0) return double.NaN;
            for (var i = column + 1; i < count - 1; i++)
            {
                var other = this[i];
                var product = DickeyFullerProducts.Dot(by, other);
                Subtract(by, product / squares, other);
                var gone = product * product / squares;
                if (DickeyFullerProducts.Dot(other, other) <= Dependent * gone) other.Clear();
            }
            var response = this[count - 1];
            var explained = DickeyFullerProducts.Dot(by, response);
            Subtract(by, explained / squares, response);
            return explained / Math.Sqrt(squares);
        }

        private static void Subtract(ReadOnlySpan<double> what, double times, Span<double> from)
        {
            var vectors = MemoryMarshal.Cast<double, Vector<double>>(what);
            var results = MemoryMarshal.Cast<double, Vector<double>>(from);
            var factor = new Vector<double>(times);
            for (var i = 0; i < vectors.Length; i++) results[i] -= factor * vectors[i];
            for (var j = vectors.Length * Vector<double>.Count; j < what.Length; j++) from[j] -= times * what[j];
        }
    }
}
