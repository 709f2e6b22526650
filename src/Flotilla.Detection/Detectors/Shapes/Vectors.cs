using System.Numerics;
using System.Runtime.InteropServices;

namespace Flotilla.Detection;

/// <summary>Arithmetic on spans of equal length, as wide as the processor allows.</summary>
internal static class Vectors
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var wideA = Wide(a);
        var wideB = Wide(b);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < wideA.Length; i++) sums += wideA[i] * wideB[i];
        var sum = Vector.Sum(sums);
        for (var i = wideA.Length * Vector<double>.Count; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>sums += a·timesA + b·timesB.</summary>
    public static void Add(Span<double> sums, ReadOnlySpan<double> a, double timesA, ReadOnlySpan<double> b, double timesB)
    {
        var wide = Wide(sums);
        var wideA = Wide(a);
        var wideB = Wide(b);
        for (var i = 0; i < wide.Length; i++) wide[i] += wideA[i] * timesA + wideB[i] * timesB;
        for (var i = wide.Length * Vector<double>.Count; i < sums.Length; i++) sums[i] += a[i] * timesA + b[i] * timesB;
    }

    /// <summary>values = values·factor + added·times.</summary>
    public static void Blend(Span<double> values, double factor, ReadOnlySpan<double> added, double times)
    {
        var wide = Wide(values);
        var wideAdded = Wide(added);
        for (var i = 0; i < wide.Length; i++) wide[i] = wide[i] * factor + wideAdded[i] * times;
        for (var i = wide.Length * Vector<double>.Count; i < values.Length; i++) values[i] = values[i] * factor + added[i] * times;
    }

    /// <summary>(first, second) = (cosine·first − sine·second, sine·first + cosine·second).</summary>
    public static void Rotate(Span<double> first, Span<double> second, double cosine, double sine)
    {
        var wideFirst = Wide(first);
        var wideSecond = Wide(second);
        for (var i = 0; i < wideFirst.Length; i++)
        {
            var (a, b) = (wideFirst[i], wideSecond[i]);
            wideFirst[i] = a * cosine - b * sine;
            wideSecond[i] = a * sine + b * cosine;
        }
        for (var i = wideFirst.Length * Vector<double>.Count; i < first.Length; i++)
            (first[i], second[i]) = (cosine * first[i] - sine * second[i], sine * first[i] + cosine * second[i]);
    }

    /// <summary>products = a·b, element by element; returns the largest.</summary>
    public static double Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> products)
    {
        var highest = double.NegativeInfinity;
        var wide = Wide(products);
        var wideA = Wide(a);
        var wideB = Wide(b);
        if (wide.Length > 0)
        {
            var most = new Vector<double>(double.NegativeInfinity);
            for (var i = 0; i < wide.Length; i++) most = Vector.Max(most, wide[i] = wideA[i] * wideB[i]);
            for (var i = 0; i < Vector<double>.Count; i++) highest = Math.Max(highest, most[i]);
        }
        for (var i = wide.Length * Vector<double>.Count; i < products.Length; i++) highest = Math.Max(highest, products[i] = a[i] * b[i]);
        return highest;
    }

    /// <summary>The sides of the box from low to high when it is extended to hold a point; returns their sum.</summary>
    public static double Sides(ReadOnlySpan<double> low, ReadOnlySpan<double> high, ReadOnlySpan<double> point, Span<double> sides)
    {
        var wide = Wide(sides);
        var wideLow = Wide(low);
        var wideHigh = Wide(high);
        var widePoint = Wide(point);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < wide.Length; i++)
            sums += wide[i] = Vector.Max(wideHigh[i], widePoint[i]) - Vector.Min(wideLow[i], widePoint[i]);
        var sum = Vector.Sum(sums);
        for (var i = wide.Length * Vector<double>.Count; i < sides.Length; i++)
            sum += sides[i] = Math.Max(high[i], point[i]) - Math.Min(low[i], point[i]);
        return sum;
    }

    /// <summary>Extends the box from low to high to hold another.</summary>
    public static void Extend(Span<double> low, Span<double> high, ReadOnlySpan<double> otherLow, ReadOnlySpan<double> otherHigh)
    {
        var wideLow = Wide(low);
        var wideHigh = Wide(high);
        var wideOtherLow = Wide(otherLow);
        var wideOtherHigh = Wide(otherHigh);
        for (var i = 0; i < wideLow.Length; i++)
        {
            wideLow[i] = Vector.Min(wideLow[i], wideOtherLow[i]);
            wideHigh[i] = Vector.Max(wideHigh[i], wideOtherHigh[i]);
        }
        for (var i = wideLow.Length * Vector<double>.Count; i < low.Length; i++)
        {
            low[i] = Math.Min(low[i], otherLow[i]);
            high[i] = Math.Max(high[i], otherHigh[i]);
        }
    }

    private static Span<Vector<double>> Wide(Span<double> values) => MemoryMarshal.Cast<double, Vector<double>>(values);

    private static ReadOnlySpan<Vector<double>> Wide(ReadOnlySpan<double> values) => MemoryMarshal.Cast<double, Vector<double>>(values);
}
