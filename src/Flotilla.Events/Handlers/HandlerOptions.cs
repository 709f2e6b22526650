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
/// <param name="QueueLimit">
/// How many events may wait; what comes then is dropped, and recorded as dropped. Reliable events, and those for a handler with
/// <paramref name="ExactlyOnce"/>, are kept on disk and wait beyond it.
/// </param>
/// <param name="ExactlyOnce">
/// It begins with an event once on this host, also after a crash. What had begun and not ended is then recorded as
/// <see cref="HandlerOutcome.Unfinished"/>, unless <paramref name="Attempts"/> above 1 or <paramref name="ReplayUnfinished"/> allows to
/// run it again; user events that had not begun are run after the restart. The dispatcher needs an <see cref="IEventStore"/>. Without
/// this, a handler runs a reliable event again in which it was interrupted.
/// </param>
/// <param name="ReplayUnfinished">Its body may be run again after it was interrupted: it finds out what was done already.</param>
public sealed record HandlerOptions(
    int Concurrency = 1,
    Func<FleetEvent, string>? SerialBy = null,
    TimeSpan? Timeout = null,
    int Attempts = 1,
    Backoff? RetryAfter = null,
    int QueueLimit = 10_000,
    bool ExactlyOnce = false,
    bool ReplayUnfinished = false)
{
    /// <summary>The timeout that holds when none is given: a minute.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(1);

    /// <summary>What holds when nothing is said.</summary>
    public static HandlerOptions Default { get; } = new();

    internal TimeSpan TimeoutOrDefault => Timeout ?? DefaultTimeout;

    /// <summary>True when a body that was interrupted by the end of the program is run again.</summary>
    internal bool RunsAgain => !ExactlyOnce || ReplayUnfinished || Attempts > 1;

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
