using System.Runtime.CompilerServices;
using Flotilla.Core;
using Flotilla.Detection;

namespace Flotilla;

/// <summary>Watches, as words of a role.</summary>
public static class RoleWatches
{
    /// <summary>Watches a series of each instance and raises a user event when it is anomalous.</summary>
    /// <param name="role">The role whose hosts watch their instances.</param>
    /// <param name="source">See <see cref="Metrics"/>.</param>
    /// <param name="with">See <see cref="Detectors"/>.</param>
    /// <param name="raise">The event's name; its payload is an <see cref="Anomaly"/>.</param>
    /// <param name="every">The time between two points; 10 seconds unless given.</param>
    /// <param name="policy">When verdicts become an alert; one anomalous point, silent for a minute, unless given.</param>
    /// <param name="settle">How long an instance must have been healthy before its points count; 3 seconds unless given.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Role Watch(this Role role, PrometheusSource source, DetectorDefinition with, string raise, TimeSpan? every = null,
        AlertPolicy? policy = null, TimeSpan? settle = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(role);
        return role.Add(new WatchDescription(source, with, raise, every ?? TimeSpan.FromSeconds(10), policy ?? new AlertPolicy(),
            settle ?? TimeSpan.FromSeconds(3), new SourceLocation(file, line)));
    }
}

/// <summary>Where a watched series comes from.</summary>
public static class Metrics
{
    /// <summary>
    /// What instances serve in the Prometheus text format. Counters become rates (<c>x_total</c> → <c>x_per_second</c>),
    /// histograms means, rates and quantiles (<c>h_mean</c>, <c>h_per_second</c>, <c>h_p50</c> … <c>h_p99</c>); see <see cref="SeriesReader"/>.
    /// </summary>
    public static PrometheusSource Prometheus(string app, string series, IReadOnlyDictionary<string, string>? labels = null,
        string path = "/metrics", string? port = null) => new(app, new MetricQuery(series, labels), path, port);
}
