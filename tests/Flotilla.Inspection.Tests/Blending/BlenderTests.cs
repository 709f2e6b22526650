using Flotilla.Core;
using Flotilla.Inspection.Blending;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Inspection.Tests.Blending;

public sealed class BlenderTests
{
    [Fact]
    public void Findings_of_one_row_on_one_line_are_one_defect_and_the_first_of_the_row_is_kept()
    {
        var blended = Blend(Of("pyflakes", "F401", "'os' imported but unused"), Of("pylint", "unused-import", "Unused import os"));
        blended.ShouldHaveSingleItem().Kept.Tool.ShouldBe("pylint");
        blended[0].Blended().AlsoReportedBy.ShouldBe([new FindingName("pyflakes", "F401", "'os' imported but unused")]);
    }

    [Fact]
    public void Two_messages_of_one_tool_stay_two_and_each_is_joined_with_the_one_that_speaks_of_the_same_name()
    {
        var blended = Blend(
            Of("pylint", "unused-import", "Unused import os", column: 1), Of("pylint", "unused-import", "Unused import sys", column: 1),
            Of("pyflakes", "F401", "'sys' imported but unused", column: 1), Of("pyflakes", "F401", "'os' imported but unused", column: 1));
        blended.Select(group => string.Join(" + ", group.All.Select(finding => finding.Message))).ShouldBe([
            "Unused import os + 'os' imported but unused", "Unused import sys + 'sys' imported but unused",
        ]);
    }

    [Fact]
    public void What_speaks_of_another_name_is_not_joined_where_a_tool_says_several()
    {
        var blended = Blend(
            Of("pylint", "unused-import", "Unused import os"), Of("pylint", "unused-import", "Unused import sys"), Of("pyflakes", "F401", "'re' imported but unused"));
        blended.Count.ShouldBe(3);
    }

    [Fact]
    public void A_statement_of_several_lines_is_one_place()
    {
        var blended = Blender.Blend(
            [Of("pylint", "unused-import", "Unused Path imported from pathlib", line: 1), Of("pyflakes", "F401", "'pathlib.Path' imported but unused", line: 3)],
            DefectNames.BuiltIn, (_, _) => (1, 4));
        blended.ShouldHaveSingleItem();
    }

    [Fact]
    public void Syntax_errors_of_a_file_are_one_wherever_each_tool_sees_them()
    {
        var blended = Blend(Of("pylint", "syntax-error", "invalid syntax", line: 3), Of("pyflakes", "F999", "invalid syntax", line: 3), Of("pycodestyle", "E901", "SyntaxError", line: 4), Of("mccabe", "MC0000", "Could not parse", line: 3));
        blended.ShouldHaveSingleItem().All.Count().ShouldBe(4);
    }

    [Fact]
    public void Other_files_and_other_lines_are_other_defects()
    {
        Blend(Of("pylint", "unused-import", "Unused import os", path: "a.py"), Of("pyflakes", "F401", "'os' imported but unused", path: "b.py")).Count.ShouldBe(2);
        Blend(Of("pylint", "unused-import", "Unused import os", line: 1), Of("pyflakes", "F401", "'os' imported but unused", line: 2)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("F401", "pyflakes", "F401")]
    [InlineData("E501", "pycodestyle", "E501")]
    [InlineData("S307", "bandit", "B307")]
    [InlineData("PLW0611", "pylint", "unused-import")]
    [InlineData("D100", "pydocstyle", "D100")]
    [InlineData("C901", "mccabe", "MC0001")]
    [InlineData("SIM115", "ruff", "SIM115")]
    public void A_rule_that_ruff_took_over_is_the_defect_of_its_origin(string code, string tool, string original)
    {
        DefectNames.Origin("ruff", code).ShouldBe((tool, original));
        Blend(Of("ruff", code, "x"), Of(tool, original, "x")).Count.ShouldBe(tool == "ruff" ? 2 : 1);
    }

    [Fact]
    public void Every_pair_of_equal_names_is_joined()
    {
        var pairs = (from defect in DefectNames.BuiltIn.Defects
                     from a in defect.Names
                     from b in defect.Names
                     where a.Tool != b.Tool
                     select (a, b)).ToList();
        // Two lines of each, with and without a quoted name and a column, so that over a thousand pairs are met.
        var met = 0;
        foreach (var (a, b) in pairs)
            foreach (var message in (string[])["Something about 'it'", "Something"])
            {
                met++;
                Blend(Of(a.Tool, a.Code, message, line: 7), Of(b.Tool, b.Code, $"Other words: {message}", line: 7)).ShouldHaveSingleItem($"{a} and {b}").All.Count().ShouldBe(2);
            }
        met.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void No_defect_is_lost_and_no_tool_is_joined_with_itself()
    {
        var names = DefectNames.BuiltIn.Defects.SelectMany(defect => defect.Names).Distinct().ToArray();
        var finding = from name in Gen.Elements(names)
                      from line in Gen.Choose(1, 4)
                      from column in Gen.Choose(1, 3)
                      from subject in Gen.Elements("os", "sys", "re")
                      from quotes in Gen.Elements(true, false)
                      select Of(name.Tool, name.Code, quotes ? $"about '{subject}'" : "about it", line: line, column: column);
        Prop.ForAll(finding.ArrayOf().ToArbitrary(), findings =>
        {
            var groups = Blend(findings);
            var after = groups.SelectMany(group => group.All).Select(each => each.ToString()).Order(StringComparer.Ordinal);
            return after.SequenceEqual(findings.Select(each => each.ToString()).Order(StringComparer.Ordinal))
                && groups.All(group => group.All.GroupBy(each => each.Tool).All(tool => tool.Count() == 1))
                && groups.SelectMany(group => group.Blended().AlsoReportedBy).Count() + groups.Count == findings.Length;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Blending_what_is_blended_changes_nothing()
    {
        var findings = new[] { Of("pylint", "bare-except", "No exception type(s) specified"), Of("pycodestyle", "E722", "do not use bare 'except'"), Of("bandit", "B110", "Try, Except, Pass detected.") };
        var once = Blend(findings).Select(group => group.Kept).ToArray();
        Blend(once).Select(group => group.Kept).ShouldBe(once);
    }

    [Fact]
    public void Users_add_rows_of_their_own()
    {
        var names = DefectNames.BuiltIn.With("- {defect: house rule, names: [mytool X1, pylint fixme]}", new SourceLocation("blend.yaml", 0));
        Blender.Blend([Of("mytool", "X1", "a"), Of("pylint", "fixme", "b")], names, (_, line) => (line, line)).ShouldHaveSingleItem().Kept.Tool.ShouldBe("mytool");
    }

    [Theory]
    [InlineData("- {defect: x}")]
    [InlineData("a: b")]
    [InlineData("- {defect: x, names: [onlytool]}")]
    [InlineData("- {defect: x, names: [a b], where: y}")]
    [InlineData("- {defect: ]}")]
    public void A_broken_table_says_where(string yaml) =>
        Should.Throw<ProblemException>(() => DefectNames.BuiltIn.With(yaml, new SourceLocation("blend.yaml", 0))).Problems.ShouldHaveSingleItem().Where!.Value.Line.ShouldBe(1);

    private static IReadOnlyList<FindingGroup> Blend(params Finding[] findings) => Blender.Blend(findings, DefectNames.BuiltIn, (_, line) => (line, line));

    private static Finding Of(string tool, string code, string message, int line = 1, int? column = null, string path = "a.py") => new(tool, code, message, new FindingLocation(path, line, column));
}
