namespace Flotilla.Detection.Tests;

public sealed class PointRingTests
{
    [Theory]
    [InlineData(TimeSpan.TicksPerSecond * 10)]
    [InlineData(7)]
    [InlineData(TimeSpan.TicksPerDay * 40)]
    [InlineData(-TimeSpan.TicksPerSecond)]
    public void Points_are_kept_to_the_tick(long step)
    {
        var ring = new PointRing();
        var random = new Random(4);
        var times = new List<long>();
        var time = DateTimeOffset.UnixEpoch.Ticks;
        for (var i = 0; i < 5000; i++)
        {
            time += step + random.Next(-3, 4);
            times.Add(time);
            ring.Add(time, i / 3.0);
            if (i % 3 == 0) ring.ForgetBefore(i - 1000);
        }
        ring.Next.ShouldBe(5000);
        var values = new double[900];
        ring.CopyValues(4050, values);
        values.ShouldBe(Enumerable.Range(4050, 900).Select(i => i / 3.0));
        for (var i = 4000; i < 5000; i++) (ring.TimeAt(i), ring.ValueAt(i)).ShouldBe((times[i], i / 3.0));
    }

    [Fact]
    public void Mixed_steps_are_kept_too()
    {
        var ring = new PointRing();
        long[] steps = [1, 1L << 32, (1L << 40) - 1, 1L << 40, -5, 1L << 50, 0];
        var times = Enumerable.Range(0, 2000).Select(i => steps[i / 3 % steps.Length]).Aggregate(new List<long> { 0 }, (all, step) => [.. all, all[^1] + step]);
        foreach (var time in times) ring.Add(time, time);
        for (var i = 0; i < times.Count; i++) ring.TimeAt(i).ShouldBe(times[i]);
    }
}
