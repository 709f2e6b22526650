namespace Flotilla.Inspection;

/// <summary>One message about code, said by one tool and perhaps by others too.</summary>
/// <param name="Tool">The analyser that said it, such as <c>pylint</c> or <c>compiler</c>; the <c>source</c> of Prospector.</param>
/// <param name="Code">What the tool calls the defect: <c>unused-import</c>, <c>F401</c>, <c>CS0168</c>.</param>
/// <param name="Message">The tool's words.</param>
/// <param name="Location">Where.</param>
public sealed record Finding(string Tool, string Code, string Message, FindingLocation Location)
{
    /// <summary>How bad the tool says it is.</summary>
    public Severity Severity { get; init; } = Severity.Warning;

    /// <summary>A page about the code; null when the tool names none.</summary>
    public string? DocUrl { get; init; }

    /// <summary>True when the tool itself can mend it.</summary>
    public bool IsFixable { get; init; }

    /// <summary>The same defect in other tools' words, absorbed by blending; never another message of <see cref="Tool"/>.</summary>
    public IReadOnlyList<FindingName> AlsoReportedBy { get; init; } = [];
}

/// <summary>What a tool calls a defect, and its words.</summary>
public sealed record FindingName(string Tool, string Code, string Message);

/// <summary>A place in a file.</summary>
/// <param name="Path">Relative to the root of the inspection, with <c>/</c>; absolute when the file is outside of it.</param>
/// <param name="Line">Counted from 1; null when the finding is about the file as a whole.</param>
/// <param name="Column">In characters, counted from 1, whatever the tool's own base; null when the tool names none.</param>
public sealed record FindingLocation(string Path, int? Line = null, int? Column = null)
{
    /// <summary>The last line, counted from 1; null when the tool names none.</summary>
    public int? EndLine { get; init; }

    /// <summary>The column after the last character, counted from 1; null when the tool names none.</summary>
    public int? EndColumn { get; init; }

    /// <summary>The module or namespace, dotted; null when it is not known.</summary>
    public string? Module { get; init; }

    /// <summary>The function or member, dotted below its module; null when it is not known.</summary>
    public string? Function { get; init; }
}

/// <summary>How bad a finding is, in the words of SARIF's levels.</summary>
public enum Severity
{
    /// <summary>Style and hints.</summary>
    Note,

    /// <summary>Likely wrong, or a smell.</summary>
    Warning,

    /// <summary>Wrong: the code does not compile or will fail.</summary>
    Error,
}
