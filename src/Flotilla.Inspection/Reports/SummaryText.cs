using Flotilla.Core;

namespace Flotilla.Inspection.Reports;

/// <summary>How an inspection went, as the block of text that ends the formats for people, and the profile before it.</summary>
internal static class SummaryText
{
    public static void Write(InspectionReport report, string format, Paint paint, TextWriter output)
    {
        Heading("Check Information", paint, output);
        var lines = Lines(report, format).ToList();
        var width = lines.Max(line => line.Label.Length);
        foreach (var (label, values, severity) in lines)
        {
            var text = values.Count == 0 ? "-" : string.Join("\n" + new string(' ', width + 3), values);
            output.Write($" {label.PadLeft(width)}: {(severity is { } worse ? paint.Severity(worse, text) : text)}\n");
        }
    }

    public static void WriteProfile(string profile, Paint paint, TextWriter output)
    {
        Heading("Profile", paint, output);
        output.Write('\n');
        foreach (var line in ReportText.Lines(profile)) output.Write(line + "\n");
    }

    public static void Heading(string text, Paint paint, TextWriter output) => output.Write($"{paint.Bold(text)}\n{new string('=', text.Length)}\n");

    private static IEnumerable<(string Label, IReadOnlyList<string> Values, Severity? Severity)> Lines(InspectionReport report, string format)
    {
        yield return ("Started", [ReportText.Moment(report.Started)], null);
        yield return ("Finished", [ReportText.Moment(report.Completed)], null);
        yield return ("Time Taken", [$"{ReportText.Seconds(report)} seconds"], null);
        yield return ("Formatter", [format], null);
        yield return ("Profiles", Joined(report.Profiles), null);
        yield return ("Strictness", [report.Strictness is { } strictness ? ReportText.Visible(strictness) : "none"], null);
        yield return ("Libraries Used", Joined(report.Libraries), null);
        yield return ("Files", Joined(report.Files.Select(language => $"{language.Value} {language.Key}")), null);
        yield return ("Tools Run", Joined(Of(report, ToolState.Ran).Select(Ran)), null);
        if (Of(report, ToolState.Missing).ToList() is { Count: > 0 } missing) yield return ("Tools Missing", [.. missing.Select(tool => Problem(tool, "is not installed."))], Severity.Note);
        if (Of(report, ToolState.Failed).ToList() is { Count: > 0 } failed) yield return ("Tools Failed", [.. failed.Select(tool => Problem(tool, "did not come to its end."))], Severity.Error);
        yield return ("Messages Found", [Found(report)], null);
        if (report.Suppressed.Count > 0) yield return ("Suppressed", [$"{report.Suppressed.Count} by comments or attributes in the code"], null);
        if (report.Known > 0) yield return ("Known", [$"{report.Known} that the baseline holds already"], null);
        if (report.ExternalConfiguration.Count > 0) yield return ("External Config", Joined(report.ExternalConfiguration.Select(each => $"{each.Key}: {each.Value}")), null);
    }

    private static IEnumerable<ToolReport> Of(InspectionReport report, ToolState state) => report.Tools.Where(tool => tool.State == state);

    private static IReadOnlyList<string> Joined(IEnumerable<string> values) => string.Join(", ", values.Select(ReportText.Visible)) is { Length: > 0 } text ? [text] : [];

    private static string Ran(ToolReport tool) => tool.Version is null ? tool.Name : $"{tool.Name} {tool.Version}";

    private static string Found(InspectionReport report) =>
        report.Findings.Count == 0 ? "0" : $"{report.Findings.Count} ({ReportText.BySeverity(report.Findings)})";

    private static string Problem(ToolReport tool, string otherwise) =>
        $"{ReportText.Visible(tool.Name)}: {ReportText.OneLine((tool.Problem ?? new Problem($"It {otherwise}")).ToString())}";
}
