namespace Flotilla.Detection.Tests;

internal static class ShapeSeries
{
    /// <summary>A period of 50 with a second tone, a little noise, and nothing unusual.</summary>
    public static double[] Periodic(int length, int seed = 1, double noise = 0.05)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(i =>
            10 + Math.Sin(2 * Math.PI * i / 50) + 0.4 * Math.Sin(2 * Math.PI * i / 25 + 1) + noise * Normal(random))];
    }

    public static double[] Noise(int length, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => Normal(random))];
    }

    public static double[] Walk(int length, int seed = 1)
    {
        double level = 0;
        return [.. Noise(length, seed).Select(step => level += step)];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
