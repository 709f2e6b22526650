namespace Flotilla.Detection.Scoring;

/// <summary>
/// What it is worth under NAB that a row fires, before the weights of a profile: in a window 1 at its left edge falling to
/// nearly 0 at the right one; outside from nearly 0 right behind a window to −1.
/// </summary>
internal sealed class NabRows
{
    private const double SteepestEnd = 3;
    private static readonly double LeftEdge = Sigmoid(-1);

    private readonly double[] _worth;
    private readonly int[] _windowOf;

    /// <param name="windows">Ascending, without overlap, within the rows; otherwise an <see cref="ArgumentException"/>.</param>
    /// <param name="rows">How many rows the series has.</param>
    public NabRows(IReadOnlyList<LabelWindow> windows, int rows)
    {
        Check(windows, rows);
        _worth = new double[rows];
        _windowOf = new int[rows];
        Probation = NabScorer.Probation(rows);
        Windows = windows.Count(window => window.Last >= Probation);
        var row = 0;
        for (var index = 0; index < windows.Count; index++)
        {
            var window = windows[index];
            FillOutside(row, window.First, index == 0 ? null : windows[index - 1]);
            for (row = window.First; row <= window.Last; row++)
            {
                _worth[row] = Sigmoid(-(window.Last - row + 1) / (double)window.Width) / LeftEdge;
                _windowOf[row] = index;
            }
        }
        FillOutside(row, rows, windows.Count == 0 ? null : windows[^1]);
    }

    /// <summary>The first row that counts.</summary>
    public int Probation { get; }

    /// <summary>How many windows can be found: those that do not lie wholly in the probation.</summary>
    public int Windows { get; }

    public int Count => _worth.Length;

    public double Worth(int row) => _worth[row];

    /// <summary>The index of the window that holds the row; −1 outside.</summary>
    public int WindowOf(int row) => _windowOf[row];

    private void FillOutside(int from, int to, LabelWindow? previous)
    {
        for (var row = from; row < to; row++)
        {
            // A window of one row has no width to measure the distance with: every row behind it is far.
            _worth[row] = previous is not { } window ? -1 : Sigmoid((row - window.Last) / (double)(window.Width - 1));
            _windowOf[row] = -1;
        }
    }

    private static double Sigmoid(double position) => position > SteepestEnd ? -1 : 2 / (1 + Math.Exp(5 * position)) - 1;

    private static void Check(IReadOnlyList<LabelWindow> windows, int rows)
    {
        var next = 0;
        foreach (var window in windows)
        {
            if (window.First < next || window.Last < window.First || window.Last >= rows)
            {
                throw new ArgumentException(
                    $"The windows must be ascending, without overlap and within the {rows} rows; {window.First} to {window.Last} is not.", nameof(windows));
            }
            next = window.Last + 1;
        }
    }
}
