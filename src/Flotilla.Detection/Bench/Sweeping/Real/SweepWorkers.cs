using System.Runtime.ExceptionServices;

namespace Flotilla.Detection.Bench.Real;

/// <summary>Spreads the work of a sweep over the cores of this machine.</summary>
internal static class SweepWorkers
{
    /// <summary>One result for each item, in their order whatever finishes first; of several failures the first in that order is thrown.</summary>
    public static async Task<TResult[]> SelectAsync<T, TResult>(
        IReadOnlyList<T> items, int parallelism, Func<T, TResult> work, CancellationToken cancellationToken)
    {
        var results = new TResult[items.Count];
        var failures = new ExceptionDispatchInfo?[items.Count];
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = parallelism > 0 ? parallelism : Environment.ProcessorCount,
        };
        await Parallel.ForAsync(0, items.Count, options, (index, _) =>
        {
            try
            {
                results[index] = work(items[index]);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failures[index] = ExceptionDispatchInfo.Capture(e);
            }
            return ValueTask.CompletedTask;
        });
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
        return results;
    }
}
