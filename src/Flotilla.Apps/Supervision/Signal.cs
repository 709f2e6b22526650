namespace Flotilla.Apps;

/// <summary>Something that is awaited until someone gives it, possibly under a lock.</summary>
/// <remarks>
/// Continuations of a bare source with <see cref="TaskCreationOptions.RunContinuationsAsynchronously"/> return to the
/// context that awaited it; but <c>WhenAny</c>, <c>WhenAll</c> and <c>WaitAsync</c>, which have no context, are taken to
/// the thread pool, where simulation must not go. The method in between awaits, and so brings them back.
/// </remarks>
internal sealed class Signal<T>
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True as soon as the signal was given.</summary>
    public bool IsGiven => _source.Task.IsCompleted;

    /// <summary>Completes a moment after the signal was given, in the context of the caller.</summary>
    public async Task<T> GivenAsync() => await _source.Task;

    /// <summary>Gives the signal; only the first time counts.</summary>
    public void Give(T result) => _source.TrySetResult(result);
}
