using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Flotilla.Inspection.Reports;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Reports;

public sealed class ParseBackTests
{
    [Fact]
    public void Json_has_the_members_of_Prospector_in_their_shape()
    {
        var root = JsonNode.Parse(SampleReport.Written("json"))!;
        var summary = root["summary"]!;
        summary["time_taken"]!.GetValue<string>().ShouldBe("3.25");
        summary["profiles"]!.GetValue<string>().ShouldBe("default, strictness_medium");
        summary["tools"]!.AsArray().Select(tool => tool!.GetValue<string>()).ShouldBe(["mypy", "pylint", "shellcheck"]);
        summary["message_count"]!.GetValue<int>().ShouldBe(5);
        summary["external_config"]!.GetValue<string>().ShouldBe("pylint: .pylintrc");
        summary["toolReports"]!.AsArray().Count.ShouldBe(4);
        foreach (var message in root["messages"]!.AsArray().Select(message => message!.AsObject()))
        {
            new[] { "source", "code", "location", "message", "severity", "isFixable", "alsoReportedBy" }.ShouldAllBe(name => message.ContainsKey(name));
            message["location"]!.AsObject().Select(member => member.Key).ShouldBe(["path", "module", "function", "line", "character", "lineEnd", "characterEnd"]);
        }
        var hostile = root["messages"]![0]!;
        hostile["location"]!["path"]!.GetValue<string>().ShouldBe(SampleReport.HostilePath);
        hostile["message"]!.GetValue<string>().ShouldBe(SampleReport.HostileMessage.Replace('\ud800', '\ufffd'));
        hostile.AsObject().ContainsKey("docUrl").ShouldBeFalse("an address that runs script is no documentation");
    }

    [Theory]
    [InlineData("json")]
    [InlineData("gitlab")]
    [InlineData("sarif")]
    public void A_long_document_is_whole_though_it_is_written_in_pieces(string format)
    {
        // Characters of one to four bytes, visible and not, so that pieces end within them.
        var random = new Random(1);
        string[] letters = ["a", "é", "€", "😀", "\u200b", "\u202e"];
        var words = Enumerable.Range(0, 2_000).Select(i => $"{i} {string.Concat(Enumerable.Range(0, 30).Select(_ => letters[random.Next(letters.Length)]))}.").ToList();
        var report = SampleReport.At("/nowhere") with { Findings = [.. words.Select(word => new Finding("tool", "code", word, new FindingLocation("a.py", 1)))], Suppressed = [] };
        var text = SampleReport.Written(format, report);
        text.ShouldNotContain('\u200b');
        text.ShouldNotContain('\u202e');
        var root = JsonNode.Parse(text)!;
        var messages = format switch
        {
            "json" => root["messages"]!.AsArray().Select(message => message!["message"]!),
            "gitlab" => root.AsArray().Select(message => message!["description"]!),
            _ => root["runs"]!.AsArray().SelectMany(run => run!["results"]!.AsArray()).Select(result => result!["message"]!["text"]!),
        };
        messages.Select(message => message.GetValue<string>()).Count(said => words.Any(word => said.Contains(word, StringComparison.Ordinal))).ShouldBe(words.Count);
    }

    [Fact]
    public void Yaml_is_the_tree_of_json()
    {
        var options = new ReportOptions { Profile = "strictness: 'high'\nmax: 1.5\nno: null\nlist: [1, true, yes]\n" };
        var yaml = YamlTree.Read(SampleReport.Written("yaml", options: options))!;
        var json = JsonNode.Parse(SampleReport.Written("json", options: options))!;
        yaml["summary"]!["formatter"] = "json";
        JsonNode.DeepEquals(yaml, json).ShouldBeTrue(yaml.ToJsonString());
        json["profile"]!.ToJsonString().ShouldBe("{\"strictness\":\"high\",\"max\":1.5,\"no\":null,\"list\":[1,true,\"yes\"]}");
    }

