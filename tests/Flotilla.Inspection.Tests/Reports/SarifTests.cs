using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Flotilla.Inspection.Reports;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Reports;

public sealed class SarifTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_log_has_the_shape_that_the_standard_asks_for(bool absolutePaths) =>
        SarifShape.Problems(Log(SampleReport.At("/some/#odd root"), new ReportOptions { AbsolutePaths = absolutePaths })).ShouldBeEmpty();

    [Fact]
    public void Any_place_and_any_words_make_a_log_of_that_shape()
    {
        var number = Gen.Frequency((1, Gen.Constant<int?>(null)), (4, Gen.Choose(-1, 9).Select(n => (int?)n)));
        var places = from path in Gen.Elements("a.py", "a b/ä#?.py", "c:d.py", "/outside/x.py", "..", "%41", "\ud800")
                     from line in number
                     from column in number
                     from endLine in number
                     from endColumn in number
                     select new FindingLocation(path, line, column) { EndLine = endLine, EndColumn = endColumn, Function = path };
        Prop.ForAll(Gen.ListOf(places).ToArbitrary(), ArbMap.Default.ArbFor<string>(), (list, words) =>
        {
            var findings = list.Select(place => new Finding("tool", words ?? "", words ?? "", place) { DocUrl = words }).ToList();
            var report = SampleReport.At("/nowhere") with { Findings = findings, Suppressed = [.. findings.Select(finding => new SuppressedFinding(finding, words ?? "", finding.Location.Line ?? 0))] };
            SarifShape.Problems(Log(report)).ShouldBeEmpty();
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void One_code_of_two_tools_is_two_rules()
    {
        var report = SampleReport.At("/nowhere") with
        {
            Findings = [new Finding("pyflakes", "F401", "a", new FindingLocation("a.py", 1)), new Finding("ruff", "F401", "a", new FindingLocation("a.py", 1)), new Finding("ruff", "F401", "b", new FindingLocation("a.py", 2))],
            Suppressed = [],
        };
        var run = Log(report)["runs"]![0]!;
        run["tool"]!["driver"]!["rules"]!.AsArray().Select(rule => rule!["id"]!.GetValue<string>()).ShouldBe(["pyflakes/F401", "ruff/F401"]);
        run["results"]!.AsArray().Select(result => result!["ruleIndex"]!.GetValue<int>()).ShouldBe([0, 1, 1]);
    }

    [Fact]
    public void What_the_code_silences_is_there_and_says_by_what()
    {
        var results = Log(SampleReport.At("/nowhere"))["runs"]![0]!["results"]!.AsArray();
        results.Count.ShouldBe(6);
        results.Take(5).ShouldAllBe(result => result!["suppressions"]!.AsArray().Count == 0);
        var suppression = results[5]!["suppressions"]![0]!;
        suppression["kind"]!.GetValue<string>().ShouldBe("inSource");
        suppression["justification"]!.GetValue<string>().ShouldBe("# noqa: F841");
    }

    [Fact]
    public void A_tool_that_failed_makes_the_invocation_unsuccessful_and_a_missing_one_does_not()
    {
        var report = SampleReport.At("/nowhere");
        var invocation = Log(report)["runs"]![0]!["invocations"]![0]!;
        invocation["executionSuccessful"]!.GetValue<bool>().ShouldBeFalse();
        invocation["toolExecutionNotifications"]!.AsArray().Select(each => each!["level"]!.GetValue<string>()).ShouldBe(["note", "error"]);
        Log(report with { Tools = [report.Tools[0]] })["runs"]![0]!["invocations"]![0]!["executionSuccessful"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Fingerprints_are_those_of_the_other_formats()
    {
        using var folder = new TemporaryFolder();
        SampleReport.WriteSources(folder);
        var report = SampleReport.At(folder.Path);
        var gitlab = JsonNode.Parse(SampleReport.Written("gitlab", report))!.AsArray().Select(issue => issue!["fingerprint"]!.GetValue<string>());
        Log(report)["runs"]![0]!["results"]!.AsArray().Take(5).Select(result => result!["partialFingerprints"]!["flotillaInspection/v1"]!.GetValue<string>()).ShouldBe(gitlab);
    }

    private static JsonNode Log(InspectionReport report, ReportOptions? options = null) => JsonNode.Parse(SampleReport.Written("sarif", report, options))!;
}
