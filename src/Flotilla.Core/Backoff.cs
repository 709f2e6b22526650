namespace Flotilla.Core;

/// <summary>
/// How long to wait before trying again: <c>min(Max, Initial · Factorᵏ)</c> for the k-th repetition (k from 0),
/// spread evenly over ± <see cref="Jitter"/> of itself so that many that failed together do not return together.
/// </summary>
public sealed record Backoff(TimeSpan Initial, double Factor = 2, TimeSpan? Max = null, double Jitter = 0.25)
{
    /// <summary>No waiting at all.</summary>
    public static Backoff None { get; } = new(TimeSpan.Zero, 1, TimeSpan.Zero, 0);

    /// <summary>The delay before repetition <paramref name="repetition"/>, counted from 0.</summary>
    public TimeSpan Delay(int repetition, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(repetition);
        var max = Max ?? TimeSpan.FromMinutes(1);
        var grown = Initial.TotalMilliseconds * Math.Pow(Factor, repetition);
        var bounded = Math.Min(max.TotalMilliseconds, grown);
        var spread = Jitter > 0 ? 1 + Jitter * (2 * random.NextDouble() - 1) : 1;
        return TimeSpan.FromMilliseconds(bounded * spread);
    }
}
