using Flotilla.Core;

namespace Flotilla.Inspection;

/// <summary>All that an inspection found, and how it went.</summary>
public sealed record InspectionReport
{
    /// <summary>The folder that paths are relative to, absolute.</summary>
    public required string Root { get; init; }

    /// <summary>Sorted by path, line (none first), column, tool, code.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What comments or attributes in the code silenced.</summary>
    public IReadOnlyList<SuppressedFinding> Suppressed { get; init; } = [];

    /// <summary>Each tool that was considered, sorted by name.</summary>
    public IReadOnlyList<ToolReport> Tools { get; init; } = [];

    /// <summary>The frameworks that the tools were adapted to, sorted.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>The name of the strictness; null where a profile asks for none.</summary>
    public string? Strictness { get; init; }

    /// <summary>The profiles in order of precedence.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>How many files of each language were inspected.</summary>
    public IReadOnlyDictionary<string, int> Files { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Files of the tools' own configuration that were honoured, by tool.</summary>
    public IReadOnlyDictionary<string, string> ExternalConfiguration { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How many findings a baseline or a base revision held already, and are not among <see cref="Findings"/>.</summary>
    public int Known { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Completed { get; init; }
}

/// <summary>A finding that the code's author silenced.</summary>
/// <param name="Finding">What the tool said.</param>
/// <param name="By">The comment or attribute as it stands in the code: <c># noqa: F401</c>.</param>
/// <param name="Line">Its line.</param>
public sealed record SuppressedFinding(Finding Finding, string By, int Line);

/// <summary>How one tool fared.</summary>
/// <param name="Name">The tool.</param>
/// <param name="State">What became of it.</param>
public sealed record ToolReport(string Name, ToolState State)
{
    /// <summary>What it calls its version; null when it is not there.</summary>
    public string? Version { get; init; }

    /// <summary>Why it failed, or what to do to have it; null when it ran.</summary>
    public Problem? Problem { get; init; }

    /// <summary>How many files it looked at.</summary>
    public int Files { get; init; }

    /// <summary>How many of those were answered from the cache.</summary>
    public int Cached { get; init; }

    /// <summary>How many findings it had before suppression and blending.</summary>
    public int Findings { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}

/// <summary>What became of a tool in an inspection.</summary>
public enum ToolState
{
    /// <summary>It ran, or its answers were in the cache.</summary>
    Ran,

    /// <summary>The machine has it not; <see cref="ToolReport.Problem"/> says how to install it.</summary>
    Missing,

    /// <summary>It could not do its work; what the other tools found holds.</summary>
    Failed,
}
