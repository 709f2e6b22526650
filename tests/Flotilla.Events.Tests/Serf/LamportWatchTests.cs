using Flotilla.Core.Simulated;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

public sealed class LamportWatchTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_hole_that_is_not_filled_in_time_is_a_loss()
    {
        var watch = new LamportWatch(Grace);
        watch.Note(10, Start).Lost.ShouldBe(0);
        watch.Note(13, Start).Lost.ShouldBe(0);
        watch.NextLoss.ShouldBe(Start + Grace);
        watch.Note(12, Start + Grace / 2).Lost.ShouldBe(0);
        watch.Expired(Start + Grace).ShouldBe((1, Start));
        watch.NextLoss.ShouldBeNull();
    }

    [Fact]
    public void What_comes_late_and_twice_is_no_loss()
    {
        var watch = new LamportWatch(Grace);
        foreach (var time in new ulong[] { 5, 7, 8, 6, 8, 3 }) watch.Note(time, Start).Lost.ShouldBe(0);
        watch.Expired(Start + 2 * Grace).Lost.ShouldBe(0);
    }

    [Fact]
    public void What_agents_would_no_longer_accept_is_lost_at_once()
    {
        var watch = new LamportWatch(Grace);
        watch.Note(1, Start);
        watch.Note(10_000, Start).Lost.ShouldBe(9_998 - 512);
        watch.Expired(Start + Grace).Lost.ShouldBe(512);
    }

    [Fact]
    public void A_stream_tells_a_loss_when_the_grace_is_over()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            var stream = new SerfStream(100, world.Clock, Grace);
            stream.Push(new SerfUserRecord("e", default, 1, false));
            stream.Push(new SerfUserRecord("e", default, 4, false));
            var records = new List<SerfRecord>();
            while (records.Count < 3)
            {
                await stream.WaitToReadAsync(default);
                while (stream.TryRead(out var record)) records.Add(record);
            }
            var gap = records[2].ShouldBeOfType<SerfGapRecord>();
            (gap.Cause, gap.Lost, gap.Until - gap.From).ShouldBe((SerfGapCause.NotReceived, 2, Grace));
            world.Elapsed.ShouldBe(Grace);
            stream.Push(new SerfGapRecord(SerfGapCause.Disconnected, null, Start, Start));
            stream.Push(new SerfUserRecord("e", default, 1, false));
            stream.Push(new SerfUserRecord("e", default, 900, false));
            await stream.DisposeAsync();
        });
    }

    [Fact]
    public void A_stream_that_fills_up_drops_until_half_of_it_is_read()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            var stream = new SerfStream(4, world.Clock);
            for (ulong i = 1; i <= 6; i++) stream.Push(new SerfUserRecord("e", default, i, false));
            Read(stream, 1).ShouldBe([1]);
            stream.Push(new SerfUserRecord("e", default, 7, false));
            Read(stream, 1).ShouldBe([2]);
            stream.Push(new SerfUserRecord("e", default, 8, false));
            Read(stream, 2).ShouldBe([3, 4]);
            stream.TryRead(out var gap).ShouldBeTrue();
            gap.ShouldBeOfType<SerfGapRecord>().Lost.ShouldBe(3);
            Read(stream, 1).ShouldBe([8]);
            await stream.DisposeAsync();
            stream.Push(new SerfUserRecord("e", default, 9, false));
            (await stream.WaitToReadAsync(default)).ShouldBeFalse();
        });
    }

    private static ulong[] Read(SerfStream stream, int count)
    {
        var times = new List<ulong>();
        while (times.Count < count)
        {
            stream.TryRead(out var record).ShouldBeTrue();
            times.Add(record.ShouldBeOfType<SerfUserRecord>().LamportTime);
        }
        return [.. times];
    }
}
