using System.Text;

namespace Flotilla.Apps.Engines.Simulated;

/// <summary>
/// What a simulated instance has measured. Nothing runs between two scrapes: what happened since the last one is worked
/// out from the time that passed.
/// </summary>
/// <remarks>
/// The text is Prometheus' exposition format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
/// </remarks>
internal sealed class SimulatedMetrics
{
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly Metric[] _metrics;
    private readonly StringBuilder _text = new();
    private double _durationFactor = 1;
    private long _last;

    public SimulatedMetrics(IReadOnlyList<MetricModel> models, TimeProvider clock, Random random)
    {
        _clock = clock;
        _random = random;
        _metrics = [.. models.Select(model => new Metric(model))];
        _last = clock.GetTimestamp();
    }

    /// <summary>Durations take so many times as long from now on.</summary>
    public void SetDurationFactor(double factor)
    {
        Advance();
        _durationFactor = factor;
    }

    /// <summary>Fixes the mean of a gauge or histogram, or the rate of a counter, from now on.</summary>
    public void Set(string name, double value)
    {
        Advance();
        Find(name).Fixed = value;
    }

    /// <summary>Multiplies the mean of a gauge or histogram, or the rate of a counter, from now on.</summary>
    public void Scale(string name, double factor)
    {
        Advance();
        Find(name).Factor = factor;
    }

    public string Render()
    {
        Advance();
        _text.Clear();
        foreach (var metric in _metrics)
        {
            switch (metric.Model)
            {
                case GaugeModel gauge:
                    var mean = (metric.Fixed ?? gauge.Mean) * metric.Factor;
                    Line(gauge.Head, Math.Round(mean + Math.Abs(mean) * Noise(gauge.Noise), 6));
                    break;
                case CounterModel counter:
                    Line(counter.Head, (long)metric.Count);
                    break;
                case HistogramModel histogram:
                    _text.Append(histogram.Head);
                    for (var i = 0; i < metric.Buckets.Length; i++) Line(histogram.BucketHeads[i], (long)metric.Buckets[i]);
                    Line(histogram.InfinityHead, (long)metric.Count);
                    Line(histogram.SumHead, Math.Round(metric.Sum, 6));
                    Line(histogram.CountHead, (long)metric.Count);
                    break;
            }
        }
        return _text.ToString();
    }

    private void Advance()
    {
        var now = _clock.GetTimestamp();
        var seconds = _clock.GetElapsedTime(_last, now).TotalSeconds;
        if (seconds <= 0) return;
        _last = now;
        foreach (var metric in _metrics)
        {
            if (metric.Model is CounterModel counter)
                metric.Count += seconds * (metric.Fixed ?? counter.Mean) * metric.Factor * Math.Max(0, 1 + Noise(counter.Noise));
            else if (metric.Model is HistogramModel histogram)
                Observe(metric, histogram, seconds);
        }
    }

    private void Observe(Metric metric, HistogramModel histogram, double seconds)
    {
        var many = seconds * histogram.PerSecond;
        var mean = (metric.Fixed ?? histogram.Mean) * metric.Factor * _durationFactor * Math.Max(0.01, 1 + Noise(histogram.Noise));
        metric.Count += many;
        metric.Sum += many * mean;
        // The share of exponentially distributed durations up to a bound; all of them when the mean is zero.
        for (var i = 0; i < metric.Buckets.Length; i++)
            metric.Buckets[i] += mean > 0 ? many * (1 - Math.Exp(-HistogramModel.Bounds[i] / mean)) : many;
    }

    private Metric Find(string name) =>
        Array.Find(_metrics, metric => metric.Model.Name == name)
        ?? throw new ArgumentException(
            $"The model has no metric \"{name}\". {Core.Suggestion.Sentence(name, [.. _metrics.Select(metric => metric.Model.Name)])}", nameof(name));

    private double Noise(double deviation) =>
        deviation == 0 ? 0 : deviation * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private void Line(string head, double value) => _text.Append(head).Append(value).Append('\n');

    private void Line(string head, long value) => _text.Append(head).Append(value).Append('\n');

    private sealed class Metric(MetricModel model)
    {
        public MetricModel Model { get; } = model;

        public double Factor { get; set; } = 1;

        public double? Fixed { get; set; }

        public double Count { get; set; }

        public double Sum { get; set; }

        public double[] Buckets { get; } = model is HistogramModel ? new double[HistogramModel.Bounds.Count] : [];
    }
}
