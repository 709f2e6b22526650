using System.Text.Json.Serialization;
using Flotilla.Inspection.Fingerprints;

namespace Flotilla.Inspection.Reports;

/// <summary>GitLab's Code Quality report (GitLab's documentation, "Code Quality report format"). Fingerprints stay when lines move.</summary>
internal sealed class GitLabFormat : IReportFormat
{
    public string Name => "gitlab";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output)
    {
        IReadOnlyList<Finding> findings = options.SummaryOnly ? [] : report.Findings;
        var fingerprints = Fingerprint.Of(findings, new SourceLines(report.Root).Of);
        IReadOnlyList<GitLabIssue> issues = [.. findings.Zip(fingerprints, (finding, fingerprint) => Issue(report, options, finding, fingerprint))];
        ReportJson.Write(issues, ReportJson.GitLab, output);
    }

    private static GitLabIssue Issue(InspectionReport report, ReportOptions options, Finding finding, string fingerprint)
    {
        var place = finding.Location;
        var lines = new GitLabLines(place.Line ?? 1, place is { Line: { } line, EndLine: { } end } && end >= line ? end : null);
        return new GitLabIssue(
            "issue", finding.Code, $"{finding.Tool}[{finding.Code}]: {finding.Message.Trim()}", Severity(finding.Severity),
            new GitLabLocation(ReportText.FilePath(report, options, place.Path), lines), fingerprint);
    }

    private static string Severity(Severity severity) => severity switch
    {
        Inspection.Severity.Error => "major",
        Inspection.Severity.Warning => "minor",
        _ => "info",
    };
}

internal sealed record GitLabIssue(
    string Type, [property: JsonPropertyName("check_name")] string CheckName, string Description, string Severity, GitLabLocation Location, string Fingerprint);

internal sealed record GitLabLocation(string Path, GitLabLines Lines);

internal sealed record GitLabLines(int Begin, int? End);
