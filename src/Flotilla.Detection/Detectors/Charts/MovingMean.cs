namespace Flotilla.Detection;

/// <summary>The mean of the last values. The sum is taken anew each time the window is full, so that rounding cannot pile up.</summary>
internal sealed class MovingMean(int size)
{
    private readonly double[] _values = new double[size];
    private int _next;
    private double _sum;

    public bool IsFull { get; private set; }

    public double Mean => _sum / (IsFull ? size : Math.Max(_next, 1));

    public void Add(double value)
    {
        _sum += value - _values[_next];
        _values[_next] = value;
        if (++_next < size) return;
        _next = 0;
        IsFull = true;
        _sum = _values.Sum();
    }

    public void Clear()
    {
        Array.Clear(_values);
        _next = 0;
        _sum = 0;
        IsFull = false;
    }
}
