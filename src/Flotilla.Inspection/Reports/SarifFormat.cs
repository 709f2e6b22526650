using System.Globalization;
using Flotilla.Inspection.Fingerprints;

namespace Flotilla.Inspection.Reports;

/// <summary>
/// SARIF 2.1.0: one run; a rule for each code of each tool, named <c>tool/code</c>, so that two tools' equal codes stay apart and
/// a rule keeps its name whichever tools run; what the code's author silenced is there with its suppression; tools that failed or were missing are notifications.
/// </summary>
internal sealed class SarifFormat : IReportFormat
{
    public string Name => "sarif";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) => ReportJson.Write(new SarifWriter(report, options).Log(), ReportJson.Sarif, output);
}

internal sealed class SarifWriter(InspectionReport report, ReportOptions options)
{
    private const string Root = "SRCROOT";

    private readonly SarifRules _rules = new();
    private readonly List<SarifArtifact> _artifacts = [];
    private readonly Dictionary<string, int> _artifactOf = new(StringComparer.Ordinal);

    public SarifLog Log()
    {
        var results = options.SummaryOnly ? [] : Results();
        var invocation = new SarifInvocation(
            report.Tools.All(tool => tool.State != ToolState.Failed), Moment(report.Started), Moment(report.Completed),
            [.. report.Tools.Where(tool => tool.State != ToolState.Ran).Select(Notification)]);
        var driver = new SarifDriver("Flotilla", typeof(SarifWriter).Assembly.GetName().Version?.ToString(3) ?? "0.0.0", _rules.All);
        var properties = new SarifRunProperties(report.Files, report.Libraries, report.Profiles, report.Strictness, report.Known, [.. report.Tools.Select(JsonTool.Of)]);
        return new SarifLog([new SarifRun(new SarifTool(driver), [invocation], Bases(), _artifacts, results, properties)]);
    }

    private List<SarifResult> Results()
    {
        var lines = new SourceLines(report.Root);
        IReadOnlyList<Finding> silenced = [.. report.Suppressed.Select(suppressed => suppressed.Finding)];

        // The fingerprints are made apart, so that a comment that silences one finding does not number the others anew.
        var found = report.Findings.Zip(Fingerprint.Of(report.Findings, lines.Of), (finding, fingerprint) => Result(finding, null, fingerprint));
        return [.. found, .. report.Suppressed.Zip(Fingerprint.Of(silenced, lines.Of), (suppressed, fingerprint) => Result(suppressed.Finding, suppressed, fingerprint))];
    }

    private SarifResult Result(Finding finding, SuppressedFinding? by, string fingerprint)
    {
        var (rule, index) = _rules.Of(finding);
        var physical = new SarifPhysicalLocation(Artifact(finding.Location.Path), Region(finding.Location));
        return new SarifResult(
            rule, index, ReportText.Word(finding.Severity), new SarifText(Words(finding.Message, rule)),
            [new SarifLocation(null, physical, Logical(finding.Location))],
            new SortedDictionary<string, string>(StringComparer.Ordinal) { [Fingerprint.Scheme] = fingerprint, ["primaryLocationLineHash"] = fingerprint })
        {
            RelatedLocations = finding.AlsoReportedBy.Count == 0 ? null :
                [.. finding.AlsoReportedBy.Select((name, i) => new SarifLocation(i + 1, physical, null, new SarifText($"{name.Tool} {name.Code}: {name.Message}")))],
            Suppressions = by is null ? [] : [Suppression(by, physical)],
            Properties = new SarifResultProperties(finding.Tool, finding.IsFixable, Also(finding)),
        };
    }

    private static SarifSuppression Suppression(SuppressedFinding by, SarifPhysicalLocation physical) =>
        new("inSource", by.By, new SarifLocation(null, physical with { Region = by.Line >= 1 ? new SarifRegion(by.Line, null, null, null) : null }, null));

    private static SarifAlso[]? Also(Finding finding) =>
        finding.AlsoReportedBy.Count == 0 ? null : [.. finding.AlsoReportedBy.Select(name => new SarifAlso(name.Tool, name.Code, name.Message))];

    private SarifArtifactLocation Artifact(string path)
    {
        if (!_artifactOf.TryGetValue(path, out var index))
        {
            index = _artifactOf[path] = _artifacts.Count;
            _artifacts.Add(new SarifArtifact(Location(path)));
        }
        return _artifacts[index].Location with { Index = index };
    }

    private static SarifArtifactLocation Location(string path) =>
        Path.IsPathRooted(path) ? new SarifArtifactLocation("file://" + Encoded(path), null, null) : new SarifArtifactLocation(Encoded(path), Root, null);

    /// <summary>RFC 3986, section 3.3: segments are escaped, so that no first one looks like a scheme.</summary>
    private static string Encoded(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>3.30.6 to 3.30.8: an end before the start is no region; nor is a place without a line.</summary>
    private static SarifRegion? Region(FindingLocation place)
    {
        if (place.Line is not { } line || line < 1) return null;
        var startColumn = place.Column is >= 1 ? place.Column : null;
        var endLine = place.EndLine >= line ? place.EndLine : null;
        var least = endLine > line ? 1 : startColumn ?? 1;
        var endsBefore = place.EndLine < line || place.EndColumn < least;
        return new SarifRegion(line, startColumn, endLine, endsBefore ? null : place.EndColumn);
    }

    private static SarifLogicalLocation[]? Logical(FindingLocation place) => (place.Module, place.Function) switch
    {
        (null, null) => null,
        ({ } module, null) => [new SarifLogicalLocation(module, "module")],
        (var module, { } function) => [new SarifLogicalLocation(module is null ? function : $"{module}.{function}", "member")],
    };

    private SortedDictionary<string, SarifBase> Bases() => new(StringComparer.Ordinal)
    {
        [Root] = new SarifBase(options.AbsolutePaths ? $"file://{Encoded(report.Root.TrimEnd('/'))}/" : null, new SarifText("The folder that was inspected.")),
    };

    private static SarifNotification Notification(ToolReport tool)
    {
        var failed = tool.State == ToolState.Failed;
        var words = tool.Problem?.ToString() ?? (failed ? "It did not come to its end." : "It is not installed.");
        return new SarifNotification(failed ? "error" : "note", new SarifText($"{tool.Name}: {words}"), new SarifNotificationProperties(tool.Name, ReportText.Word(tool.State)));
    }

    /// <summary>3.11.6: what looks like a link in a message is one to readers of SARIF, which tools do not mean.</summary>
    private static string Words(string message, string otherwise)
    {
        var text = message.Trim();
        if (text.Length == 0) return otherwise;
        return text.Contains("](", StringComparison.Ordinal) ? text.Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]") : text;
    }

    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

/// <summary>The rules in the order in which results name them first.</summary>
internal sealed class SarifRules
{
    private readonly List<SarifRule> _rules = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    public IReadOnlyList<SarifRule> All => _rules;

    public (string Id, int Index) Of(Finding finding)
    {
        var id = $"{finding.Tool}/{finding.Code}";
        if (_indexes.TryGetValue(id, out var index)) return (id, index);
        _indexes[id] = index = _rules.Count;
        _rules.Add(new SarifRule(
            id, finding.Code, new SarifText($"{finding.Code}, which {finding.Tool} reports."), HelpUri(finding.DocUrl),
            new SarifConfiguration(ReportText.Word(finding.Severity)), new SarifRuleProperties(finding.Tool, finding.Code, [finding.Tool])));
        return (id, index);
    }

    /// <summary>3.49.12: an absolute URI.</summary>
    private static string? HelpUri(string? url) => WebAddress.Of(url);
}
