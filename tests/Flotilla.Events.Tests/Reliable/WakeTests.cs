namespace Flotilla.Events.Tests;

public sealed class WakeTests
{
    // With the real clock: the simulated one has timers of any length.
    [Fact]
    public async Task Who_may_sleep_for_longer_than_a_timer_lasts_is_woken_like_any_other()
    {
        var wake = new Wake(TimeProvider.System);
        var sleeping = wake.SleepAsync(TimeSpan.FromDays(60));
        wake.Signal();
        await sleeping;
    }
}
