namespace Flotilla.Events.Tests;

public sealed class OutgoingQueueTests
{
    private static readonly TimeSpan Expires = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_event_for_a_target_that_may_be_tried_again_goes_at_once_whoever_has_the_turn(bool repeatedFirst)
    {
        var queue = new OutgoingQueue("a", new ReliableOptions());
        queue.Add(Event(1), TimeSpan.Zero, expires: Seconds(5));
        queue.Settle(queue.Next(TimeSpan.Zero)!, [], [], Seconds(3), _ => Seconds(1));
        queue.TakeExpired(Seconds(5)).Count.ShouldBe(1);
        if (repeatedFirst) queue.Next(Seconds(5)).ShouldBeNull();
        queue.Add(Event(2), Seconds(6), Expires);
        queue.Next(Seconds(6)).ShouldNotBeNull().Numbers.ShouldBe([2]);
        queue.Next(Seconds(6)).ShouldBeNull();
    }

    private static OutgoingEvent Event(long number) => new(number, "e", EventPayload.Empty, ["web-1"], [], default, default);

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
