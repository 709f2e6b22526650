using System.Text.Json;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Flotilla.Inspection.Reports;
using YamlDotNet.RepresentationModel;

namespace Flotilla.Inspection.Tests.Reports;

public sealed class ReportFormatsTests
{
    public static TheoryData<string> Names => [.. ReportFormats.Names];

    [Fact]
    public void Formats_have_the_names_that_profiles_use()
    {
        ReportFormats.Names.ShouldBe(["grouped", "text", "emacs", "json", "yaml", "pylint", "pylint-parseable", "vscode", "xunit", "gitlab", "github", "sarif", "html"]);
        ReportFormats.Find("sarif").ShouldNotBeNull().Name.ShouldBe("sarif");
        ReportFormats.Find("Sarif").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_format_ends_lines_with_a_line_feed_and_writes_nothing_invisible(string format)
    {
        var text = SampleReport.Written(format);
        text.ShouldEndWith("\n");
        text.Where(c => c != '\n' && char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator)
            .Where(c => c != '\n').ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_format_writes_the_same_into_a_writer_of_another_system(string format)
    {
        var output = new StringWriter { NewLine = "\r\n" };
        ReportFormats.Find(format)!.Write(SampleReport.At("/nowhere"), new ReportOptions(), output);
        output.ToString().ShouldNotContain('\r');
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_format_can_write_a_report_of_nothing(string format)
    {
        var report = new InspectionReport { Root = "/", Findings = [], Started = DateTimeOffset.UnixEpoch, Completed = DateTimeOffset.UnixEpoch };
        Parse(format, SampleReport.Written(format, report));
        Parse(format, SampleReport.Written(format, report, new ReportOptions { MessagesOnly = true }));
        Parse(format, SampleReport.Written(format, report, new ReportOptions { SummaryOnly = true }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_summary_alone_names_no_finding_and_findings_alone_no_failed_tool(string format)
    {
        var summary = SampleReport.Written(format, options: new ReportOptions { SummaryOnly = true });
        summary.ShouldNotContain("Double quote to prevent globbing.");
        Parse(format, summary);
        var findings = SampleReport.Written(format, options: new ReportOptions { MessagesOnly = true });
        findings.ShouldContain("Double quote to prevent globbing.");
        if (format != "sarif") findings.ShouldNotContain("did not come to its end");
        Parse(format, findings);
    }

    [Theory]
    [InlineData("grouped", "/root/run it.sh")]
    [InlineData("text", "/root/run it.sh:")]
    [InlineData("emacs", "/root/run it.sh:2:6:")]
    [InlineData("pylint", "/root/run it.sh:2:6: ")]
    [InlineData("json", "\"path\": \"/root/run it.sh\"")]
    [InlineData("yaml", "path: \"/root/run it.sh\"")]
    [InlineData("xunit", "name=\"/root/run it.sh-2\"")]
    [InlineData("gitlab", "\"path\": \"/root/run it.sh\"")]
    [InlineData("github", "file=/root/run it.sh,")]
    [InlineData("sarif", "\"uri\": \"file:///root/\"")]
    [InlineData("html", "data-path=\"/root/run it.sh\"")]
    public void Paths_are_absolute_when_that_is_wanted(string format, string expected) =>
        SampleReport.Written(format, SampleReport.At("/root/"), new ReportOptions { AbsolutePaths = true }).ShouldContain(expected);

    [Fact]
    public void Any_words_can_be_written_in_any_format_and_read_again() =>
        Prop.ForAll<string, string, string>((path, code, message) =>
        {
            var finding = new Finding(code ?? "", code ?? "", message ?? "", new FindingLocation(path ?? "", 1, 1) { Module = path, Function = code })
            {
                AlsoReportedBy = [new FindingName(path ?? "", code ?? "", message ?? "")],
                DocUrl = message,
            };
            var report = new InspectionReport { Root = "/nowhere", Findings = [finding], Suppressed = [new SuppressedFinding(finding, message ?? "", 1)], Started = DateTimeOffset.UnixEpoch, Completed = DateTimeOffset.UnixEpoch };
            foreach (var format in ReportFormats.Names) Parse(format, SampleReport.Written(format, report));
            using var json = JsonDocument.Parse(SampleReport.Written("json", report));
            json.RootElement.GetProperty("messages")[0].GetProperty("message").GetString().ShouldBe(Whole(message));
            var yaml = new YamlStream();
            yaml.Load(new StringReader(SampleReport.Written("yaml", report)));
            yaml.Documents[0].RootNode["messages"][0]["location"]["path"].ToString().ShouldBe(Whole(path));
        }).QuickCheckThrowOnFailure();

    /// <summary>Halves of characters are no text, and are replaced.</summary>
    private static string Whole(string? text) => string.Concat((text ?? "").EnumerateRunes());

    private static void Parse(string format, string text)
    {
        switch (format)
        {
            case "json" or "gitlab" or "sarif":
                JsonDocument.Parse(text).Dispose();
                break;
            case "xunit":
                XDocument.Parse(text).Root!.Name.LocalName.ShouldBe("testsuite");
                break;
            case "yaml":
                new YamlStream().Load(new StringReader(text));
                break;
            case "github":
                text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.StartsWith("::error ") || line.StartsWith("::warning ") || line.StartsWith("::notice "));
                break;
            default:
                break;
        }
    }
}
