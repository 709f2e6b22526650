namespace Flotilla.Detection;

/// <summary>The last values of a series, oldest first, side by side in memory.</summary>
internal sealed class SlidingWindow(int size)
{
    private readonly double[] _values = new double[2 * size];
    private int _end;

    public bool IsFull => _end >= size;

    /// <summary>What is kept: <c>size</c> values once it is full.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(Math.Max(0, _end - size), Math.Min(_end, size));

    public void Add(double value)
    {
        if (_end == _values.Length)
        {
            _values.AsSpan(_end - size + 1).CopyTo(_values);
            _end = size - 1;
        }
        _values[_end++] = value;
    }
}
