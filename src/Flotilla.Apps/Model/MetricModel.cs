namespace Flotilla.Apps;

/// <summary>Something that a simulated instance measures, with the parts of its Prometheus text that never change.</summary>
internal abstract record MetricModel
{
    protected MetricModel(string name, double mean, double noise)
    {
        if (!IsMetricName(name))
            throw new ArgumentException($"\"{name}\" is not the name of a metric. Use letters, digits, \"_\" and \":\", with no digit first.", nameof(name));
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        if (!double.IsFinite(mean)) throw new ArgumentOutOfRangeException(nameof(mean), mean, "The mean of a metric is a finite number.");
        Name = name;
        Mean = mean;
        Noise = noise;
    }

    public string Name { get; }

    public double Mean { get; }

    /// <summary>Standard deviation as a share of the mean.</summary>
    public double Noise { get; }

    // https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
    private static bool IsMetricName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');
}

internal sealed record GaugeModel(string Gauge, double GaugeMean, double GaugeNoise) : MetricModel(Gauge, GaugeMean, GaugeNoise)
{
    public string Head { get; } = $"# TYPE {Gauge} gauge\n{Gauge} ";
}

internal sealed record CounterModel(string Counter, double PerSecond, double CounterNoise) : MetricModel(Counter, NotNegative(PerSecond), CounterNoise)
{
    public string Head { get; } = $"# TYPE {Counter} counter\n{Counter} ";

    internal static double NotNegative(double value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value;
    }
}

internal sealed record HistogramModel(string Histogram, double MeanSeconds, double HistogramNoise, double PerSecond)
    : MetricModel(Histogram, CounterModel.NotNegative(MeanSeconds), HistogramNoise)
{
    public double PerSecond { get; } = CounterModel.NotNegative(PerSecond);

    /// <summary>Upper bounds in seconds, as the Prometheus client libraries have them.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public string Head { get; } = $"# TYPE {Histogram} histogram\n";

    public IReadOnlyList<string> BucketHeads { get; } = [.. Bounds.Select(bound => $"{Histogram}_bucket{{le=\"{bound}\"}} ")];

    public string InfinityHead { get; } = $"{Histogram}_bucket{{le=\"+Inf\"}} ";

    public string SumHead { get; } = $"{Histogram}_sum ";

    public string CountHead { get; } = $"{Histogram}_count ";
}
