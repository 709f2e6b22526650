using Flotilla.Apps;
using Flotilla.Core.Http;
using Flotilla.Detection;

namespace Flotilla.Running;

/// <summary>Scrapes the instances of one app on one host and judges the series that are watched there.</summary>
/// <remarks>Watches on the same page with the same interval share one scrape.</remarks>
internal sealed class Watcher(
    HostApp app, string host, IReadOnlyList<WatchDescription> watches, IHttp http, TimeProvider time, Timeline timeline,
    Func<string, Anomaly, CancellationToken, Task> raise)
{
    // Scrapes without a point after which the timeline says what could be watched instead.
    private const int SilentScrapesMax = 10;

    private readonly Dictionary<(InstanceId, int Watch), SeriesWatch> _series = [];
    private readonly Dictionary<(InstanceId, int Watch), (int Run, SeriesReader Reader)> _readers = [];
    private readonly HashSet<InstanceId> _unreachable = [];
    private readonly int[] _silentScrapes = new int[watches.Count];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var every = watches[0].Every;
        using var timer = new PeriodicTimer(every, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var settled = app.Instances.Where(IsSettled).ToList();
            var scrapes = await Task.WhenAll(settled.Select(instance => ScrapeAsync(instance, every, cancellationToken)));
            for (var i = 0; i < settled.Count; i++)
            {
                NoticeReach(settled[i].Id, scrapes[i].Failure);
                if (scrapes[i].Families is { } families) await JudgeAsync(settled[i], families, cancellationToken);
            }
        }
    }

    private bool IsSettled(InstanceSnapshot instance) =>
        instance.Status is InstanceStatus.Healthy or InstanceStatus.Running && time.GetUtcNow() - instance.Since >= watches[0].Settle;

    // Scrapes of several instances run at once: what they tell is noted when all are done.
    private async Task<(IReadOnlyList<MetricFamily>? Families, string? Failure)> ScrapeAsync(InstanceSnapshot instance, TimeSpan every, CancellationToken cancellationToken)
    {
        var source = watches[0].Source;
        try
        {
            var page = new Uri(instance.Endpoints[source.Port ?? app.Declaration.App.Ports[0].Name], source.Path);
            var timeout = every < HttpCall.DefaultTimeout ? every : HttpCall.DefaultTimeout;
            var reply = await http.SendAsync(new HttpCall("GET", page, Timeout: timeout), cancellationToken);
            if (reply.Status != 200) throw new HttpCallException($"GET {page}: status {reply.Status}");
            return (PrometheusText.Parse(reply.Body), null);
        }
        catch (Exception e) when (e is HttpCallException or FormatException)
        {
            return (null, e.Message);
        }
    }

    private void NoticeReach(InstanceId instance, string? failure)
    {
        if (failure is null && _unreachable.Remove(instance)) timeline.Add(TimelineKinds.Watch, instance.ToString(), "metrics are there again");
        if (failure is not null && _unreachable.Add(instance)) timeline.Add(TimelineKinds.Watch, instance.ToString(), $"no metrics: {failure}");
    }

    private async Task JudgeAsync(InstanceSnapshot instance, IReadOnlyList<MetricFamily> families, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        for (var i = 0; i < watches.Count; i++)
        {
            var watch = watches[i];
            var key = (instance.Id, i);
            // Counters begin anew with each run; what the detector has learned of the slot stays.
            if (!_readers.TryGetValue(key, out var known) || known.Run != instance.Run)
                _readers[key] = known = (instance.Run, new SeriesReader(watch.Source.Query));
            if (!_series.TryGetValue(key, out var series))
                _series[key] = series = new SeriesWatch(watch.Source.Query.Series, watch.Detector.Create(), watch.Policy);
            var value = known.Reader.Read(now, families);
            NoticeSilence(i, double.IsNaN(value), families);
            if (double.IsNaN(value)) continue;
            var subject = $"{instance.Id} {watch.Source.Query.Series}";
            switch (series.Observe(new Point(now, value)))
            {
                case AnomalySignal anomaly:
                    timeline.Add(TimelineKinds.Anomaly, subject, $"{value:0.####} is {anomaly.Score:G3} times the limit of {watch.Detector.Name}");
                    await raise(watch.Raise, new Anomaly(watch.Source.Query.Series, app.Name, instance.Id.ToString(), host, value, anomaly.Score, now), cancellationToken);
                    break;
                case RecoveredSignal recovered:
                    timeline.Add(TimelineKinds.Recovered, subject, $"{value:0.####} is normal again after {recovered.After.TotalSeconds:0.#} s");
                    break;
            }
        }
    }

    private void NoticeSilence(int watch, bool silent, IReadOnlyList<MetricFamily> families)
    {
        if (!silent)
        {
            _silentScrapes[watch] = -1;
        }
        else if (_silentScrapes[watch] >= 0 && ++_silentScrapes[watch] == SilentScrapesMax)
        {
            var series = watches[watch].Source.Query.Series;
            timeline.Add(TimelineKinds.Watch, series,
                $"app \"{app.Name}\" has given no point of it in {SilentScrapesMax} scrapes. {Core.Suggestion.Sentence(series, [.. MetricQuery.Available(families)])}");
        }
    }
}
