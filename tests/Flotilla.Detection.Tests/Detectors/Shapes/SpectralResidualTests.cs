using System.Numerics;

namespace Flotilla.Detection.Tests;

public sealed class SpectralResidualTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    public void The_score_is_that_of_the_formulas(int size)
    {
        var series = ShapeSeries.Periodic(size + 100, 2);
        series[size + 30] += 4;
        var score = new SpectralResidualScore(size);
        for (var n = 1; n <= series.Length; n++)
        {
            var raw = score.Next(series[n - 1]);
            if (n < size - 5) raw.ShouldBe(double.NaN);
            else raw.ShouldBe(Direct(series[(n - (size - 5))..n], size), 1e-9);
        }
    }

    [Fact]
    public void A_window_of_equal_values_has_no_saliency()
    {
        var score = new SpectralResidualScore(32);
        Enumerable.Repeat(0.1, 60).Select(score.Next).Where(raw => !double.IsNaN(raw)).ShouldAllBe(raw => raw == 0);
    }

    // Step by step as in the paper, with the transform as a plain sum.
    private static double Direct(double[] window, int size)
    {
        var mean = window.Average();
        var gradient = Enumerable.Range(1, 5).Average(i => (window[^1] - window[^(1 + i)]) / i);
        var estimate = window[^5] + gradient * 5;
        double[] continued = [.. window.Select(value => value - mean), .. Enumerable.Repeat(estimate - mean, 5)];

        var spectrum = Transform([.. continued.Select(value => new Complex(value, 0))], -1);
        var amplitudes = spectrum.Select(Complex.Abs).ToArray();
        var least = 1e-8 * amplitudes[1..].Average();
        bool Counts(int k) => k != 0 && amplitudes[k] > least;

        var residual = new Complex[size];
        for (var k = 0; k < size; k++)
        {
            if (!Counts(k)) continue;
            var average = new[] { k - 1, k, k + 1 }.Select(each => (each + size) % size).Where(Counts).Average(each => Math.Log(amplitudes[each]));
            residual[k] = Complex.FromPolarCoordinates(Math.Exp(Math.Log(amplitudes[k]) - average), spectrum[k].Phase);
        }
        var saliency = Transform(residual, 1).Select(value => Complex.Abs(value) / size).ToArray();
        var newest = window.Length - 1;
        return saliency[newest] / saliency[(newest - 21)..newest].Average();
    }

    private static Complex[] Transform(Complex[] values, int sign) =>
        [.. Enumerable.Range(0, values.Length).Select(k => values.Select((value, j) =>
            value * Complex.Exp(new Complex(0, sign * 2 * Math.PI * j * k / values.Length))).Aggregate(Complex.Add))];
}
