namespace Flotilla.Apps;

/// <summary>A delay that may be given to <c>WhenAny</c>.</summary>
internal static class Pause
{
    /// <summary>
    /// As <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/>, whose cancellation takes a <c>WhenAny</c> to
    /// the thread pool, for the reason told at <see cref="Signal{T}"/>.
    /// </summary>
    public static async Task ForAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken) =>
        await Task.Delay(time, clock, cancellationToken);
}
