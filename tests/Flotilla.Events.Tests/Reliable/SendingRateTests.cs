namespace Flotilla.Events.Tests;

public sealed class SendingRateTests
{
    [Fact]
    public void One_message_goes_at_once_and_the_next_when_its_time_has_come()
    {
        var rate = new SendingRate(50);
        rate.IsOpen(Seconds(0), out _).ShouldBeTrue();
        rate.Sent(1, isLimiting: true);
        rate.IsOpen(Seconds(0), out var wait).ShouldBeFalse();
        wait!.Value.ShouldBe(TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(1));
        rate.IsOpen(wait.Value, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_large_message_counts_as_many()
    {
        var rate = new SendingRate(50);
        rate.IsOpen(Seconds(0), out _);
        rate.Sent(11, isLimiting: true);
        rate.IsOpen(Seconds(1), out _).ShouldBeFalse();
        rate.IsOpen(Seconds(1.2), out _).ShouldBeTrue();
    }

    [Fact]
    public void It_grows_while_it_holds_messages_back_and_all_arrive_in_time()
    {
        var rate = new SendingRate(12);
        rate.Sent(1, isLimiting: false);
        for (var i = 0; i < 100; i++) rate.Settled(Seconds(i + 0.2), Seconds(i), isComplete: true);
        rate.PerSecond.ShouldBe(SendingRate.Start);
        rate.Sent(1, isLimiting: true);
        rate.Settled(Seconds(2), Seconds(0), isComplete: true);
        rate.PerSecond.ShouldBe(SendingRate.Start, "it took two seconds");
        for (var i = 0; i < 100; i++) rate.Settled(Seconds(i + 0.2), Seconds(i), isComplete: true);
        rate.PerSecond.ShouldBe(12, "that is what the options allow");
    }

    [Fact]
    public void Messages_lost_together_slow_it_down_once_and_it_never_stops()
    {
        var rate = new SendingRate(50);
        for (var i = 0; i < 10; i++) rate.Settled(Seconds(3 + i * 0.1), Seconds(i * 0.1), isComplete: false);
        rate.PerSecond.ShouldBe(7);
        for (var i = 0; i < 100; i++) rate.Settled(Seconds(10 * i + 13), Seconds(10 * i + 10), isComplete: false);
        rate.PerSecond.ShouldBe(4);
        new SendingRate(2).PerSecond.ShouldBe(2);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
