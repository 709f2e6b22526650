namespace Flotilla.Detection;

/// <summary>
/// Measures a raw score by its own past. The limit is q + margin·(q − m), with q the 99 % quantile and m the median of the
/// last <paramref name="capacity"/> raw scores before this one, and never less than <paramref name="floor"/>; what is returned
/// is raw/limit. An exponential tail with margin 1 is passed about twice in 10,000 scores. A lasting change lifts q
/// after a hundredth of the capacity, so that it is reported, and then learnt. Adding costs O(√capacity).
/// </summary>
/// <param name="capacity">How many raw scores are kept.</param>
/// <param name="margin">How far the limit lies above the quantile, as a multiple of the quantile's distance from the median.</param>
/// <param name="floor">The least limit, over 0, in the unit of the raw score: what is smaller is never anomalous.</param>
/// <param name="warmUp">How many raw scores are needed before one is judged.</param>
internal sealed class ScoreHistory(int capacity, double margin, double floor, int warmUp = ScoreHistory.WarmUp)
{
    public const int WarmUp = 50;

    private const double Quantile = 0.99;

    private readonly SortedWindow _scores = new(capacity);

    public bool IsWarm => _scores.Count >= warmUp;

    /// <summary>The raw score over which the next one is anomalous.</summary>
    public double Limit
    {
        get
        {
            var last = _scores.Count - 1;
            var high = _scores[(int)Math.Ceiling(Quantile * last)];
            return Math.Max(floor, high + margin * (high - _scores[last / 2]));
        }
    }

    /// <summary>Judges a raw score against those before it, then keeps it; 0 during warm-up.</summary>
    public double Judge(double raw)
    {
        var score = IsWarm ? raw / Limit : 0;
        _scores.Add(raw);
        return score;
    }
}
