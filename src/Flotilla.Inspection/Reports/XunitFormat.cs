using System.Globalization;
using System.Xml;

namespace Flotilla.Inspection.Reports;

/// <summary>
/// JUnit's XML as CI servers read it (the schema of the Jenkins xUnit plugin): a test suite whose tests are the findings, each with an error.
/// What tools failed stands in <c>system-err</c>.
/// </summary>
internal sealed class XunitFormat : IReportFormat
{
    public string Name => "xunit";

    public void Write(InspectionReport report, ReportOptions options, TextWriter output)
    {
        var findings = options.SummaryOnly ? [] : report.Findings;
        var tools = report.Tools.Where(tool => tool.State != ToolState.Missing).Select(tool => tool.Name);

        // The declaration is written by hand: a writer of text would name the encoding of its own memory, UTF-16.
        output.Write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Legal(string.Join('-', tools.Prepend("flotilla"))));
            xml.WriteAttributeString("tests", Number(findings.Count));
            xml.WriteAttributeString("errors", Number(findings.Count));
            xml.WriteAttributeString("failures", "0");
            xml.WriteAttributeString("skipped", "0");
            xml.WriteAttributeString("time", ReportText.Seconds(report));
            xml.WriteAttributeString("timestamp", report.Started.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            foreach (var finding in findings) WriteFinding(xml, finding, Legal(ReportText.FilePath(report, options, finding.Location.Path)));
            if (!options.MessagesOnly && report.Tools.Any(tool => tool.State == ToolState.Failed)) WriteFailures(xml, report);
            xml.WriteEndElement();
        }
        output.Write('\n');
    }

    private static void WriteFinding(XmlWriter xml, Finding finding, string path)
    {
        var place = finding.Location;
        var line = place.Line is { } number ? Number(number) : "";
        var message = string.Join('\n', ReportText.Lines(finding.Message));
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Legal(place.Module ?? ReportText.ModuleOf(place.Path)));
        xml.WriteAttributeString("name", line.Length == 0 ? path : $"{path}-{line}");
        xml.WriteAttributeString("time", "0");
        xml.WriteStartElement("error");
        xml.WriteAttributeString("message", message);
        xml.WriteAttributeString("type", $"{Legal(finding.Tool)} Error");
        var name = Legal(place.Function is { } function ? $"[{finding.Code}({finding.Tool}), {function}]" : $"{finding.Code}({finding.Tool})");
        xml.WriteCData($"{path}{(line.Length == 0 ? "" : ":" + line)}: {name} {message}");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteFailures(XmlWriter xml, InspectionReport report)
    {
        var failures = report.Tools.Where(tool => tool.State == ToolState.Failed)
            .Select(tool => $"{Legal(tool.Name)}: {ReportText.OneLine(tool.Problem?.ToString() ?? "It did not come to its end.")}");
        xml.WriteElementString("system-err", string.Join('\n', failures));
    }

    /// <summary>XML 1.0, section 2.2, has no place for most control characters, not even escaped.</summary>
    private static string Legal(string text) => ReportText.Visible(text);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
