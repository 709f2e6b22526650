using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class BuiltInProfilesTests : IDisposable
{
    private readonly ProfileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Counts of codes that Prospector 1.10.3 disables at each level, everything of the stricter levels included.
    [Theory]
    [InlineData("veryhigh", 2, 0, 0, 1, 2)]
    [InlineData("high", 13, 10, 0, 3, 5)]
    [InlineData("medium", 50, 60, 2, 7, 6)]
    [InlineData("low", 81, 65, 4, 7, 8)]
    [InlineData("verylow", 106, 69, 4, 7, 8)]
    [InlineData("none", 0, 0, 0, 0, 0)]
    public void A_level_disables_as_many_codes_as_in_prospector(string level, int pylint, int pycodestyle, int pyflakes, int pydocstyle, int pyroma)
    {
        var profile = Only(level);
        var counts = ((string[])["pylint", "pycodestyle", "pyflakes", "pydocstyle", "pyroma"]).Select(tool => profile.For(tool).Disable.Count);
        counts.ShouldBe([pylint, pycodestyle, pyflakes, pydocstyle, pyroma]);
    }

    [Theory]
    [InlineData("veryhigh", 79L, 10L, 12L, 50L)]
    [InlineData("high", 99L, 10L, 15L, 60L)]
    [InlineData("medium", 159L, 15L, 15L, 60L)]
    [InlineData("low", 159L, 15L, 15L, 60L)]
    [InlineData("verylow", 159L, 25L, 15L, 60L)]
    [InlineData("none", null, null, null, null)]
    public void A_level_has_the_limits_of_prospector(string level, long? line, long? complexity, long? branches, long? statements)
    {
        var profile = Only(level);
        profile.For("pylint").Options.GetValueOrDefault("max-line-length").ShouldBe(line);
        profile.For("pycodestyle").Options.GetValueOrDefault("max-line-length").ShouldBe(line);
        profile.For("mccabe").Options.GetValueOrDefault("max-complexity").ShouldBe(complexity);
        profile.For("pylint").Options.GetValueOrDefault("max-branches").ShouldBe(branches);
        profile.For("pylint").Options.GetValueOrDefault("max-statements").ShouldBe(statements);
    }

    [Theory]
    [InlineData("medium", false)]
    [InlineData("low", true)]
    [InlineData("verylow", true)]
    public void Long_lines_branches_and_statements_are_let_off_below_medium(string level, bool off)
    {
        var profile = Only(level);
        profile.For("pycodestyle").Disable.Contains("E501").ShouldBe(off);
        foreach (var code in (string[])["line-too-long", "too-many-branches", "too-many-statements", "unused-import", "bare-except"])
            profile.For("pylint").Disable.Contains(code).ShouldBe(off, code);
        profile.For("pydocstyle").Run.ShouldBe(true, "documentation that is asked for is checked at any level");
    }

    [Theory]
    [InlineData("veryhigh", "note", "style", "warning", 0L, 0L)]
    [InlineData("high", "note", "info", "warning", 0L, 1L)]
    [InlineData("medium", "warning", "warning", "warning", 1L, 1L)]
    [InlineData("low", "warning", "warning", "error", 1L, 2L)]
    [InlineData("verylow", "error", "error", "error", 2L, 2L)]
    [InlineData("none", null, null, null, null, null)]
    public void A_level_sets_the_tools_that_prospector_has_not(string level, string? roslyn, string? shellcheck, string? yamllint, long? severity, long? confidence)
    {
        var profile = Only(level);
        profile.For("roslyn").Options.GetValueOrDefault("minimum-severity").ShouldBe(roslyn);
        profile.For("shellcheck").Options.GetValueOrDefault("severity").ShouldBe(shellcheck);
        profile.For("yamllint").Options.GetValueOrDefault("level").ShouldBe(yamllint);
        profile.For("bandit").Options.GetValueOrDefault("severity").ShouldBe(severity);
        profile.For("bandit").Options.GetValueOrDefault("confidence").ShouldBe(confidence);
    }

    [Fact]
    public void Every_built_in_profile_is_free_of_findings()
    {
        foreach (var name in ProfileLoader.BuiltIn)
            _folder.With($"profiles/{name}.yaml", BuiltInProfiles.TextOf(name)!);
        foreach (var name in ProfileLoader.BuiltIn)
            _folder.Load(new ProfileOptions { Profiles = [$"profiles/{name}.yaml"] }).Findings.ShouldBeEmpty(name);
    }

    [Theory]
    [InlineData("tests/shop.py", true)]
    [InlineData("shop/tests/one.py", true)]
    [InlineData("shop/test_one.py", true)]
    [InlineData("shop/one_test.py", true)]
    [InlineData("shop/tests.py", true)]
    [InlineData("src/Shop.Tests/OneTests.cs", true)]
    [InlineData("docs/conf.py", true)]
    [InlineData(".hidden/one.py", true)]
    [InlineData("setup.py", true)]
    [InlineData("shop/setup.py", false)]
    [InlineData("shop/one.py", false)]
    [InlineData("shop/contest.py", false)]
    public void Without_any_profile_tests_documentation_hidden_files_and_setup_are_left_out(string path, bool ignored) =>
        _folder.Load().Ignores(path).ShouldBe(ignored);

    [Fact]
    public void Flake8_runs_only_what_flake8_is_made_of()
    {
        var profile = _folder.Load(new ProfileOptions { Profiles = ["flake8"] });
        ((string[])["pylint", "dodgy", "vulture", "pyroma", "pydocstyle"]).ShouldAllBe(tool => profile.For(tool).Run == false);
        ((string[])["pycodestyle", "pyflakes", "mccabe"]).ShouldAllBe(tool => profile.For(tool).Run == null);
    }

    // A level without what other matters add to it.
    private Profile Only(string level) =>
        _folder.Load(new ProfileOptions { Strictness = level, DocWarnings = true, MemberWarnings = true, TestWarnings = true });
}
