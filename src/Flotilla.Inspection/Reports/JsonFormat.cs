using System.Text.Json;

namespace Flotilla.Inspection.Reports;

/// <summary>Prospector's JSON, with additions only.</summary>
internal sealed class JsonFormat : IReportFormat
{
    public string Name => "json";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) =>
        ReportJson.Write(JsonReport.Of(report, options, Name), ReportJson.Report, output);
}

/// <summary>The tree of <see cref="JsonFormat"/> as YAML.</summary>
internal sealed class YamlFormat : IReportFormat
{
    public string Name => "yaml";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output) =>
        YamlTree.Write(JsonSerializer.SerializeToNode(JsonReport.Of(report, options, Name), ReportJson.Report), output);
}
