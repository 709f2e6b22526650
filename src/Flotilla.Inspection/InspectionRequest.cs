using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection;

/// <summary>What is to be inspected, and how.</summary>
/// <param name="Root">The folder that paths are relative to, absolute.</param>
public sealed record InspectionRequest(string Root)
{
    /// <summary>Files and folders, relative to the root or absolute; none means the root.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The tools to choose from.</summary>
    public Toolbox Tools { get; init; } = Toolbox.BuiltIn();

    /// <summary>What the profile says to a tool of a name.</summary>
    public Func<string, ToolSettings> Settings { get; init; } = _ => new ToolSettings();

    /// <summary>Whether the profile leaves out a path, relative to the root.</summary>
    public Func<string, bool> Ignores { get; init; } = _ => false;

    /// <summary>Run these alone; null for what the profile says.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Run these too.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Do not run these.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Whether equal findings of several tools are joined.</summary>
    public bool Blend { get; init; } = true;

    /// <summary>Which names are one defect's.</summary>
    public DefectNames Names { get; init; } = DefectNames.BuiltIn;

    /// <summary>Where results are kept between inspections; null keeps none.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>After which a program of a tool is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many programs run at once; by default one for each core.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
