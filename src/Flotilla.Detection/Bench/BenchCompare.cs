using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Bench;

/// <summary>Says what got better and worse from one result to another.</summary>
public static class BenchCompare
{
    /// <summary>How much lower a score may be before that is a regression, as a share of its scale.</summary>
    public const double DefaultTolerance = 0.005;

    /// <summary>How a comparison is written as JSON.</summary>
    public static JsonTypeInfo<Comparison> JsonType => BenchJson.Default.Comparison;

    /// <summary>
    /// Compares over the series and detectors that both have; scores over them are computed anew, so that a series which only
    /// one of them has does not count. A regression is:
    /// <list type="bullet">
    /// <item>with labels: a detector whose NAB standard score (scale 100) or VUS-PR (scale 1) fell by more than the tolerance, or that misses more
    /// labelled anomalies or raises more false alerts than before, by more than the tolerance's share of them. Each of the four counts by itself: a gain in one
    /// does not pay for a loss in another, that is for a person to decide;</item>
    /// <item>always: a detector that is given up on a series which it went through before, and a second result that is not complete.</item>
    /// </list>
    /// Changed verdicts are no regression by themselves, for without labels nobody can say which are better; nor are series or
    /// detectors that come or go. <see cref="IsUnchanged"/> asks for those.
    /// </summary>
    /// <param name="before">The result to measure against.</param>
    /// <param name="after">The newer result.</param>
    /// <param name="tolerance">As a share, 0 or more; <see cref="DefaultTolerance"/> unless given.</param>
    public static Comparison Compare(BenchResult before, BenchResult after, double tolerance = DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        var old = before.Series.ToDictionary(Key);
        var common = after.Series.Where(series => old.TryGetValue(Key(series), out var same) && same.Points == series.Points)
            .Select(series => (Before: old[Key(series)], After: series)).ToList();
        var oldNames = Names(before);
        var newNames = Names(after);
        List<DetectorComparison> detectors = [];
        List<VerdictChange> changes = [];
        foreach (var name in newNames.Where(oldNames.Contains))
        {
            var pairs = common.Select(series => (series.After.Path, Before: Of(series.Before, name), After: Of(series.After, name)))
                .Where(pair => pair.Before is not null && pair.After is not null)
                .Select(pair => (pair.Path, Before: pair.Before!, After: pair.After!)).ToList();
            List<VerdictChange> changed = [.. pairs.Select(pair => Change(pair.Path, pair.Before, pair.After)).OfType<VerdictChange>()];
            changes.AddRange(changed);
            var scored = pairs.Where(pair => pair.Before.Score is not null && pair.After.Score is not null).ToList();
            detectors.Add(new(name,
                Totals([.. pairs.Select(pair => pair.Before)], [.. scored.Select(pair => pair.Before.Score!)], Stored(before, name)),
                Totals([.. pairs.Select(pair => pair.After)], [.. scored.Select(pair => pair.After.Score!)], Stored(after, name)),
                changed.Sum(change => change.Gained.Count), changed.Sum(change => change.Lost.Count)));
        }
        var paths = after.Series.ToDictionary(Key);
        return new(
            detectors,
            [.. changes.OrderBy(change => change.Series, StringComparer.Ordinal)],
            [.. after.Series.Where(series => !old.ContainsKey(Key(series))).Select(series => series.Path)],
            [.. before.Series.Where(series => !paths.ContainsKey(Key(series))).Select(series => series.Path)],
            [.. after.Series.Where(series => old.TryGetValue(Key(series), out var same) && same.Points != series.Points).Select(series => series.Path)],
            [.. newNames.Except(oldNames, StringComparer.Ordinal)],
            [.. oldNames.Except(newNames, StringComparer.Ordinal)],
            [.. after.Complete ? [] : (string[])["The second run was interrupted."], .. detectors.SelectMany(detector => Regressions(detector, tolerance)),
             .. changes.Where(change => change.Error is not null).Select(change => $"{change.Detector} on {change.Series} {change.Error!.TrimEnd('.')}.")]);
    }

    /// <summary>True when both have the same series, detectors and verdicts.</summary>
    public static bool IsUnchanged(Comparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.Changes.Count + comparison.NewSeries.Count + comparison.GoneSeries.Count + comparison.ChangedSeries.Count
            + comparison.NewDetectors.Count + comparison.GoneDetectors.Count + comparison.Regressions.Count == 0;
    }

    private static (string, string) Key(SeriesResult series) => (series.Path, series.Name);

    private static List<string> Names(BenchResult result) =>
        [.. result.Series.SelectMany(series => series.Detectors).Select(detector => detector.Name).Concat((result.Corpus ?? []).Select(corpus => corpus.Name)).Distinct(StringComparer.Ordinal)];

    private static DetectorResult? Of(SeriesResult series, string detector) => series.Detectors.FirstOrDefault(result => result.Name == detector);

    // Scores of stored results have no verdicts by series to compute them from.
    private static Score? Stored(BenchResult result, string detector) => result.Corpus?.FirstOrDefault(corpus => corpus.Name == detector && corpus.Fitted)?.Score;

    private static VerdictChange? Change(string path, DetectorResult before, DetectorResult after)
    {
        int[] gained = [.. after.Anomalies.Except(before.Anomalies)];
        int[] lost = [.. before.Anomalies.Except(after.Anomalies)];
        var error = before.Error is null ? after.Error : null;
        return gained.Length + lost.Length > 0 || error is not null ? new(path, after.Name, gained, lost, error) : null;
    }

    private static DetectorTotals Totals(List<DetectorResult> results, List<Score> scores, Score? stored)
    {
        var totals = new DetectorTotals(results.Sum(result => result.Anomalies.Count), results.Count(result => result.Error is not null));
        return (scores.Count > 0 ? Scorer.Combine(scores) : stored) is { } score
            ? totals with { Nab = score.Nab.Standard, VusPr = score.VusPr, Found = score.Events.Found, Missed = score.Events.Missed, False = score.Events.False }
            : totals;
    }

    private static IEnumerable<string> Regressions(DetectorComparison detector, double tolerance)
    {
        var (before, after) = (detector.Before, detector.After);
        if (before.Nab - after.Nab > 100 * tolerance)
            yield return string.Create(CultureInfo.InvariantCulture, $"{detector.Name}: the NAB score fell from {before.Nab:0.00} to {after.Nab:0.00}.");
        if (before.VusPr - after.VusPr > tolerance)
            yield return string.Create(CultureInfo.InvariantCulture, $"{detector.Name}: VUS-PR fell from {before.VusPr:0.0000} to {after.VusPr:0.0000}.");
        if (after.Missed - before.Missed > tolerance * (before.Missed + before.Found))
            yield return $"{detector.Name}: {after.Missed} labelled anomalies are missed, before {before.Missed}.";
        if (after.False - before.False > tolerance * before.False)
            yield return $"{detector.Name}: {after.False} false alerts, before {before.False}.";
    }
}
