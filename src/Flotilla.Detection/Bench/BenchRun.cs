using Flotilla.Core;
using Flotilla.Detection.Bench.Real;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>Replays series through detectors, point by point as in a live watch.</summary>
public static class BenchRun
{
    /// <summary>
    /// Runs every detector over every series, largest files first, on <see cref="BenchRequest.Parallelism"/> threads. What goes
    /// wrong with one of them is said in the result and the others go on:
    /// <list type="bullet">
    /// <item>A detector that throws, or does not return from one point within <see cref="BenchRequest.PointTimeout"/>, has
    /// <see cref="DetectorResult.Error"/> and the anomalies before it. A thread that does not return is left behind, as a
    /// background thread; a detector that did so on three series is not tried on the rest.</item>
    /// <item>A series that cannot be read, or has fewer than ten values, is a line of <see cref="BenchResult.Problems"/>, and has
    /// no results.</item>
    /// </list>
    /// But for times (and for a detector that does not return) the result is the same whatever the parallelism.
    /// </summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told about ten times a second, from another thread.</param>
    /// <param name="cancellationToken">
    /// Ends the run at once, with a result of the pairs that were done until then, which says that it is not complete.
    /// </param>
    /// <exception cref="ProblemException">There is nothing to run: no series, no detectors; or two detectors have one name.</exception>
    public static async Task<BenchResult> RunAsync(BenchRequest request, IProgress<BenchProgress>? progress, CancellationToken cancellationToken)
    {
        Check(request);
        var series = request.Files.OrderBy(file => file.Path, StringComparer.Ordinal).ThenBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new BenchSeries(file, request)).ToList();
        var jobs = Jobs(request, series);
        var took = await BenchWorkers.RunAsync(jobs, request.Parallelism, request.PointTimeout, progress, cancellationToken);
        return Result(request, series, jobs, took);
    }

    private static void Check(BenchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Parallelism < 1) throw new ArgumentOutOfRangeException(nameof(request), request.Parallelism, "At least one thread is needed.");
        if (request.PointTimeout <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(request), request.PointTimeout, "A detector needs more than no time for a point.");
        if (request.Files.Count == 0) throw new ProblemException(new Problem("There are no series to run.", Fix: "Name a folder that holds some."));
        if (request.Detectors.Count == 0) throw new ProblemException(new Problem("There are no detectors to run.", Fix: "Name some: --detectors crucible."));
        foreach (var name in request.Detectors.GroupBy(detector => detector.Name).Where(group => group.Count() > 1).Select(group => group.Key))
            throw new ProblemException(new Problem($"Two detectors are called {name}, and results could not tell them apart.", Fix: "Rename one: definition with { Name = \"…\" }."));
    }

    private static List<PairJob> Jobs(BenchRequest request, List<BenchSeries> series)
    {
        var pairs = series.SelectMany(each => request.Detectors.Select(detector => (Series: each, Detector: detector)));
        if (request.Shard is { } shard)
            pairs = shard.Of(pairs, pair => pair.Series.Bytes, pair => Key(pair.Series.File), pair => pair.Detector.Name);
        var jobs = new List<PairJob>();
        // A stable sort: the detectors of a series stay together, so that it is in memory for a short while only.
        foreach (var (each, detector) in pairs.OrderByDescending(pair => pair.Series.Bytes).ThenBy(pair => Key(pair.Series.File), StringComparer.Ordinal))
        {
            each.Expect();
            jobs.Add(new PairJob(each, detector, request.KeepScores));
        }
        return jobs;
    }

    // A file may hold several series, each with a name of its own.
    private static string Key(SeriesFile file) => $"{file.Path}\n{file.Name}";

    private static BenchResult Result(BenchRequest request, List<BenchSeries> series, List<PairJob> jobs, TimeSpan took)
    {
        var ended = jobs.Select(job => (job.Series, job.Result)).Where(pair => pair.Result is not null).ToLookup(pair => pair.Series, pair => pair.Result!);
        var order = request.Detectors.Select((detector, at) => (detector.Name, at)).ToDictionary(pair => pair.Name, pair => pair.at, StringComparer.Ordinal);
        List<SeriesResult> results =
        [
            .. from each in series
               where ended.Contains(each)
               let facts = each.Facts!
               select new SeriesResult(each.File.Name, each.File.Path, facts.Points, facts.Missing,
                   [.. ended[each].OrderBy(result => order[result.Name])], facts.Labels),
        ];
        var complete = jobs.All(job => job.Result is not null || job.Series.IsUnusable);
        var problems = series.SelectMany(each => each.Problems).Order(StringComparer.Ordinal).ToList();
        IReadOnlyList<string> names = [.. request.Detectors.Select(detector => detector.Name)];
        return new(results, Math.Round(took.TotalSeconds, 3), complete,
            complete && request.Labels is not null && request.Shard is null ? Corpus(results, names) : null,
            problems.Count > 0 ? problems : null,
            request.Shard is { } shard ? new(shard.Index, shard.Count, names) : null);
    }

    /// <summary>The scores over all series, of every detector that has one.</summary>
    internal static IReadOnlyList<CorpusResult>? Corpus(IReadOnlyList<SeriesResult> series, IEnumerable<string> names)
    {
        List<CorpusResult> corpus =
        [
            .. from name in names
               let scores = series.SelectMany(each => each.Detectors).Where(result => result.Name == name).Select(result => result.Score).OfType<Score>().ToList()
               where scores.Count > 0
               select new CorpusResult(name, Scorer.Combine(scores)),
        ];
        return corpus.Count > 0 ? corpus : null;
    }
}
