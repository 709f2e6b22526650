using System.Numerics;

namespace Flotilla.Detection;

/// <summary>
/// The discrete Fourier transform X_k = Σ x_j·e^(−2πi·jk/n) in place, for n a power of two, in O(n log n): the iterative radix-2
/// form (J. W. Cooley, J. W. Tukey, Mathematics of Computation 19, 1965).
/// </summary>
internal sealed class FourierTransform
{
    private readonly int _size;
    private readonly Complex[] _roots;
    private readonly int[] _reversed;

    /// <param name="size">The n above, a power of two.</param>
    public FourierTransform(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.IsPow2(size), true, nameof(size));
        _size = size;
        _roots = [.. Enumerable.Range(0, size / 2).Select(k => Complex.FromPolarCoordinates(1, -2 * Math.PI * k / size))];
        _reversed = new int[size];
        for (var i = 1; i < size; i++) _reversed[i] = (_reversed[i >> 1] >> 1) | ((i & 1) * (size >> 1));
    }

    public void Forward(Span<Complex> values)
    {
        for (var i = 0; i < _size; i++)
        {
            var j = _reversed[i];
            if (i < j) (values[i], values[j]) = (values[j], values[i]);
        }
        for (var half = 1; half < _size; half *= 2)
        {
            var step = _size / (2 * half);
            for (var start = 0; start < _size; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var (even, odd) = (values[start + k], _roots[k * step] * values[start + k + half]);
                    (values[start + k], values[start + k + half]) = (even + odd, even - odd);
                }
            }
        }
    }

    /// <summary>The transform that undoes <see cref="Forward"/>: with e^(+2πi·jk/n), over n.</summary>
    public void Inverse(Span<Complex> values)
    {
        Forward(values);
        values[1..].Reverse();
        for (var i = 0; i < _size; i++) values[i] /= _size;
    }
}
