using Flotilla.Core;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Fixing;

/// <summary>An analyser that knows how to mend what it finds.</summary>
public interface IFixingTool : ITool
{
    /// <summary>Tells how findings can be mended; nothing is written.</summary>
    /// <param name="run">The files with findings, and how to run.</param>
    /// <param name="findings">What this tool said of these files and is wanted mended, in this tool's own words.</param>
    /// <param name="cancellationToken">Kills the tool.</param>
    Task<FixOutcome> FindFixesAsync(ToolRun run, IReadOnlyList<Finding> findings, CancellationToken cancellationToken);
}

/// <summary>How findings can be mended.</summary>
/// <param name="Fixes">Each with the finding that it mends.</param>
/// <param name="Failure">Why the tool did not come to its end; null when it did.</param>
public sealed record FixOutcome(IReadOnlyList<FindingFix> Fixes, Problem? Failure = null);

/// <summary>What mends a finding.</summary>
/// <param name="Finding">The finding, as the tool words it.</param>
/// <param name="Edits">Replacements in the finding's file that belong together.</param>
public sealed record FindingFix(Finding Finding, IReadOnlyList<TextEdit> Edits);

/// <summary>A replacement of a part of a text.</summary>
/// <param name="Line">Where it begins, counted from 1.</param>
/// <param name="Column">In characters (Unicode code points), counted from 1.</param>
/// <param name="EndLine">Where it ends.</param>
/// <param name="EndColumn">The column after the last character; equal places insert.</param>
/// <param name="Text">What stands there then; <c>\n</c> becomes the file's own end of line.</param>
public sealed record TextEdit(int Line, int Column, int EndLine, int EndColumn, string Text);
