using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>How the runs of one handler on one host are scheduled.</summary>
/// <param name="Concurrency">How many events it handles at a time.</param>
/// <param name="SerialBy">
/// Events with an equal key are handled one after the other, in the order of their arrival, whatever <paramref name="Concurrency"/>
/// is. Null: no such order beyond what <paramref name="Concurrency"/> 1 gives.
/// </param>
/// <param name="Timeout">
/// After which a run is cancelled, and a moment later given up; <see cref="DefaultTimeout"/> unless given,
/// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for none. What a body that was given up still does happens beside the
/// events after it.
/// </param>
/// <param name="Attempts">How often it is tried when it fails or times out, the first time included.</param>
/// <param name="RetryAfter">How long to wait between attempts; a second, doubling up to a minute, unless given.</param>
/// <param name="QueueLimit">How many events may wait; what comes then is dropped, and recorded as dropped.</param>
public sealed record HandlerOptions(
    int Concurrency = 1,
    Func<FleetEvent, string>? SerialBy = null,
    TimeSpan? Timeout = null,
    int Attempts = 1,
    Backoff? RetryAfter = null,
    int QueueLimit = 10_000)
{
    /// <summary>The timeout that holds when none is given: a minute.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(1);

    /// <summary>What holds when nothing is said.</summary>
    public static HandlerOptions Default { get; } = new();

    internal TimeSpan TimeoutOrDefault => Timeout ?? DefaultTimeout;

    internal Backoff RetryAfterOrDefault => RetryAfter ?? DefaultRetry;

    private static Backoff DefaultRetry { get; } = new(TimeSpan.FromSeconds(1));

    /// <summary>What is wrong with them, if anything.</summary>
    /// <param name="handler">The name of the handler that has them.</param>
    /// <param name="declared">Its place in the source.</param>
    public IEnumerable<Problem> Check(string handler, SourceLocation? declared = null) =>
        Mistakes().Select(mistake => new Problem($"Handler \"{handler}\" has {mistake}.", declared, null, "Correct its options."));

    private IEnumerable<string> Mistakes()
    {
        if (Concurrency < 1) yield return $"a concurrency of {Concurrency}; at least 1 is needed";
        if (Attempts < 1) yield return $"{Attempts} attempts; at least 1 is needed";
        if (QueueLimit < 1) yield return $"a queue limit of {QueueLimit}; at least 1 is needed";
        if (Timeout is { } timeout && timeout <= TimeSpan.Zero && timeout != System.Threading.Timeout.InfiniteTimeSpan)
            yield return $"a timeout of {timeout.TotalSeconds:0.###} s; more than zero is needed";
    }
}
