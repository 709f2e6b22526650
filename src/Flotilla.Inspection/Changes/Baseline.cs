using Flotilla.Core;
using Flotilla.Inspection.Fingerprints;
using Flotilla.Inspection.Reports;
using Flotilla.Inspection.Suppression;

namespace Flotilla.Inspection.Changes;

/// <summary>
/// Findings that are known and accepted for now. They are kept by content and not by line (see the remarks), so that moving code, or indenting it
/// anew, makes none of them new; one that occurs three times is kept three times.
/// </summary>
/// <remarks>
/// The file is JSON: <c>format</c> is <c>flotilla-baseline</c>, <c>version</c> is 1, <c>fingerprints</c> names the way in which fingerprints are made, and
/// <c>findings</c> is a list of <c>path</c>, <c>tool</c>, <c>code</c>, <c>message</c> and <c>fingerprint</c>, sorted by these in this order, each on a line
/// of its own, so that a change of it reads well in a review and two branches' changes merge. The message is there for people.
/// </remarks>
public sealed class Baseline
{
    internal Baseline(IEnumerable<BaselineEntry> entries) => Entries = [.. entries.Order(BaselineEntry.Order)];

    /// <summary>The known findings, sorted.</summary>
    public IReadOnlyList<BaselineEntry> Entries { get; }

    /// <summary>All findings of a report.</summary>
    public static Baseline Of(InspectionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var lines = new SourceLines(report.Root);
        var fingerprints = Fingerprint.Of(report.Findings, lines.Of);
        return new Baseline(report.Findings.Select((finding, i) => new BaselineEntry(finding.Location.Path, finding.Tool, finding.Code, finding.Message, fingerprints[i])));
    }

    /// <summary>Writes a report's findings to a file, which is replaced in one step.</summary>
    /// <exception cref="ProblemException">The file cannot be written.</exception>
    public static void Save(InspectionReport report, string path) => BaselineFile.Write(Of(report), path);

    /// <summary>The files that <see cref="Save"/> writes: the one asked for, and one beside it that takes its place.</summary>
    public static IReadOnlyList<string> FilesWritten(string path) => [path, BaselineFile.Temporary(path)];

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ProblemException">It is not there, or is no such file; the line is named.</exception>
    public static Baseline Load(string path) => BaselineFile.Read(path);

    /// <summary>Leaves known findings out of a report, and counts them in <see cref="InspectionReport.Known"/>.</summary>
    /// <param name="report">The report, of any part of the tree.</param>
    /// <param name="baseline">What is known.</param>
    /// <param name="inspected">Whether the inspection covered a path: only then can what is known of it be gone. Null when it covered all.</param>
    public static BaselineResult Apply(InspectionReport report, Baseline baseline, Func<string, bool>? inspected = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(baseline);
        var known = baseline.Entries.Select(entry => entry.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var lines = new SourceLines(report.Root);
        var fingerprints = Fingerprint.Of(report.Findings, lines.Of);
        var fresh = report.Findings.Where((_, i) => !known.Contains(fingerprints[i])).ToList();
        var standing = fingerprints.ToHashSet(StringComparer.Ordinal);
        // A tool that was left out, or did not come to its end, says nothing about what is gone.
        var heard = report.Tools.Where(tool => tool.State == ToolState.Ran).Select(tool => tool.Name).Append(Suppressor.Name).ToHashSet(StringComparer.Ordinal);
        return new BaselineResult(report with { Findings = fresh, Known = report.Known + report.Findings.Count - fresh.Count })
        {
            Absent = [.. baseline.Entries.Where(entry => !standing.Contains(entry.Fingerprint) && heard.Contains(entry.Tool) && inspected?.Invoke(entry.Path) != false)],
        };
    }
}

/// <summary>A known finding.</summary>
/// <param name="Path">Its file, relative to the root of the inspection.</param>
/// <param name="Tool">The analyser.</param>
/// <param name="Code">What the analyser calls it.</param>
/// <param name="Message">The analyser's words when it was recorded.</param>
/// <param name="Fingerprint">32 hexadecimal digits, made of the above, the text of the line, and a number among equal ones.</param>
public sealed record BaselineEntry(string Path, string Tool, string Code, string Message, string Fingerprint)
{
    internal static Comparer<BaselineEntry> Order { get; } = Comparer<BaselineEntry>.Create((x, y) =>
    {
        var order = string.CompareOrdinal(x.Path, y.Path);
        if (order == 0) order = string.CompareOrdinal(x.Tool, y.Tool);
        if (order == 0) order = string.CompareOrdinal(x.Code, y.Code);
        if (order == 0) order = string.CompareOrdinal(x.Message, y.Message);
        return order == 0 ? string.CompareOrdinal(x.Fingerprint, y.Fingerprint) : order;
    });
}

/// <summary>What a baseline leaves of a report.</summary>
/// <param name="Report">The report without what is known.</param>
public sealed record BaselineResult(InspectionReport Report)
{
    /// <summary>What is known and is no more, by tools that ran: the baseline can be written anew without it.</summary>
    public IReadOnlyList<BaselineEntry> Absent { get; init; } = [];
}
