using FsCheck;
using FsCheck.Fluent;
using Flotilla.Inspection.Fingerprints;

namespace Flotilla.Inspection.Tests.Fingerprints;

public sealed class FingerprintTests
{
    private static readonly string[] Statements = ["x = 1", "import os", "y = 2", "return x", "", "pass"];

    private static readonly (string Tool, string Code, string Message)[] Words =
        [("pylint", "unused-variable", "Unused variable 'x'"), ("pyflakes", "F401", "'os' imported but unused"), ("pylint", "function-redefined", "function already defined line {0}")];

    /// <summary>A file of statements and findings at some of its lines.</summary>
    private static readonly Arbitrary<(string[] Lines, (int Line, int Words)[] Findings)> Files = Arb.From(
        from lines in Gen.NonEmptyListOf(Gen.Elements(Statements))
        from findings in Gen.ListOf(Gen.Choose(1, lines.Count).SelectMany(line => Gen.Choose(0, Words.Length - 1).Select(words => (line, words))))
        select (lines.ToArray(), findings.OrderBy(finding => finding.line).ToArray()));

    [Fact]
    public void Lines_put_in_elsewhere_leave_every_fingerprint_as_it_is() =>
        Prop.ForAll(Files, Gen.Choose(0, 100).ToArbitrary(), Gen.Choose(1, 100).ToArbitrary(), (file, at, count) =>
        {
            var place = at % (file.Lines.Length + 1);
            var moved = file.Findings.Select(finding => finding.Line > place ? finding with { Line = finding.Line + count } : finding);
            var lines = file.Lines.Take(place).Concat(Enumerable.Repeat("something_else()", count)).Concat(file.Lines.Skip(place)).ToArray();
            return Of(lines, moved).SequenceEqual(Of(file.Lines, file.Findings));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_block_moved_within_its_file_keeps_the_set_of_fingerprints() =>
        Prop.ForAll(Files, Gen.Choose(0, 100).ToArbitrary(), (file, at) =>
        {
            var place = at % (file.Lines.Length + 1);
            var rest = file.Lines.Length - place;
            var moved = file.Findings.Select(finding => finding with { Line = finding.Line > place ? finding.Line - place : finding.Line + rest }).OrderBy(finding => finding.Line);
            return Of([.. file.Lines.Skip(place), .. file.Lines.Take(place)], moved).Order().SequenceEqual(Of(file.Lines, file.Findings).Order());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_indentation_leaves_every_fingerprint_as_it_is() =>
        Prop.ForAll(Files, Gen.Elements("  ", "\t", "            ").ToArbitrary(), (file, indentation) =>
            Of([.. file.Lines.Select(line => indentation + line + " ")], file.Findings).SequenceEqual(Of(file.Lines, file.Findings))).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_findings_never_have_the_same_fingerprint() =>
        Prop.ForAll(Files, file => Of(file.Lines, file.Findings).Distinct().Count() == file.Findings.Length).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_path_tool_code_message_or_line_of_text_is_another_fingerprint()
    {
        var finding = new Finding("pylint", "unused-import", "Unused import os", new FindingLocation("a.py", 1));
        string[] all =
        [
            One(finding, "import os"), One(finding, "import os, sys"), One(finding with { Tool = "ruff" }, "import os"), One(finding with { Code = "F401" }, "import os"),
            One(finding with { Message = "Unused import sys" }, "import os"), One(finding with { Location = new FindingLocation("b.py", 1) }, "import os"),
        ];
        all.ShouldBeUnique();
        all.ShouldAllBe(fingerprint => fingerprint.Length == 32);
    }

    [Fact]
    public void Parts_do_not_run_into_each_other() =>
        One(new Finding("ab", "c", "", new FindingLocation("f", 1)), "").ShouldNotBe(One(new Finding("a", "bc", "", new FindingLocation("f", 1)), ""));

    [Fact]
    public void A_file_that_cannot_be_read_has_fingerprints_too() =>
        Fingerprint.Of([new Finding("t", "c", "m", new FindingLocation("gone", 3)), new Finding("t", "c", "m", new FindingLocation("gone", 9)), new Finding("t", "c", "m", new FindingLocation("gone"))], _ => null).ShouldBeUnique();

    [Theory]
    [InlineData("function already defined line 12", "function already defined line #")]
    [InlineData("redefinition of unused 'x9' from line 3", "redefinition of unused 'x9' from line #")]
    [InlineData("line too long (88 > 79 characters)", "line too long (# > 79 characters)")]
    [InlineData("Too many branches (13/12)", "Too many branches (#/12)")]
    [InlineData("Bad indentation. Found 7 spaces, expected 8", "Bad indentation. Found # spaces, expected #")]
    [InlineData("wrong indentation: expected 4 but found 2", "wrong indentation: expected # but found #")]
    [InlineData("==pkg.a:[12:20]", "==pkg.a:[#:#]")]
    [InlineData("see pkg/a.py:12:4 and b.cs(3,9)", "see pkg/a.py:#:# and b.cs(#,#)")]
    [InlineData("Too many arguments: 7 of python3.11 in x2", "Too many arguments: 7 of python3.11 in x2")]
    public void Positions_and_measures_are_left_out_of_messages(string message, string neutral) => Fingerprint.Neutral(message).ShouldBe(neutral);

    /// <summary>An expression that looks back without bound would need hours, and gives up with an exception.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData(".a:")]
    [InlineData("(1")]
    [InlineData("line 1,")]
    public void A_message_of_a_million_characters_has_a_fingerprint(string part) =>
        One(new Finding("t", "c", "." + string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length)), new FindingLocation("f", 1)), "").Length.ShouldBe(32);

    private static string One(Finding finding, string line) => Fingerprint.Of([finding], _ => [line])[0];

    private static IReadOnlyList<string> Of(string[] lines, IEnumerable<(int Line, int Words)> findings) =>
        Fingerprint.Of([.. findings.Select(finding => new Finding(Words[finding.Words].Tool, Words[finding.Words].Code, string.Format(Words[finding.Words].Message, finding.Line), new FindingLocation("a.py", finding.Line)))], _ => lines);
}