    [Fact]
    public void Xunit_is_a_suite_with_a_test_for_each_finding_in_the_order_of_the_schema()
    {
        var suite = XDocument.Parse(SampleReport.Written("xunit")).Root!;
        suite.Attribute("tests")!.Value.ShouldBe("5");
        suite.Attribute("errors")!.Value.ShouldBe("5");
        suite.Elements().Select(element => element.Name.LocalName).ShouldBe(["testcase", "testcase", "testcase", "testcase", "testcase", "system-err"]);
        suite.Elements("testcase").ShouldAllBe(test => test.Attribute("name") != null && test.Attribute("classname") != null && test.Element("error")!.Attribute("type") != null);
        suite.Element("testcase")!.Element("error")!.Value.ShouldContain("]]>");
    }

    [Fact]
    public void Gitlab_has_what_it_needs_and_no_fingerprint_twice()
    {
        using var folder = new TemporaryFolder();
        SampleReport.WriteSources(folder);
        var report = SampleReport.At(folder.Path);
        var issues = JsonNode.Parse(SampleReport.Written("gitlab", report with { Findings = [.. report.Findings, .. report.Findings] }))!.AsArray();
        issues.Count.ShouldBe(10);
        issues.Select(issue => issue!["fingerprint"]!.GetValue<string>()).ShouldBeUnique();
        foreach (var issue in issues)
        {
            new[] { "info", "minor", "major", "critical", "blocker" }.ShouldContain(issue!["severity"]!.GetValue<string>());
            issue["location"]!["lines"]!["begin"]!.GetValue<int>().ShouldBeGreaterThan(0);
            issue["check_name"]!.GetValue<string>().ShouldNotBeEmpty();
            issue["description"]!.GetValue<string>().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Github_has_one_command_a_line_whose_properties_can_be_told_apart()
    {
        var lines = SampleReport.Written("github").TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(6);
        foreach (var line in lines) Regex.IsMatch(line, "^::(error|warning|notice) [a-zA-Z]+=[^,:]*(,[a-zA-Z]+=[^,:]*)*::[^\r\n]*$").ShouldBeTrue(line);
    }

    [Theory]
    [InlineData("pylint", @"^(?:\*{13} Module .+|(?<path>.+?):(?<line>\d+)(:(?<col>\d+))?: .+|.+: \S+\(\S+\): .+)$")]
    [InlineData("pylint-parseable", @"^(?:\*{13} Module .+|(?<path>.+?):(?<line>\d+): .+|.+: \S+\(\S+\): .+)$")]
    [InlineData("vscode", @"^(?:\*{13} Module .+|\d+,\d+,[^,]+,[^:,]+:\S+ .+)$")]
    public void Formats_for_editors_have_a_finding_a_line(string format, string pattern)
    {
        var lines = SampleReport.Written(format).TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(9);
        lines.ShouldAllBe(line => Regex.IsMatch(line, pattern));
    }

    [Fact]
    public void Fingerprints_of_a_report_stay_when_lines_come_in()
    {
        using var folder = new TemporaryFolder();
        SampleReport.WriteSources(folder);
        var report = SampleReport.At(folder.Path);
        var before = Fingerprints(report);
        folder.Write("pkg/a.py", string.Concat(Enumerable.Repeat("import re\n", 100)) + "if re:\n" + string.Concat(File.ReadLines(folder.File("pkg", "a.py")).Select(line => "    " + line + "\n")));
        var moved = report.Findings.Select(finding => finding.Location is { Path: "pkg/a.py", Line: { } line } ? finding with { Location = finding.Location with { Line = line + 101, EndLine = null, Column = null } } : finding);
        Fingerprints(report with { Findings = [.. moved] }).ShouldBe(before);
    }

    private static IEnumerable<string> Fingerprints(InspectionReport report)
    {
        using var document = JsonDocument.Parse(SampleReport.Written("gitlab", report));
        return [.. document.RootElement.EnumerateArray().Select(issue => issue.GetProperty("fingerprint").GetString()!)];
    }
}
