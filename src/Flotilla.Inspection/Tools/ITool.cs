using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Tools;

/// <summary>An analyser. Findings are its result; that it could not work is an answer, not an exception.</summary>
public interface ITool
{
    /// <summary>The name that profiles and <c>--tool</c> use.</summary>
    string Name { get; }

    /// <summary>What it looks for, as a phrase of a few words.</summary>
    string Description { get; }

    /// <summary>True when it runs unless a profile says otherwise.</summary>
    bool RunsByDefault { get; }

    /// <summary>What to do to have it: <c>apt install pylint</c>.</summary>
    string Install { get; }

    /// <summary>How far one file's findings depend on other files: what a cache must know.</summary>
    ToolScope Scope { get; }

    /// <summary>Whether it has something to say about a file.</summary>
    bool Takes(SourceFile file);

    /// <summary>Its version, or null when this machine has it not.</summary>
    Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken);

    /// <summary>Files beside those inspected that change what it finds, such as its own configuration: paths on this machine, whether they exist or not.</summary>
    IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings);

    /// <summary>Inspects files, all of which it <see cref="Takes"/>.</summary>
    Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken);
}

/// <summary>How far one file's findings depend on other files.</summary>
public enum ToolScope
{
    /// <summary>On the file alone.</summary>
    File,

    /// <summary>On the file and the project's modules that it imports, directly or not.</summary>
    Imports,

    /// <summary>On every file that it takes.</summary>
    Project,
}

/// <summary>What a tool is asked.</summary>
/// <param name="Tree">Everything under inspection; paths of findings are relative to its root.</param>
/// <param name="Files">The files to say something about.</param>
/// <param name="Settings">What the profile says to this tool.</param>
/// <param name="Machine">Runs programs.</param>
public sealed record ToolRun(SourceTree Tree, IReadOnlyList<SourceFile> Files, ToolSettings Settings, IMachine Machine)
{
    /// <summary>After which a program of the tool is killed, and the tool has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many programs it may run at once.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Whether the tree is gone after this, so that nothing that a tool keeps about its paths would be found again.</summary>
    public bool IsPassing { get; init; }
}

/// <summary>What a tool answered.</summary>
/// <param name="Findings">What it found, as far as it came.</param>
/// <param name="Failure">Why it did not come to its end; null when it did.</param>
public sealed record ToolOutcome(IReadOnlyList<Finding> Findings, Problem? Failure = null)
{
    /// <summary>What the tool itself found silenced in the code, where it tells.</summary>
    public IReadOnlyList<SuppressedFinding> Suppressed { get; init; } = [];

    /// <summary>Frameworks that the tool noticed and adapted to.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];
}
