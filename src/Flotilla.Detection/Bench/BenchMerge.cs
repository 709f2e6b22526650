using Flotilla.Core;

namespace Flotilla.Detection.Bench;

/// <summary>Joins the results of parts of a run.</summary>
public static class BenchMerge
{
    /// <summary>
    /// One result with all series and detectors of the parts; scores over the corpus are computed anew from those of the series.
    /// All shards of a run give what the run would have given in one piece, but for times: seconds are added up. Results that
    /// are no shards are joined as they are, such as runs over different series or with different detectors.
    /// </summary>
    /// <param name="parts">At least one, in any order.</param>
    /// <exception cref="ProblemException">
    /// A shard is missing, or comes twice, or is one of another run; a series and detector are in two parts; a series has
    /// different lengths. Every problem there is.
    /// </exception>
    public static BenchResult Merge(IReadOnlyList<BenchResult> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0) throw new ProblemException(new Problem("There are no results to merge.", Fix: "Name the files that \"flotilla bench DIR --save FILE\" wrote."));
        List<Problem> wrong = [.. ShardProblems(parts)];
        if (wrong.Count == 0) wrong.AddRange(SeriesProblems(parts));
        if (wrong.Count > 0) throw new ProblemException(wrong);

        var names = parts.SelectMany(part => part.Shard?.Detectors ?? part.Series.SelectMany(series => series.Detectors).Select(result => result.Name).Distinct(StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal).ToList();
        var order = names.Select((name, at) => (name, at)).ToDictionary(pair => pair.name, pair => pair.at, StringComparer.Ordinal);
        List<SeriesResult> series =
        [
            .. parts.SelectMany(part => part.Series)
                .GroupBy(each => (each.Path, each.Name))
                .OrderBy(group => group.Key.Path, StringComparer.Ordinal).ThenBy(group => group.Key.Name, StringComparer.Ordinal)
                .Select(group => group.First() with { Detectors = [.. group.SelectMany(each => each.Detectors).OrderBy(result => order[result.Name])] }),
        ];
        var complete = parts.All(part => part.Complete);
        var problems = parts.SelectMany(part => part.Problems ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new(series, Math.Round(parts.Sum(part => part.Seconds), 3), complete, complete ? Corpus(parts, series, names) : null, problems.Count > 0 ? problems : null);
    }

    private static List<CorpusResult>? Corpus(IReadOnlyList<BenchResult> parts, List<SeriesResult> series, List<string> names)
    {
        var computed = BenchRun.Corpus(series, names) ?? [];
        // What was scored from stored results has no series here; it is taken over.
        List<CorpusResult> corpus =
        [
            .. computed,
            .. parts.SelectMany(part => part.Corpus ?? []).Where(result => computed.All(each => each.Name != result.Name)).DistinctBy(result => result.Name),
        ];
        return corpus.Count > 0 ? corpus : null;
    }

    private static IEnumerable<Problem> ShardProblems(IReadOnlyList<BenchResult> parts)
    {
        var shards = parts.Select(part => part.Shard).OfType<ShardResult>().ToList();
        if (shards.Count == 0) yield break;
        if (shards.Count < parts.Count)
        {
            yield return new("Some of these results are parts of a run, others are whole runs.", Fix: "Merge all parts of one run first, then what comes out with the rest.");
            yield break;
        }
        var counts = shards.Select(shard => shard.Count).Distinct().Order().ToList();
        if (counts.Count > 1)
        {
            yield return new($"These are parts of different runs: one was split into {string.Join(", another into ", counts)}.", Fix: "Merge the parts of one run.");
            yield break;
        }
        if (shards.Any(shard => !shard.Detectors.SequenceEqual(shards[0].Detectors, StringComparer.Ordinal)))
        {
            yield return new("These are parts of different runs: they were asked for different detectors.", Fix: "Run every part with the same --detectors.");
            yield break;
        }
        foreach (var index in Enumerable.Range(1, counts[0]))
        {
            var times = shards.Count(shard => shard.Index == index);
            if (times == 0) yield return new($"Part {index}/{counts[0]} is missing.", Fix: $"Run it: --shard {index}/{counts[0]}.");
            if (times > 1) yield return new($"Part {index}/{counts[0]} is there {times} times.", Fix: "Name each part once.");
        }
    }

    private static IEnumerable<Problem> SeriesProblems(IReadOnlyList<BenchResult> parts)
    {
        foreach (var group in parts.SelectMany(part => part.Series).GroupBy(series => (series.Path, series.Name)))
        {
            var lengths = group.Select(series => series.Points).Distinct().Order().ToList();
            if (lengths.Count > 1)
                yield return new($"{group.Key.Path} has {string.Join(" points in one result and ", lengths)} in another.", Fix: "Run all parts over the same files.");
            foreach (var twice in group.SelectMany(series => series.Detectors).GroupBy(result => result.Name).Where(same => same.Count() > 1))
                yield return new($"{twice.Key} on {group.Key.Path} is in {twice.Count()} of the results.", Fix: "Name each result once; results that overlap cannot be merged.");
        }
    }
}
