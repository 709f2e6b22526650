using Flotilla.Core;

namespace Flotilla.Inspection.Fixing;

/// <summary>What was mended, or would be.</summary>
public sealed record FixReport
{
    /// <summary>The files that change, sorted by path.</summary>
    public required IReadOnlyList<FixedFile> Files { get; init; }

    /// <summary>Fixes that were not kept, and why, sorted by path.</summary>
    public IReadOnlyList<RefusedFix> Refused { get; init; } = [];

    /// <summary>How many fixes touch what another one changes: they can be had by mending again.</summary>
    public int Overlapping { get; init; }

    /// <summary>Tools that could not tell their fixes.</summary>
    public IReadOnlyList<Problem> Failures { get; init; } = [];

    /// <summary>Whether the files were written.</summary>
    public required bool Written { get; init; }
}

/// <summary>A file that is mended.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Before">Its text before.</param>
/// <param name="After">Its text after.</param>
/// <param name="Fixed">What is mended in it, in the order of the file.</param>
public sealed record FixedFile(string Path, string Before, string After, IReadOnlyList<Finding> Fixed);

/// <summary>Fixes of a file that are not kept.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Findings">What they would have mended.</param>
/// <param name="Why">What is wrong with them.</param>
public sealed record RefusedFix(string Path, IReadOnlyList<Finding> Findings, Problem Why);
