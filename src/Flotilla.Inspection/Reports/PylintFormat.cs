namespace Flotilla.Inspection.Reports;

/// <summary>
/// One line a finding under a heading for each module, as pylint's text output: <c>path:line:col: [code(tool), function]: message</c>,
/// and <c>code(tool)</c> where the function is not known; pylint's parseable output has no columns. Programs read this, so that it has findings only.
/// </summary>
internal sealed class PylintFormat(string name, bool hasColumns) : IReportFormat
{
    public string Name => name;

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) => ByModule.Write(report, options, output, (path, finding) =>
    {
        var place = finding.Location;
        var line = place.Line is { } number ? $":{number}" : "";
        var column = hasColumns && place is { Line: not null, Column: { } character } ? $":{character}" : "";
        var code = $"{ReportText.Visible(finding.Code)}({ReportText.Visible(finding.Tool)})";
        var said = place.Function is { } function ? $"[{code}, {ReportText.Visible(function)}]" : code;
        return $"{path}{line}{column}: {said}: {ReportText.OneLine(finding.Message)}";
    });
}

/// <summary>What Visual Studio Code's extension for Prospector reads: <c>line,col,code,code:tool message</c>; a finding about a whole file stands at 1,1.</summary>
internal sealed class VsCodeFormat : IReportFormat
{
    public string Name => "vscode";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) => ByModule.Write(report, options, output, (_, finding) =>
    {
        var code = ReportText.Visible(finding.Code);
        return $"{finding.Location.Line ?? 1},{finding.Location.Column ?? 1},{code},{code}:{ReportText.Visible(finding.Tool)} {ReportText.OneLine(finding.Message)}";
    });
}

/// <summary>Findings on a line each, under the module of their file.</summary>
internal static class ByModule
{
    public static void Write(InspectionReport report, ReportOptions options, TextWriter output, Func<string, Finding, string> line)
    {
        if (options.SummaryOnly) return;
        foreach (var file in report.Findings.GroupBy(finding => finding.Location.Path, StringComparer.Ordinal))
        {
            var path = ReportText.FilePath(report, options, file.Key);
            output.Write($"************* Module {ReportText.Visible(ReportText.ModuleOf(path))}\n");
            foreach (var finding in file) output.Write(line(ReportText.Visible(path), finding) + "\n");
        }
    }
}
