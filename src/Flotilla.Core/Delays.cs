namespace Flotilla.Core;

/// <summary>Delays that may be combined with other tasks under simulation.</summary>
public static class Delays
{
    /// <summary>Completes after a time, in the context of the caller.</summary>
    /// <remarks>
    /// A cancelled <c>Task.Delay</c> hands its end to <c>WhenAny</c> and the like through the thread pool, where
    /// simulation must not go; the await in between brings it back.
    /// </remarks>
    public static async Task Delay(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken) =>
        await Task.Delay(delay, time, cancellationToken);
}
