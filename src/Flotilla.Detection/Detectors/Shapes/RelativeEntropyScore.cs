namespace Flotilla.Detection;

/// <summary>
/// The multinomial goodness-of-fit test of C. Wang, K. Viswanathan, L. Choudur, V. Talwar, W. Satterfield, K. Schwan,
/// "Statistical Techniques for Online Anomaly Detection in Data Centers", IM 2011. The last W values are counted in equal
/// bins; with P their shares and H those of a window learnt before, 2·W·D(P‖H) is about χ² distributed when both are of one
/// kind. The raw score is the least of these over the windows learnt, over the χ² quantile. When W windows in a row agree with
/// none, so that the last holds nothing from before, it is learnt; when all places are taken, it replaces the one that has agreed
/// least recently.
/// </summary>
/// <remarks>
/// The bins span the values of the last <c>history</c> points; when that span changes, the windows learnt, which are kept as
/// values, are counted anew. Half a value is added to each bin of a learnt window (Krichevsky and Trofimov), so that an empty bin does not
/// make the divergence infinite.
/// </remarks>
internal sealed class RelativeEntropyScore : IRawScore
{
    private const double Added = 0.5;

    private readonly int _size;
    private readonly int _bins;
    private readonly int _capacity;
    private readonly double _quantile;
    private readonly SlidingWindow _window;
    private readonly SortedWindow _range;
    private readonly double[] _shares;
    // The one that agreed last stands last.
    private readonly List<Learnt> _learnt = [];
    private int _disagreed;
    private double _low;
    private double _high;

    public RelativeEntropyScore(int window, int bins, int windows, int history, double significance)
    {
        _size = window;
        _bins = bins;
        _capacity = windows;
        _quantile = ChiSquare.UpperQuantile(significance, bins - 1);
        _window = new SlidingWindow(window);
        _range = new SortedWindow(history);
        _shares = new double[bins];
    }

    public double Next(double value)
    {
        _window.Add(value);
        _range.Add(value);
        if (!_window.IsFull) return double.NaN;

        if (_low != _range[0] || _high != _range[_range.Count - 1]) Rebin();
        Count(_window.Values, _shares, 0);
        var nearest = -1;
        var least = double.PositiveInfinity;
        for (var i = 0; i < _learnt.Count; i++)
        {
            var divergence = Divergence(_shares, _learnt[i].Logs);
            if (divergence > least) continue;
            (nearest, least) = (i, divergence);
        }
        if (nearest < 0)
        {
            Learn();
            return double.NaN;
        }
        // Equal values have no distribution to disagree with.
        var score = _high > _low ? 2 * _size * Math.Max(0, least) / _quantile : 0;
        if (score <= 1)
        {
            _disagreed = 0;
            Touch(nearest);
        }
        else if (++_disagreed == _size)
        {
            _disagreed = 0;
            Learn();
        }
        return score;
    }

    private void Learn()
    {
        if (_learnt.Count == _capacity) _learnt.RemoveAt(0);
        var learnt = new Learnt(_window.Values.ToArray(), new double[_bins]);
        CountLogs(learnt);
        _learnt.Add(learnt);
    }

    private void Touch(int index)
    {
        var learnt = _learnt[index];
        _learnt.RemoveAt(index);
        _learnt.Add(learnt);
    }

    private void Rebin()
    {
        (_low, _high) = (_range[0], _range[_range.Count - 1]);
        foreach (var learnt in _learnt) CountLogs(learnt);
    }

    private void CountLogs(Learnt learnt)
    {
        Count(learnt.Values, learnt.Logs, Added);
        for (var i = 0; i < _bins; i++) learnt.Logs[i] = Math.Log(learnt.Logs[i]);
    }

    private void Count(ReadOnlySpan<double> values, double[] shares, double added)
    {
        Array.Fill(shares, added);
        var perUnit = _bins / (_high - _low);
        foreach (var value in values)
        {
            // In a series of equal values all are in the first bin.
            var bin = _high > _low ? (value - _low) * perUnit : 0;
            shares[(int)Math.Clamp(bin, 0, _bins - 1)]++;
        }
        var total = values.Length + _bins * added;
        for (var i = 0; i < _bins; i++) shares[i] /= total;
    }

    private static double Divergence(double[] shares, double[] logs)
    {
        double sum = 0;
        for (var i = 0; i < shares.Length; i++)
            if (shares[i] > 0) sum += shares[i] * (Math.Log(shares[i]) - logs[i]);
        return sum;
    }

    private sealed record Learnt(double[] Values, double[] Logs);
}
