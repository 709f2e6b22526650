namespace Flotilla.Inspection.Tests.Profiles;

public sealed class ValidationTests : IDisposable
{
    private readonly ProfileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "profile-is-empty", 1, 1, "The profile says nothing. Remove the file, or write what shall differ, such as \"strictness: high\".")]
    [InlineData("# nothing\n", "profile-is-empty", 1, 1, "The profile says nothing. Remove the file, or write what shall differ, such as \"strictness: high\".")]
    [InlineData("a: 1\n", "unknown-setting", 1, 1, "\"a\" is no setting and no tool. It has no effect; remove it.")]
    [InlineData("\nstrictnes: high", "unknown-setting", 2, 1, "\"strictnes\" is no setting and no tool. Did you mean \"strictness\"?")]
    [InlineData("pylnt: { run: false }", "unknown-setting", 1, 1, "\"pylnt\" is no setting and no tool. Did you mean \"pylint\"?")]
    [InlineData("pylint: { disabel: [x] }", "unknown-setting", 1, 11, "\"pylint\" has no \"disabel\". Did you mean \"disable\"? Options of the tool itself belong under \"options\".")]
    [InlineData("ignore-paths: build", "should-be-list", 1, 15, "\"ignore-paths\" is \"build\", but must be a list. Write \"ignore-paths: [build]\".")]
    [InlineData("pylint: { disable: fixme }", "should-be-list", 1, 20, "\"disable\" is \"fixme\", but must be a list. Write \"disable: [fixme]\".")]
    [InlineData("max-line-length: wide", "should-be-int", 1, 18, "\"max-line-length\" is \"wide\", but must be a whole number above 0.")]
    [InlineData("max-line-length: -1", "should-be-int", 1, 18, "\"max-line-length\" is \"-1\", but must be a whole number above 0.")]
    [InlineData("doc-warnings: maybe", "should-be-bool", 1, 15, "\"doc-warnings\" is \"maybe\", but must be true or false.")]
    [InlineData("pylint: { run: 'true' }", "should-be-bool", 1, 16, "\"pylint: run\" is \"true\", but must be true or false.")]
    [InlineData("strictness: hihg", "invalid-value", 1, 13, "\"strictness\" is \"hihg\", which it cannot be. Did you mean \"high\"?")]
    [InlineData("pep8: some", "invalid-value", 1, 7, "\"pep8\" is \"some\", which it cannot be. There are: full, none.")]
    [InlineData("uses: [jango]", "invalid-value", 1, 8, "\"jango\" is no framework that tools adapt to. Did you mean \"django\"?")]
    [InlineData("pylint: false", "invalid-value", 1, 9, "\"pylint\" is \"false\", but must be a mapping. Write \"pylint: { run: false }\".")]
    [InlineData("pylint: { options: [x] }", "invalid-value", 1, 20, "The options of pylint are a list of one, but must be a mapping. Write \"options: { NAME: value }\".")]
    [InlineData("ignore-paths: [[a]]", "invalid-value", 1, 16, "An element of \"ignore-paths\" is a list of one, but must be a word. Remove it, or put it in quotes.")]
    [InlineData("ignore-paths: !drop [a]", "invalid-value", 1, 15, "\"ignore-paths\" is marked !drop, which means nothing here. Write !replace to drop what is inherited, or nothing to add to it.")]
    [InlineData("ignore: ['^a$']", "deprecated", 1, 1, "\"ignore\" is deprecated. Write \"ignore-patterns\".")]
    [InlineData("pep257: { run: true }", "deprecated", 1, 1, "The tool \"pep257\" is called \"pydocstyle\" now. Rename the section.")]
    [InlineData("pep8: { disable: [E302] }", "deprecated", 1, 1, "The tool \"pep8\" is called \"pycodestyle\" now. Rename the section.")]
    [InlineData("frosted: { run: false }", "deprecated", 1, 1, "frosted is no longer maintained, and its section has no effect. Remove it; pyflakes finds the same.")]
    [InlineData("pyflakes: { disable: [FL0001] }", "deprecated-tool-code", 1, 23, "pyflakes calls FL0001 \"F401\" now. Write that.")]
    [InlineData("pylint: { disable: [W0611] }", "deprecated-tool-code", 1, 21, "pylint calls W0611 \"unused-import\" now. Write that.")]
    [InlineData("pylint: { enable: [blacklisted-name] }", "deprecated-tool-code", 1, 20, "pylint calls blacklisted-name \"disallowed-name\" now. Write that.")]
    [InlineData("python-targets: [3, 4]", "invalid-value", 1, 21, "\"4\" is no Python target. There are: 2, 3.")]
    public void What_a_profile_says_wrong_is_a_finding_with_its_place(string text, string code, int line, int column, string message)
    {
        var finding = _folder.Load(text).Findings.ShouldHaveSingleItem();
        (finding.Tool, finding.Code, finding.Message).ShouldBe(("profile-validator", code, message));
        (finding.Location.Path, finding.Location.Line, finding.Location.Column).ShouldBe((".prospector.yaml", line, column));
    }

    [Fact]
    public void A_pattern_that_is_none_is_a_finding_and_left_out()
    {
        var profile = _folder.Load("ignore-patterns: ['(', '^old/']");
        profile.Findings.ShouldHaveSingleItem().Code.ShouldBe("invalid-regexp");
        profile.IgnorePatterns.ShouldNotContain("(");
        profile.Ignores("old/a.py").ShouldBeTrue();
    }

    [Fact]
    public void One_word_in_place_of_a_list_is_used_as_prospector_does()
    {
        _folder.Load("ignore-paths: build").IgnorePaths.ShouldBe(["build"]);
        _folder.Load("uses: django").Uses.ShouldBe(["django"]);
    }

    [Theory]
    [InlineData("pep8: { disable: [E302], options: { max-line-length: 42 } }")]
    [InlineData("pycodestyle: { disable: [E302], options: { max-line-length: 42 } }")]
    public void The_section_pep8_is_that_of_pycodestyle(string text)
    {
        var settings = _folder.Load("strictness: none\n" + text).For("pycodestyle");
        settings.Disable.ShouldBe(["E302"]);
        settings.Options["max-line-length"].ShouldBe(42L);
    }

    [Fact]
    public void A_section_pep8_may_be_a_shorthand_and_speak_to_the_tool()
    {
        var profile = _folder.Load("pep8: { full: true, run: false, disable: [N815] }\npep257: { run: true, disable: [D203] }");
        profile.Pep8.ShouldBe("full");
        profile.Names.ShouldContain("full_pep8");
        (profile.For("pycodestyle").Run, profile.For("pydocstyle").Run).ShouldBe((false, true));
        profile.For("pycodestyle").Disable.ShouldContain("N815");
        profile.Findings.Select(finding => finding.Code).ShouldBe(["deprecated", "deprecated"]);
    }

    [Theory]
    [InlineData("pylint", "F0401", "import-error")]
    [InlineData("pylint", "C0111", "missing-docstring")]
    [InlineData("pylint", "C0103", "invalid-name")]
    [InlineData("pylint", "E1103", "E1103")]
    [InlineData("pylint", "invalid-name", "invalid-name")]
    [InlineData("pyflakes", "FL0013", "F841")]
    [InlineData("mypy", "W0611", "W0611")]
    public void A_code_is_kept_under_the_name_that_is_used_now(string tool, string code, string current) =>
        _folder.Load($"strictness: none\nmember-warnings: true\ndoc-warnings: true\n{tool}: {{ disable: [{code}] }}").For(tool).Disable.ShouldBe([current]);

    [Fact]
    public void Everything_in_the_documented_example_is_understood()
    {
        var profile = _folder.Load("""
            output-format: json
            strictness: medium
            test-warnings: true
            doc-warnings: false
            member-warnings: false
            inherits: [default]
            ignore-paths: [docs]
            ignore-patterns: ['(^|/)skip(this)?(/|$)']
            requirements: [requirements.txt]
            python-targets: [3]
            pycodestyle: { disable: [W602, W603], enable: [W601], options: { max-line-length: 79 } }
            pylint: { load-plugins: [pylint_django] }
            roslyn: { options: { minimum-severity: error } }
            """);
        profile.Findings.ShouldBeEmpty();
        profile.For("pylint").LoadPlugins.ShouldBe(["pylint_django"]);
        profile.For("roslyn").Options["minimum-severity"].ShouldBe("error");
    }

    [Theory]
    [InlineData("profile-validator: { disable: [unknown-setting] }", "should-be-bool")]
    [InlineData("profile-validator: { run: false }", "")]
    public void The_validator_is_set_like_any_tool(string text, string codes) =>
        string.Join(' ', _folder.Load(text + "\nabc: 1\nautodetect: maybe").Findings.Select(finding => finding.Code)).ShouldBe(codes);

    [Fact]
    public void Merge_keys_and_aliases_are_understood() =>
        _folder.Load("pylint: &p { options: { max-args: 3 } }\nmypy:\n  <<: *p\n  run: true\n").For("mypy").Options["max-args"].ShouldBe(3L);
}
