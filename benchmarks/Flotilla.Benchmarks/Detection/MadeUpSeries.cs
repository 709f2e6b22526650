using Flotilla.Detection;

namespace Flotilla.Benchmarks.Detection;

/// <summary>Series made up for a benchmark.</summary>
internal static class MadeUpSeries
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A daily wave with noise, a slow drift, some bursts and spikes, to three decimals.</summary>
    public static Point[] Noisy(int seed, int count, int stepSeconds)
    {
        var random = new Random(seed);
        var points = new Point[count];
        double drift = 0, burst = 0;
        for (var i = 0; i < count; i++)
        {
            var at = Start.AddSeconds((double)i * stepSeconds);
            drift += 0.02 * (random.NextDouble() - 0.5);
            burst = random.Next(2000) == 0 ? 30 : 0.98 * burst;
            var spike = random.Next(1000) == 0 ? 100 : 0;
            var noise = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
            points[i] = new(at, Math.Round(200 + 20 * Math.Sin(at.TimeOfDay.TotalDays * 2 * Math.PI) + drift + burst + spike + 8 * noise, 3));
        }
        return points;
    }

    /// <summary>A walk whose every step is as likely up as down.</summary>
    public static Point[] Wandering(int seed, int count, int stepSeconds)
    {
        var random = new Random(seed);
        var points = new Point[count];
        var level = 1000.0;
        for (var i = 0; i < count; i++)
        {
            level += random.NextDouble() - 0.5;
            points[i] = new(Start.AddSeconds((double)i * stepSeconds), level);
        }
        return points;
    }
}
