using Flotilla.Core;
using Flotilla.Inspection.Frameworks;
using Flotilla.Inspection.Profiles;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class HostileProfileTests : IDisposable
{
    private readonly ProfileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("strictness: [high\n", 2, "no YAML")]
    [InlineData("a: b: c\n", 1, "no YAML")]
    [InlineData("strictness: high\nstrictness: low\n", 2, "The key \"strictness\" is there twice. The first is in line 1.")]
    [InlineData("- a\n- b\n", 1, "The profile is a list of 2, but must be a mapping.")]
    [InlineData("word\n", 1, "The profile is \"word\", but must be a mapping.")]
    [InlineData("a: 1\n---\nb: 2\n", 2, "more than one document")]
    [InlineData("a: &x [*x]\n", 1, "The alias \"*x\" names nothing.")]
    [InlineData("a: *x\n", 1, "The alias \"*x\" names nothing.")]
    [InlineData("? [a]\n: b\n", 1, "A key is no word. It is a list of one.")]
    public void What_is_no_profile_is_a_problem_with_its_line(string text, int line, string words)
    {
        _folder.With(".prospector.yaml", text);
        var problem = _folder.Problem();
        problem.ToString().ShouldContain(words);
        problem.Where!.Value.Line.ShouldBe(line);
        problem.Where.Value.Column.ShouldBeGreaterThan(0);
        problem.Fix.ShouldNotBeNull();
    }

    [Fact]
    public void Aliases_that_grow_without_end_are_a_problem()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        _folder.With(".prospector.yaml", text);
        _folder.Problem().ToString().ShouldContain("too large with its aliases written out. It has more than 100000 values.");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Nesting_without_end_is_a_problem(string opening)
    {
        _folder.With(".prospector.yaml", "pylint: " + (opening == "- " ? "\n" : "") + string.Concat(Enumerable.Repeat(opening, 100_000)));
        _folder.Problem().ToString().ShouldContain("nested too deeply");
    }

    [Fact]
    public void Nesting_without_end_in_toml_is_a_problem()
    {
        _folder.With("pyproject.toml", "[tool.prospector]\na = " + new string('[', 100_000));
        _folder.Problem().ToString().ShouldContain("More than 64 arrays and tables");
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x3A, 0x20, 0x00, 0x01 }, "The file is binary.", 1)]
    [InlineData(new byte[] { 0x61, 0x3A, 0x31, 0x0A, 0x62, 0x3A, 0x20, 0xFC }, "The file is not UTF-8. The byte 0xFC stands alone. Save it as UTF-8.", 2)]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, "The file is written in UTF-16.", 0)]
    public void Bytes_that_are_no_text_are_a_problem(byte[] bytes, string words, int line)
    {
        File.WriteAllBytes(_folder.At(".prospector.yaml"), bytes);
        var problem = _folder.Problem();
        problem.ToString().ShouldContain(words);
        problem.Where!.Value.Line.ShouldBe(line);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        File.WriteAllBytes(_folder.At(".prospector.yaml"), [0xEF, 0xBB, 0xBF, .. "max-line-length: 8"u8]);
        _folder.Load().MaxLineLength.ShouldBe(8);
    }

    [Fact]
    public void A_huge_file_is_a_problem_before_it_is_read_whole()
    {
        using (var file = File.Create(_folder.At(".prospector.yaml"))) file.SetLength(100L * 1024 * 1024);
        _folder.Problem().ToString().ShouldContain("too large for settings. It has more than 1024 KiB.");
    }

    [Fact]
    public void A_folder_in_the_place_of_a_profile_is_a_problem()
    {
        Directory.CreateDirectory(_folder.At(".prospector.yaml"));
        _folder.Problem().ToString().ShouldBe(".prospector.yaml: This is a folder, but must be a file. Name a file in it.");
    }

    [Fact]
    public void A_link_to_nothing_is_a_problem()
    {
        File.CreateSymbolicLink(_folder.At(".prospector.yaml"), "nothing");
        _folder.Problem().ToString().ShouldStartWith(".prospector.yaml: The file cannot be read.");
    }

    [Fact]
    public void What_cannot_be_opened_is_a_problem()
    {
        // A link to itself cannot be opened by anybody, whatever the rights of the one who asks.
        File.CreateSymbolicLink(_folder.At("a.yaml"), "a.yaml");
        Should.Throw<ProblemException>(() => BoundedText.Read(_folder.At("a.yaml"), "a.yaml")).Message.ShouldStartWith("a.yaml: The file cannot be read.");
    }

    private static readonly string[] Pieces =
    [
        "strictness", "pylint", "inherits", "pep8", "disable", "options", "ignore-patterns", "uses", ": ", ":", "- ", "\n", "\n  ", "[", "]", "{", "}", ",", "&a ", "*a",
        "<<: ", "!replace ", "!x ", "\"", "'", "#", "?", "|", ">", "%", "@", "1", "true", "~", "\\", "\"\\0\"", "---\n", "(", "*", "=", ".", "tool", "prospector", "[[", "\t", "import ", "try:", "\u00e4",
    ];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();

    [Fact]
    public void Any_text_is_a_profile_or_a_problem() => Prop.ForAll(Texts, text =>
    {
        _folder.With("a.yaml", text).With("pyproject.toml", "[tool.prospector]\n" + text).With(".prospectorrc", text);
        IsAnswered(() => _folder.Load(new ProfileOptions { Profiles = ["a"] }));
        IsAnswered(() => SafeYaml.Load("a", "a", text));
        IsAnswered(() => TomlReader.Read("a", "a", text));
        NeededImports.Of(text + "django", ["django"]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(40));

    // A problem says what to do; anything else that is thrown is a fault.
    private static void IsAnswered(Action load)
    {
        try
        {
            load();
        }
        catch (ProblemException e)
        {
            e.Problems.ShouldAllBe(problem => problem.Fix != null);
        }
    }

    [Fact]
    public void Findings_are_only_about_files_of_the_user()
    {
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("company.yaml", "unknown: 1");
        _folder.Load("also-unknown: 1", new ProfileOptions { Profiles = [".prospector.yaml", elsewhere.File("company.yaml")] }).Findings.ShouldHaveSingleItem().Location.Path.ShouldBe(".prospector.yaml");
    }
}
