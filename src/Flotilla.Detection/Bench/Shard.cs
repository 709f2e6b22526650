using System.Globalization;
using Flotilla.Core;

namespace Flotilla.Detection.Bench;

/// <summary>
/// Part <paramref name="Index"/> of <paramref name="Count"/> of a run, for work that one machine is too small for. All parts together do each pair of
/// series and detector once; see <see cref="BenchMerge"/>.
/// </summary>
/// <param name="Index">From 1 to <paramref name="Count"/>.</param>
/// <param name="Count">At least 1.</param>
/// <remarks>
/// The pairs are put in an order that depends on nothing but the files' sizes, their paths and the detectors' names: the
/// largest file first, equal sizes by a hash (FNV-1a of 64 bits) of path and name. Then they are dealt out in turn, so that the parts differ by one
/// pair at most, and each has its share of the large files and of the slow detectors.
/// </remarks>
public sealed record Shard(int Index, int Count)
{
    /// <summary>Reads <c>2/5</c>.</summary>
    /// <exception cref="ProblemException">It is not of that form, or the first number is not one of 1 to the second.</exception>
    public static Shard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('/') is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && index >= 1 && index <= count)
        {
            return new(index, count);
        }
        throw new ProblemException(new Problem($"\"{text}\" is not a part of a run.", Fix: "Write the part and how many there are, such as 1/4 to 4/4."));
    }

    /// <summary><c>2/5</c>.</summary>
    public override string ToString() => $"{Index}/{Count}";

    internal IEnumerable<T> Of<T>(IEnumerable<T> pairs, Func<T, long> size, Func<T, string> path, Func<T, string> detector) =>
        pairs
            .Select(pair => (Pair: pair, Size: size(pair), Path: path(pair), Detector: detector(pair)))
            .OrderByDescending(each => each.Size)
            .ThenBy(each => Hash(each.Path, each.Detector))
            .ThenBy(each => each.Path, StringComparer.Ordinal)
            .ThenBy(each => each.Detector, StringComparer.Ordinal)
            .Where((_, at) => at % Count == Index - 1)
            .Select(each => each.Pair);

    private static ulong Hash(string path, string detector)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in $"{path}\n{detector}") hash = unchecked((hash ^ letter) * 1099511628211UL);
        return hash;
    }
}
