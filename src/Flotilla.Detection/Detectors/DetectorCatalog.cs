using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>The detectors that come with Flotilla by name, and the groups that <c>flotilla bench --detectors</c> takes.</summary>
public static class DetectorCatalog
{
    /// <summary>The nine algorithms of Crucible and Skyline with exactly their verdicts.</summary>
    public static IReadOnlyList<DetectorDefinition> Crucible { get; } = CrucibleDetectors.All;

    /// <summary>Detectors of today.</summary>
    public static IReadOnlyList<DetectorDefinition> Modern { get; } = [.. NoveltyDetectors.All, .. ChartDetectors.All, .. ShapeDetectors.All];

    /// <summary>The one to start with.</summary>
    public static IReadOnlyList<DetectorDefinition> Recommended { get; } = [Detectors.Novelty()];

    /// <summary>Every detector, each once.</summary>
    public static IReadOnlyList<DetectorDefinition> All { get; } =
        [.. Recommended.Concat(Modern).Concat(Crucible).Append(Detectors.Skyline(windowHours: double.PositiveInfinity)).DistinctBy(detector => detector.Name)];

    /// <summary>The detectors of a list of names and groups, each once, in the order given.</summary>
    /// <param name="names">Names of detectors, <c>crucible</c>, <c>modern</c>, <c>recommended</c>, <c>all</c>.</param>
    /// <param name="own">Further detectors that can be named.</param>
    /// <exception cref="ProblemException">A name that is neither.</exception>
    public static IReadOnlyList<DetectorDefinition> Select(IEnumerable<string> names, IReadOnlyList<DetectorDefinition>? own = null)
    {
        IReadOnlyList<DetectorDefinition> known = [.. own ?? [], .. All];
        return [.. names.SelectMany(name => name switch
        {
            "crucible" => Crucible,
            "modern" => Modern,
            "recommended" => Recommended,
            "all" => known,
            _ => [known.FirstOrDefault(detector => detector.Name == name) ?? throw Unknown(name, known)],
        }).DistinctBy(detector => detector.Name)];
    }

    private static ProblemException Unknown(string name, IReadOnlyList<DetectorDefinition> known)
    {
        string[] names = ["crucible", "modern", "recommended", "all", .. known.Select(detector => detector.Name)];
        var near = Suggestion.For(name, names) is { } suggestion ? $"Did you mean \"{suggestion}\"? " : "";
        return new(new Problem($"There is no detector \"{name}\".", Fix: $"{near}Run \"flotilla bench detectors\" for the list."));
    }
}
