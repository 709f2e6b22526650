using FsCheck;
using FsCheck.Fluent;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Tests.Scoring;

/// <summary>Random labelled series: few distinct scores, so that ties are many, and windows of every position and width.</summary>
internal static class RandomSeries
{
    public static Gen<ScoredSeries> Series(int rowsMost) =>
        from rows in Gen.Choose(1, rowsMost)
        from levels in Gen.Choose(1, 12)
        from scores in Gen.ArrayOf(Gen.Choose(0, levels), rows)
        from edges in Gen.ArrayOf(Gen.Choose(0, rows - 1), 6)
        from used in Gen.Choose(0, 3)
        select new ScoredSeries([.. scores.Select(score => score / (double)levels)], [.. WindowsOf(edges, used)]);

    public static Gen<List<ScoredSeries>> Corpus(int rowsMost) =>
        from count in Gen.Choose(1, 4)
        from series in Gen.ArrayOf(Series(rowsMost), count)
        select series.ToList();

    public static IReadOnlyList<Point> Points(int rows) => [.. Enumerable.Range(0, rows).Select(row => new Point(DateTimeOffset.UnixEpoch.AddMinutes(row), row))];

    private static IEnumerable<LabelWindow> WindowsOf(int[] edges, int used)
    {
        var distinct = edges.Distinct().Order().ToArray();
        for (var i = 0; i + 1 < distinct.Length && i / 2 < used; i += 2) yield return new(distinct[i], distinct[i + 1]);
        if (distinct.Length == 1 && used > 0) yield return new(distinct[0], distinct[0]);
    }
}
