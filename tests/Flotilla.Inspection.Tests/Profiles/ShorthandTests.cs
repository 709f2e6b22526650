using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class ShorthandTests : IDisposable
{
    private readonly ProfileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pep8: full", "full_pep8")]
    [InlineData("pep8: { full: true }", "full_pep8")]
    [InlineData("pep8: none", "no_pep8")]
    [InlineData("pep8: { none: true }", "no_pep8")]
    [InlineData("doc-warnings: true", "doc_warnings")]
    [InlineData("doc-warnings: false", "no_doc_warnings")]
    [InlineData("test-warnings: false", "no_test_warnings")]
    [InlineData("member-warnings: true", "member_warnings")]
    [InlineData("strictness: none", "strictness_none")]
    [InlineData("strictness: verylow", "strictness_verylow")]
    public void A_shorthand_stands_for_a_profile(string text, string profile)
    {
        var loaded = _folder.Load(text);
        loaded.Names[1].ShouldBe(profile);
        loaded.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Shorthands_come_after_what_is_named_in_the_order_style_docs_tests_strictness_members()
    {
        _folder.With("a.yaml", "output-format: json");
        _folder.Load("member-warnings: true\nstrictness: veryhigh\ntest-warnings: false\ndoc-warnings: true\npep8: full\ninherits: [a]").Names
            .ShouldBe([".prospector.yaml", "a", "full_pep8", "doc_warnings", "no_test_warnings", "strictness_veryhigh", "member_warnings"]);
    }

    [Fact]
    public void The_first_file_that_says_a_shorthand_has_it()
    {
        _folder.With("a.yaml", "strictness: verylow\ndoc-warnings: true");
        var profile = _folder.Load("strictness: high\ninherits: [a]");
        (profile.Strictness, profile.DocWarnings).ShouldBe(("high", true));
        profile.Names.ShouldNotContain("strictness_verylow");
    }

    [Fact]
    public void A_strictness_inherited_by_name_holds()
    {
        var profile = _folder.Load("strictness: high\ninherits: [strictness_low]");
        profile.Strictness.ShouldBe("low");
    }

    [Fact]
    public void Shorthands_that_are_not_expanded_are_still_said()
    {
        var profile = _folder.Load("allow-shorthand: false\nstrictness: high\ndoc-warnings: true\ntest-warnings: true\nmember-warnings: true");
        profile.Names.ShouldBe([".prospector.yaml"]);
        (profile.Strictness, profile.DocWarnings).ShouldBe(("high", true));
    }

    [Fact]
    public void Full_style_restores_what_the_strictness_turned_off()
    {
        var pycodestyle = _folder.Load("pep8: { full: true }\nstrictness: medium").For("pycodestyle");
        pycodestyle.Run.ShouldBe(true);
        pycodestyle.Disable.ShouldNotContain("E302");
        pycodestyle.Enable.ShouldContain("E302");
        _folder.Load("pep8: { none: true }").For("pycodestyle").Run.ShouldBe(false);
    }

    [Theory]
    [InlineData("full_pep8")]
    [InlineData("doc_warnings")]
    [InlineData("strictness_low")]
    [InlineData("member_warnings")]
    public void The_command_line_wins_over_what_a_file_says_or_names(string forced)
    {
        var options = forced switch
        {
            "full_pep8" => new ProfileOptions { FullPep8 = true },
            "doc_warnings" => new ProfileOptions { DocWarnings = true },
            "strictness_low" => new ProfileOptions { Strictness = "low" },
            _ => new ProfileOptions { MemberWarnings = true },
        };
        _folder.With("a.yaml", "pep8: none\ndoc-warnings: false\nstrictness: high\nmember-warnings: false");
        foreach (var text in (string[])["inherits: [a]", "inherits: [no_pep8, no_doc_warnings, strictness_veryhigh, no_member_warnings]", "pep8: none\ndoc-warnings: false\nstrictness: high\nmember-warnings: false"])
        {
            var profile = _folder.Load(text, options);
            profile.Names.ShouldContain(forced);
            if (forced == "full_pep8") profile.Names.ShouldNotContain("no_pep8");
            if (forced == "doc_warnings") profile.Names.ShouldNotContain("no_doc_warnings");
            if (forced == "member_warnings") profile.Names.ShouldNotContain("no_member_warnings");
            if (forced == "strictness_low") profile.Strictness.ShouldBe("low");
        }
    }

    [Fact]
    public void Documentation_asked_for_is_inspected_and_checked()
    {
        var profile = _folder.Load(new ProfileOptions { DocWarnings = true, TestWarnings = true });
        profile.For("pydocstyle").Run.ShouldBe(true);
        (profile.Ignores("docs/conf.py"), profile.Ignores("tests/test_shop.py"), profile.TestWarnings).ShouldBe((false, false, true));
    }

    [Fact]
    public void A_file_drops_the_built_in_patterns_that_it_inherits()
    {
        var all = _folder.Load("ignore-patterns: !replace []");
        all.IgnorePatterns.ShouldBeEmpty();
        all.Findings.ShouldBeEmpty();
        var own = _folder.Load("ignore-patterns: !replace ['^old/']");
        own.IgnorePatterns.ShouldBe(["^old/"]);
        _folder.Load("ignore-patterns: !append ['^old/']").IgnorePatterns.Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_file_drops_the_codes_that_it_inherits() =>
        _folder.Load("pyflakes: { disable: !replace [F401] }").For("pyflakes").Disable.ShouldBe(["F401"]);

    [Fact]
    public void Line_length_goes_to_the_tools_that_know_it_and_the_command_line_wins()
    {
        var profile = _folder.Load("max-line-length: 100\npylint: { options: { max-line-length: 90 } }", new ProfileOptions { MaxLineLength = 120 });
        profile.For("pylint").Options["max-line-length"].ShouldBe(120L);
        profile.For("pycodestyle").Options["max-line-length"].ShouldBe(120L);
        profile.For("mccabe").Options.ContainsKey("max-line-length").ShouldBeFalse();
    }

    [Fact]
    public void Enabling_by_any_name_undoes_what_the_strictness_disables()
    {
        var pylint = _folder.Load("strictness: verylow\npylint: { enable: [W0611, broad-except, missing-function-docstring] }").For("pylint");
        pylint.Enable.ShouldBe(["broad-exception-caught", "missing-function-docstring", "unused-import"]);
        pylint.Disable.ShouldNotContain("unused-import");
        pylint.Disable.ShouldNotContain("broad-exception-caught");
        pylint.Disable.ShouldNotContain("missing-docstring");
        pylint.Disable.ShouldContain("missing-class-docstring");
    }

    [Fact]
    public void Uses_are_joined_and_reach_every_tool()
    {
        var profile = _folder.Load("uses: [celery]", new ProfileOptions { Uses = ["django"] }).Using(["flask", "celery"]);
        profile.Uses.ShouldBe(["celery", "django", "flask"]);
        profile.For("whatever").Uses.ShouldBe(profile.Uses);
        profile.Ignores("shop/migrations/0001.py").ShouldBeTrue();
        profile.Ignores("shop/south_migrations/0001.py").ShouldBeTrue();
        _folder.Load("uses: [celery]").Ignores("shop/migrations/0001.py").ShouldBeFalse();
    }

    [Theory]
    [InlineData("build", "build/a.py", true)]
    [InlineData("build", "a/build/b.py", true)]
    [InlineData("build", "rebuild/b.py", false)]
    [InlineData("build/", "build/b.py", true)]
    [InlineData("./build", "build/b.py", true)]
    [InlineData("a.py", "x/a.py", true)]
    [InlineData("a.py", "x/aXpy", false)]
    [InlineData("a/b", "x/a/b/c.py", true)]
    public void An_ignored_name_is_a_whole_part_of_a_path(string name, string path, bool ignored) =>
        _folder.Load($"ignore-paths: ['{name}']").Ignores(path).ShouldBe(ignored);

    [Theory]
    [InlineData("(?P<x>a)(?P=x)\\.py\\Z", "aa.py", true)]
    [InlineData("(?P<x>a)(?P=x)\\.py\\Z", "ab.py", false)]
    [InlineData("^skip(this)?(/|$)", "skipthis/a.py", true)]
    [InlineData("(a+)+\\1$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false)]
    public void An_ignored_pattern_is_a_regular_expression_of_python(string pattern, string path, bool ignored) =>
        _folder.Load($"ignore-patterns: ['{pattern}']").Ignores(path).ShouldBe(ignored);

    [Fact]
    public void The_merged_profile_read_again_is_the_same()
    {
        var first = _folder.Load("strictness: high\npep8: full\nmax-line-length: 101\noutput-format: json\noutput-target: [a.json]\nuses: [django]\nignore-paths: ['a b', '*']\n" +
            "pylint: { run: true, load-plugins: [x.y], options: { list: [a, 1, yes, 'no', 1.5, [b]], map: { deep: { er: ~ } }, empty: [] } }\nvulture: {}");
        using var other = new ProfileFolder();
        var second = other.Load(first.ToYaml());
        second.ToYaml().ShouldBe(first.ToYaml());
        second.Findings.ShouldBeEmpty();
        second.Names.ShouldBe([".prospector.yaml"]);
        second.Tools.ShouldBe(first.Tools);
        (second.Strictness, second.Pep8, second.MaxLineLength, second.OutputFormat).ShouldBe(("high", "full", 101, "json"));
        foreach (var tool in first.Tools) second.For(tool).Disable.ShouldBe(first.For(tool).Disable);
    }

    [Fact]
    public void No_strictness_has_no_name() => _folder.Load("strictness: none").Strictness.ShouldBeNull();
}
