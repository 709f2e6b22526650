using System.Numerics;

namespace Flotilla.Detection;

/// <summary>
/// The spectral residual (H. Ren et al., "Time-Series Anomaly Detection Service at Microsoft", KDD 2019) of the window that
/// the newest value ends. The window is continued by <see cref="Ahead"/> copies of an estimated next value
/// x_{n+1} = x_{n−m+1} + m·ḡ, where ḡ is the mean gradient from the newest value to each of the m before it. With A the
/// amplitudes of its Fourier transform, the residual is log A less its mean over <see cref="Averaged"/> neighbouring
/// frequencies, and the saliency map S the amplitudes of the transform back from e^residual with the old phases.
/// The raw score is S at the newest value over its mean at the <see cref="Judged"/> values before.
/// </summary>
/// <remarks>
/// The level is subtracted first; it, and frequencies of less than 10⁻⁸ of the mean amplitude, take no part, so that level and
/// unit of the series do not matter. A window of equal values has the score 0.
/// </remarks>
internal sealed class SpectralResidualScore : IRawScore
{
    internal const int Ahead = 5;
    internal const int Averaged = 3;
    internal const int Judged = 21;
    private const double Negligible = 1e-8;

    private readonly int _size;
    private readonly SlidingWindow _window;
    private readonly FourierTransform _transform;
    private readonly Complex[] _spectrum;
    private readonly double[] _logs;

    /// <param name="size">Values and estimates together; a power of two, 32 or more.</param>
    public SpectralResidualScore(int size)
    {
        _size = size;
        _window = new SlidingWindow(size - Ahead);
        _transform = new FourierTransform(size);
        _spectrum = new Complex[size];
        _logs = new double[size];
    }

    public double Next(double value)
    {
        _window.Add(value);
        if (!_window.IsFull) return double.NaN;

        if (!Load(_window.Values)) return 0;
        _transform.Forward(_spectrum);
        if (!KeepResidual()) return 0;
        _transform.Inverse(_spectrum);

        var newest = _size - Ahead - 1;
        double before = 0;
        for (var i = newest - Judged; i < newest; i++) before += Complex.Abs(_spectrum[i]);
        var here = Complex.Abs(_spectrum[newest]);
        return here > 0 ? Math.Min(here * Judged / before, double.MaxValue) : 0;
    }

    private bool Load(ReadOnlySpan<double> values)
    {
        double mean = 0, low = values[0], high = values[0];
        foreach (var value in values)
        {
            mean += value / values.Length;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        var scale = high - low;
        if (scale <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high))) return false;

        for (var i = 0; i < values.Length; i++) _spectrum[i] = (values[i] - mean) / scale;
        _spectrum.AsSpan(values.Length).Fill(Estimate(_spectrum.AsSpan(0, values.Length)));
        return true;
    }

    private static Complex Estimate(ReadOnlySpan<Complex> values)
    {
        var newest = values[^1].Real;
        double gradient = 0;
        for (var i = 1; i <= Ahead; i++) gradient += (newest - values[^(1 + i)].Real) / i / Ahead;
        return values[^Ahead].Real + gradient * Ahead;
    }

    private bool KeepResidual()
    {
        double total = 0;
        for (var k = 1; k < _size; k++) total += _logs[k] = Complex.Abs(_spectrum[k]);
        var least = Negligible * total / (_size - 1);
        if (!(least > 0)) return false;

        _logs[0] = double.NaN;
        for (var k = 1; k < _size; k++) _logs[k] = _logs[k] > least ? Math.Log(_logs[k]) : double.NaN;
        for (var k = 0; k < _size; k++)
            _spectrum[k] = double.IsNaN(_logs[k]) ? Complex.Zero : _spectrum[k] * Math.Exp(-MeanLog(k));
        return true;
    }

    // e^(log A − mean) with the old phase is the old number over e^mean.
    private double MeanLog(int frequency)
    {
        double sum = 0;
        var count = 0;
        for (var k = frequency - Averaged / 2; k <= frequency + Averaged / 2; k++)
        {
            var log = _logs[(k + _size) % _size];
            if (double.IsNaN(log)) continue;
            sum += log;
            count++;
        }
        return sum / count;
    }
}
