using BenchmarkDotNet.Attributes;
using Flotilla.Detection;

namespace Flotilla.Benchmarks.Micro;

/// <summary>One point of a series whose window is full.</summary>
public class DetectorBenchmark
{
    private const int Values = 16_384;
    private const int StepSeconds = 10;

    private readonly double[] _values = new double[Values];
    private IDetector _detector = Detectors.Threshold(above: 1).Create();
    private int _next;

    /// <summary>The algorithm.</summary>
    [Params("threshold", "stddev_from_moving_average", "median_absolute_deviation", "skyline")]
    public string Detector { get; set; } = "";

    /// <summary>A day of points at ten seconds, and more.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Values; i++) _values[i] = 100 + 10 * random.NextDouble();
        _detector = Detector switch
        {
            "threshold" => Detectors.Threshold(above: 200).Create(),
            "stddev_from_moving_average" => Detectors.StdDevFromMovingAverage().Create(),
            "skyline" => Detectors.Skyline().Create(),
            _ => Detectors.MedianAbsoluteDeviation().Create(),
        };
        for (var i = 0; i < Values; i++) Observe();
    }

    /// <summary>The next point.</summary>
    [Benchmark]
    public Verdict Observe() => _detector.Observe(new Point(DateTimeOffset.UnixEpoch.AddSeconds(StepSeconds * (double)_next), _values[_next++ & (Values - 1)]));
}
