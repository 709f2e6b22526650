using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Flotilla.Inspection.Reports;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Reports;

public sealed class HtmlTests
{
    [Fact]
    public void The_page_writes_what_it_wrote_before()
    {
        using var folder = new TemporaryFolder();
        SampleReport.WriteSources(folder);
        var page = SampleReport.Written("html", SampleReport.At(folder.Path)).Replace(Path.GetFileName(folder.Path), "sample");
        Snapshot.Matches(page.Replace(HtmlAssets.Style, "(style)").Replace(HtmlAssets.Script, "(script)").Replace(HtmlAssets.Policy, "(policy)"), "html");
    }

    [Fact]
    public void The_body_is_well_formed_and_holds_no_markup_of_tools()
    {
        var body = Body(SampleReport.At("/nowhere"));
        body.Descendants("script").Count().ShouldBe(1);
        body.Descendants("b").Select(b => b.Value).ShouldBe(["mypy"]);
        body.Descendants().Attributes().ShouldAllBe(attribute => !attribute.Name.LocalName.StartsWith("on") && attribute.Name.LocalName != "style");
        body.Descendants("a").Select(a => a.Attribute("href")!.Value).ShouldAllBe(href => href.StartsWith('#') || href.StartsWith("https://"));
        body.Descendants().Attributes("src").ShouldBeEmpty();
    }

    [Fact]
    public void The_policy_lets_this_style_and_this_script_run_and_nothing_else()
    {
        var page = SampleReport.Written("html");
        foreach (var element in new[] { "style", "script" })
        {
            var text = Regex.Match(page, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            page.ShouldContain($"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'");
        }
        page.ShouldContain("default-src 'none'");
        HtmlAssets.Style.ShouldNotContain("url(");
        HtmlAssets.Style.ShouldNotContain("@import");
    }

    [Fact]
    public void Without_script_every_finding_is_shown_and_the_filter_is_not()
    {
        var body = Body(SampleReport.At("/nowhere"));
        body.Descendants("details").Where(each => (string?)each.Attribute("class") == "file").ShouldAllBe(file => file.Attribute("open") != null);
        body.Descendants("li").Where(each => (string?)each.Attribute("class") == "finding").Count().ShouldBe(5);
        body.Descendants().Where(each => each.Attribute("hidden") != null).Select(each => each.Attribute("id")!.Value).ShouldBe(["filter", "nothing"]);
    }

    [Fact]
    public void The_lines_around_a_finding_are_shown_with_its_columns_marked()
    {
        using var folder = new TemporaryFolder();
        SampleReport.WriteSources(folder);
        var body = Body(SampleReport.At(folder.Path));
        body.Descendants("pre").Select(pre => pre.Value).ShouldContain("    3     # <i>not markup</i>\n    4     return A().b\n");
        body.Descendants("mark").Select(mark => mark.Value).ShouldBe(["import os", "A()", "$1"]);
    }

    [Fact]
    public void Of_a_file_of_one_long_line_only_the_part_around_the_columns_is_shown()
    {
        using var folder = new TemporaryFolder();
        folder.Write("min.js", string.Concat(Enumerable.Repeat("😀", 50_000)) + "target" + new string('y', 100_000));
        var report = SampleReport.At(folder.Path) with { Findings = [new Finding("t", "c", "m", new FindingLocation("min.js", 1, 50_001) { EndColumn = 50_007 })] };
        var body = Body(report);
        body.Descendants("mark").Single().Value.ShouldBe("target");
        body.Descendants("pre").Single().Value.Length.ShouldBeLessThan(300);
    }

    [Fact]
    public void Ten_thousand_findings_are_a_page_of_less_than_ten_megabytes()
    {
        using var folder = new TemporaryFolder();
        var line = new string('x', 60) + "\n";
        var findings = new List<Finding>();
        for (var file = 0; file < 100; file++)
        {
            folder.Write($"f{file}.py", string.Concat(Enumerable.Repeat(line, 100)));
            for (var i = 1; i <= 100; i++) findings.Add(new Finding("pylint", "line-too-long", "Line too long (60/40)", new FindingLocation($"f{file}.py", i, 41)));
        }
        var page = SampleReport.Written("html", SampleReport.At(folder.Path) with { Findings = findings });
        Encoding.UTF8.GetByteCount(page).ShouldBeLessThan(10_000_000);
        Regex.Count(page, "class=\"finding\"").ShouldBe(10_000);
    }

    [Fact]
    public void Text_can_be_read_in_light_and_in_dark()
    {
        foreach (var scheme in Regex.Matches(HtmlAssets.Style, @":root \{(.*?)\}", RegexOptions.Singleline).Select(match => match.Groups[1].Value))
        {
            var colours = Regex.Matches(scheme, "--([a-z]+): (#[0-9a-f]{6});").ToDictionary(match => match.Groups[1].Value, match => Luminance(match.Groups[2].Value));
            foreach (var text in new[] { "ink", "muted", "accent", "error", "warning", "note" }) Contrast(colours[text], colours["page"]).ShouldBeGreaterThanOrEqualTo(4.5, text);
            foreach (var text in new[] { "ink", "muted" }) Contrast(colours[text], colours["faint"]).ShouldBeGreaterThanOrEqualTo(4.5, text);
            Contrast(colours["ink"], colours["mark"]).ShouldBeGreaterThanOrEqualTo(4.5);
        }
    }

    [Fact]
    public void A_clean_report_says_so()
    {
        var page = SampleReport.Written("html", SampleReport.At("/nowhere") with { Findings = [], Suppressed = [] });
        page.ShouldContain("No findings in 4 files");
        page.ShouldNotContain("<table class=\"bars\">");
    }

    /// <summary>The body, read as XML: the few elements without an end and attributes without a value are given them.</summary>
    private static XElement Body(InspectionReport report)
    {
        var page = SampleReport.Written("html", report);
        var body = page[page.IndexOf("<body>")..(page.IndexOf("</body>") + "</body>".Length)].Replace(HtmlAssets.Script, "");
        body = Regex.Replace(body, "<(input|meta)([^>]*)>", "<$1$2/>").Replace("<wbr>", "");
        return XElement.Parse(Regex.Replace(body, "(?<=<[^>]*) (open|hidden)(?=>)", " $1=\"\""), LoadOptions.PreserveWhitespace);
    }

    /// <summary>WCAG 2.2, "relative luminance".</summary>
    private static double Luminance(string colour)
    {
        double Part(int at)
        {
            var value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
    }

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);
}
