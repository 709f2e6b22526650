using Flotilla.Core;
using Flotilla.Inspection.Profiles;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class SavedOptionsTests : IDisposable
{
    private readonly ProfileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_command_line_is_strongest_then_variables_then_files_then_the_home_folder()
    {
        using var home = new TemporaryFolder();
        home.Write(".prospectorrc", "[prospector]\nmax-line-length = 6\nquiet = yes\n");
        var environment = new Dictionary<string, string?>();
        var request = _folder.Request() with { Home = home.Path, Environment = name => environment.GetValueOrDefault(name) };
        Length().ShouldBe(6);
        _folder.With("tox.ini", "[tox]\nx = 1\n[prospector]\nmax_line_length: 5\n");
        Length().ShouldBe(5);
        _folder.With("setup.cfg", "[prospector]\nmax-line-length = 4\n");
        Length().ShouldBe(4);
        _folder.With(".prospectorrc", "max-line-length = 3\n");
        Length().ShouldBe(3);
        environment["PROSPECTOR_MAX_LINE_LENGTH"] = "2";
        Length().ShouldBe(2);
        request = request with { Options = new ProfileOptions { MaxLineLength = 1 } };
        Length().ShouldBe(1);
        ProfileLoader.Load(request).Options.Quiet.ShouldBe(true);

        int? Length() => ProfileLoader.Load(request).MaxLineLength;
    }

    public static TheoryData<string, string, Func<ProfileOptions, object?>, object?> Rows => new()
    {
        { "zero_exit", "true", options => options.ZeroExit, true },
        { "autodetect", "no", options => options.Autodetect, false },
        { "no-autodetect", "yes", options => options.Autodetect, false },
        { "uses", "django, celery", options => Joined(options.Uses), "django celery" },
        { "blending", "off", options => options.Blending, false },
        { "no_blending", "1", options => options.Blending, false },
        { "doc_warnings", "1", options => options.DocWarnings, true },
        { "test_warnings", "true", options => options.TestWarnings, true },
        { "no_style_warnings", "true", options => options.NoStyleWarnings, true },
        { "member_warnings", "true", options => options.MemberWarnings, true },
        { "full_pep8", "true", options => options.FullPep8, true },
        { "max_line_length", "88", options => options.MaxLineLength, 88 },
        { "messages_only", "true", options => options.MessagesOnly, true },
        { "summary_only", "true", options => options.SummaryOnly, true },
        { "quiet", "true", options => options.Quiet, true },
        { "output_format", "json:a.json", options => Joined(options.OutputFormats), "json:a.json" },
        { "absolute_paths", "true", options => options.AbsolutePaths, true },
        { "tools", "pylint,mccabe", options => Joined(options.Tools), "pylint mccabe" },
        { "tool", "pylint", options => Joined(options.Tools), "pylint" },
        { "with-tool", "bandit", options => Joined(options.WithTools), "bandit" },
        { "without_tools", "pylint", options => Joined(options.WithoutTools), "pylint" },
        { "profiles", "flake8", options => Joined(options.Profiles), "flake8" },
        { "profile_path", "a\n  b", options => Joined(options.ProfilePath), "a b" },
        { "strictness", "high", options => options.Strictness, "high" },
        { "show_profile", "true", options => options.ShowProfile, true },
        { "no_external_config", "true", options => options.ExternalConfiguration, false },
        { "pylint_config_file", "rc", options => options.PylintConfigFile, "rc" },
        { "ignore_patterns", "^a", options => Joined(options.IgnorePatterns), "^a" },
        { "ignore_paths", "a", options => Joined(options.IgnorePaths), "a" },
        { "path", "src", options => options.InspectedPath, "src" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_option_can_be_kept_in_a_file_and_in_a_variable(string name, string value, Func<ProfileOptions, object?> read, object? expected)
    {
        _folder.With(".prospectorrc", $"[prospector]\n# comment\n{name} = {value}\n");
        read(_folder.Load().Options).ShouldBe(expected);
        using var empty = new ProfileFolder();
        var variable = "PROSPECTOR_" + OptionNames.Normal(name).ToUpperInvariant();
        read(ProfileLoader.Load(empty.Request() with { Environment = asked => asked == variable ? value : null }).Options).ShouldBe(expected);
    }

    [Theory]
    [InlineData("[prospector]\nstrictness = hihg\n", ".prospectorrc(2,1): \"strictness\" is \"hihg\", but must be one of veryhigh, high, medium, low, verylow, none. Correct it, or remove the line.")]
    [InlineData("[prospector]\n\nblending = perhaps\n", ".prospectorrc(3,1): \"blending\" is \"perhaps\", but must be true or false. Correct it, or remove the line.")]
    [InlineData("max-line-length = 0\n", ".prospectorrc(1,1): \"max-line-length\" is \"0\", but must be a whole number above 0. Correct it, or remove the line.")]
    public void A_value_that_cannot_be_is_a_problem(string text, string words)
    {
        _folder.With(".prospectorrc", text);
        _folder.Problem().ToString().ShouldBe(words);
    }

    [Fact]
    public void An_option_that_is_none_is_a_finding()
    {
        var finding = _folder.With("setup.cfg", "[metadata]\nname = x\n[prospector]\nstrictnes = high\n").Load().Findings.ShouldHaveSingleItem();
        (finding.Code, finding.Location.Path, finding.Location.Line, finding.Message).ShouldBe(("unknown-setting", "setup.cfg", 4, "\"strictnes\" is no option. Did you mean \"strictness\"?"));
    }

    [Fact]
    public void A_variable_that_cannot_be_is_a_problem() =>
        Should.Throw<ProblemException>(() => ProfileLoader.Load(_folder.Request() with { Environment = name => name == "PROSPECTOR_QUIET" ? "loud" : null }))
            .Message.ShouldBe("The variable PROSPECTOR_QUIET is \"loud\", but must be true or false. Correct it, or unset it.");

    [Theory]
    [InlineData("strictness", "\"hard\" is no strictness. There are: veryhigh, high, medium, low, verylow, none.")]
    [InlineData("uses", "\"rails\" is no framework that tools adapt to.")]
    [InlineData("pattern", "\"(\" is no regular expression.")]
    [InlineData("pep8", "Every style warning is asked for, and none.")]
    [InlineData("length", "The line length -1 is not above 0.")]
    public void What_the_command_line_cannot_ask_is_a_problem(string what, string words)
    {
        var options = what switch
        {
            "strictness" => new ProfileOptions { Strictness = "hard" },
            "uses" => new ProfileOptions { Uses = ["rails"] },
            "pattern" => new ProfileOptions { IgnorePatterns = ["("] },
            "pep8" => new ProfileOptions { FullPep8 = true, NoStyleWarnings = true },
            _ => new ProfileOptions { MaxLineLength = -1 },
        };
        _folder.Problem(options).ToString().ShouldStartWith(words);
    }

    [Fact]
    public void Every_file_that_was_looked_for_is_told()
    {
        var files = _folder.Load().Files;
        foreach (var name in (string[])[".prospectorrc", "setup.cfg", "tox.ini", "pyproject.toml", ".prospector.yaml"]) files.ShouldContain(_folder.At(name));
    }

    private static string? Joined(IReadOnlyList<string>? list) => list is null ? null : string.Join(' ', list);
}
