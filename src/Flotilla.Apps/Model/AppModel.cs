using System.Collections.Immutable;
using Flotilla.Apps.Engines.Simulated;
using Flotilla.Core.Http;

namespace Flotilla.Apps;

/// <summary>
/// How an instance behaves in simulation: how long it takes to start, what it measures, how it answers, how it fails.
/// Every method returns a changed copy.
/// </summary>
/// <remarks>
/// Without anything said, an instance starts within 0.2 to 1 s, stops within 50 to 300 ms, answers within a millisecond:
/// its health check and <c>/</c> with 200, <c>GET /metrics</c> with what it measures in the Prometheus text format, and
/// everything else with 404.
/// </remarks>
public sealed record AppModel
{
    /// <summary>How much slower the fault <c>slow</c> makes an instance unless the model says otherwise.</summary>
    public const double SlowFactor = 20;

    private AppModel() { }

    /// <summary>A healthy app with nothing to measure.</summary>
    public static AppModel Default { get; } = new();

    internal (TimeSpan Min, TimeSpan Max) StartTime { get; private init; } = (TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1));

    internal (TimeSpan Min, TimeSpan Max) StopTime { get; private init; } = (TimeSpan.FromSeconds(0.05), TimeSpan.FromSeconds(0.3));

    internal TimeSpan ReplyTime { get; private init; } = TimeSpan.FromMilliseconds(1);

    internal ImmutableList<MetricModel> Metrics { get; private init; } = [];

    internal ImmutableList<(string Method, string Path, Action<SimulatedInstance, HttpCall> React)> Reactions { get; private init; } = [];

    internal ImmutableList<(string Name, Action<SimulatedInstance> React)> Faults { get; private init; } = [("slow", instance => instance.Slow(SlowFactor))];

    internal ImmutableList<string> Lines { get; private init; } = [];

    internal (TimeSpan After, int Code)? Crash { get; private init; }

    internal int? ExitCodeAtStart { get; private init; }

    internal bool IsDeafToStop { get; private init; }

    internal Func<SimulatedInstance, HttpCall, HttpReply?>? Responder { get; private init; }

    /// <summary>The time from its start until it listens, evenly spread between the two.</summary>
    public AppModel StartsWithin(TimeSpan min, TimeSpan max) => this with { StartTime = Range(min, max) };

    /// <summary>The time from being told to stop until it has ended, evenly spread between the two.</summary>
    public AppModel StopsWithin(TimeSpan min, TimeSpan max) => this with { StopTime = Range(min, max) };

    /// <summary>The time an answer takes while nothing is wrong.</summary>
    public AppModel RepliesWithin(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return this with { ReplyTime = time };
    }

    /// <summary>It takes no notice of being told to stop, and has to be killed.</summary>
    public AppModel IgnoresStop() => this with { IsDeafToStop = true };

    /// <summary>Measures a value that goes up and down around a mean.</summary>
    /// <param name="name">A Prometheus metric name, for example <c>queue_length</c>.</param>
    /// <param name="mean">The value around which it varies.</param>
    /// <param name="noise">The standard deviation as a share of the mean; 0.1 is 10 %.</param>
    public AppModel Gauge(string name, double mean, double noise = 0.1) => Measure(new GaugeModel(name, mean, noise));

    /// <summary>Counts something that happens so often a second.</summary>
    /// <param name="name">A Prometheus metric name, for example <c>http_requests_total</c>.</param>
    /// <param name="perSecond">The mean rate.</param>
    /// <param name="noise">The standard deviation of the rate between two scrapes, as a share of it.</param>
    public AppModel Counter(string name, double perSecond, double noise = 0.1) => Measure(new CounterModel(name, perSecond, noise));

    /// <summary>Measures durations, exponentially distributed around a mean that varies from scrape to scrape.</summary>
    /// <param name="name">A Prometheus metric name without suffix, for example <c>http_request_seconds</c>.</param>
    /// <param name="meanSeconds">The mean duration.</param>
    /// <param name="noise">The standard deviation of the mean between two scrapes, as a share of it.</param>
    /// <param name="perSecond">How many are measured in a second.</param>
    public AppModel Histogram(string name, double meanSeconds, double noise = 0.1, double perSecond = 10) =>
        Measure(new HistogramModel(name, meanSeconds, noise, perSecond));

    /// <summary>What a request does to the instance; it is answered with 200 then, unless the reaction ended the instance.</summary>
    /// <param name="method">GET, POST, …</param>
    /// <param name="path">Without a query, for example <c>/slow</c>.</param>
    /// <param name="react">For example <c>(instance, call) => instance.Slow(20)</c>.</param>
    public AppModel On(string method, string path, Action<SimulatedInstance, HttpCall> react) =>
        this with { Reactions = Reactions.Add((method, path, react)) };

    /// <inheritdoc cref="On(string, string, Action{SimulatedInstance, HttpCall})"/>
    public AppModel On(string method, string path, Action<SimulatedInstance> react) => On(method, path, (instance, _) => react(instance));

    /// <summary>What a fault of this name does to the instance; it replaces an earlier one of the same name.</summary>
    public AppModel OnFault(string name, Action<SimulatedInstance> react) =>
        this with { Faults = Faults.RemoveAll(fault => fault.Name == name).Add((name, react)) };

    /// <summary>Lines it writes to standard output when it is ready.</summary>
    public AppModel Logs(params string[] lines) => this with { Lines = Lines.AddRange(lines) };

    /// <summary>Every run ends by itself so long after it was ready.</summary>
    public AppModel Crashes(TimeSpan after, int code = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        return this with { Crash = (after, code) };
    }

    /// <summary>Every run ends with this exit code instead of becoming ready.</summary>
    public AppModel ExitsAtStart(int code = 1) => this with { ExitCodeAtStart = code };

    /// <summary>Answers requests before anything else does; null leaves a request to the rest of the model.</summary>
    public AppModel Respond(Func<SimulatedInstance, HttpCall, HttpReply?> respond) => this with { Responder = respond };

    private AppModel Measure(MetricModel metric)
    {
        if (Metrics.Exists(other => other.Name == metric.Name))
            throw new ArgumentException($"The model has a metric \"{metric.Name}\" already.", nameof(metric));
        return this with { Metrics = Metrics.Add(metric) };
    }

    private static (TimeSpan Min, TimeSpan Max) Range(TimeSpan min, TimeSpan max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(min, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return (min, max);
    }
}
