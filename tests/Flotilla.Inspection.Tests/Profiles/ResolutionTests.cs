using Flotilla.Core;
using Flotilla.Inspection.Profiles;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class ResolutionTests : IDisposable
{
    private static readonly string[] InOrder =
    [
        ".flotilla/inspect.yaml", ".flotilla/inspect.yml", ".landscape.yml", ".landscape.yaml", "landscape.yml", "landscape.yaml",
        ".prospector.yaml", ".prospector.yml", "prospector.yaml", "prospector.yml",
        "prospector/.prospector.yaml", "prospector/.prospector.yml", "prospector/prospector.yaml", "prospector/prospector.yml",
        ".prospector/.prospector.yaml", ".prospector/.prospector.yml", ".prospector/prospector.yaml", ".prospector/prospector.yml",
    ];

    private readonly ProfileFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int> Places => [.. Enumerable.Range(0, InOrder.Length)];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_file_is_found_before_those_that_come_after_it(int first)
    {
        for (var i = first; i < InOrder.Length; i++) _folder.With(InOrder[i], $"max-line-length: {100 + i}");
        var profile = _folder.Load();
        profile.MaxLineLength.ShouldBe(100 + first);
        profile.Names[0].ShouldBe(InOrder[first]);
        foreach (var looked in InOrder.Take(first + 1)) profile.Files.ShouldContain(_folder.At(looked));
    }

    [Fact]
    public void Without_a_file_the_default_holds()
    {
        var profile = _folder.Load();
        profile.Names.ShouldBe(["default", "no_doc_warnings", "no_test_warnings", "strictness_medium", "strictness_high", "strictness_veryhigh", "no_member_warnings"]);
        (profile.Strictness, profile.DocWarnings, profile.TestWarnings, profile.MemberWarnings, profile.Autodetect).ShouldBe(("medium", false, false, false, true));
        profile.MaxLineLength.ShouldBeNull();
        profile.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_inspected_brings_its_profile_when_the_working_directory_has_none()
    {
        _folder.With("project/.prospector.yaml", "strictness: high");
        ProfileLoader.Load(_folder.Request() with { Inspected = "project" }).Strictness.ShouldBe("high");
        _folder.With("project/shop.py", "");
        ProfileLoader.Load(_folder.Request() with { Inspected = "project/shop.py" }).Strictness.ShouldBe("high");
        _folder.With("prospector.yaml", "strictness: low");
        ProfileLoader.Load(_folder.Request() with { Inspected = "project" }).Strictness.ShouldBe("low");
    }

    [Fact]
    public void The_first_named_profile_is_the_profile_and_the_others_are_inherited()
    {
        _folder.With(".prospector.yaml", "max-line-length: 1").With("a.yaml", "max-line-length: 2").With("b.yml", "max-line-length: 3\noutput-format: json");
        var profile = _folder.Load(new ProfileOptions { Profiles = ["a", "b"] });
        (profile.MaxLineLength, profile.OutputFormat).ShouldBe((2, "json"));
        profile.Names.Take(2).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Another_profile_can_follow_a_built_in_one()
    {
        _folder.With("mine.yaml", "output-format: json");
        _folder.Load(new ProfileOptions { Profiles = ["flake8", "mine"] }).OutputFormat.ShouldBe("json");
    }

    [Theory]
    [InlineData("one/base.yml", "base")]
    [InlineData(".flotilla/base.yaml", "base")]
    [InlineData(".prospector/base.yaml", "base")]
    [InlineData("base.yaml", "base")]
    [InlineData("base.yaml", "base.yaml")]
    [InlineData("deep/er/base.yaml", "deep/er/base.yaml")]
    [InlineData("deep/er/base.yaml", "deep/er/base")]
    public void A_name_is_found_where_it_is_looked_for(string file, string name)
    {
        _folder.With(file, "output-format: json");
        _folder.Load($"inherits: [{name}]", new ProfileOptions { ProfilePath = ["one"] }).OutputFormat.ShouldBe("json");
        _folder.Load($"inherits: [\"{_folder.At(file)}\"]").OutputFormat.ShouldBe("json");
    }

    [Fact]
    public void A_file_beside_the_one_that_names_it_is_found()
    {
        _folder.With("team/a.yaml", "inherits: [b]").With("team/b.yaml", "output-format: json");
        _folder.Load("inherits: [team/a]").OutputFormat.ShouldBe("json");
    }

    [Theory]
    [InlineData("django-strict", "prospector_profile_django_strict/prospector.yaml")]
    [InlineData("django-strict", "prospector_profile_django_strict/prospector.yml")]
    [InlineData("team:web", "prospector_profile_team/web.yaml")]
    public void An_installed_package_holds_a_profile(string name, string file)
    {
        using var site = new TemporaryFolder();
        site.Write(file, "output-format: json\nnot-known: 1");
        _folder.With(".prospector.yaml", $"inherits: ['{name}']");
        var profile = ProfileLoader.Load(_folder.Request() with { SitePackages = [site.Path] });
        profile.OutputFormat.ShouldBe("json");
        profile.Findings.ShouldBeEmpty("an installed profile is not the user's to mend");
        profile.Files.ShouldContain(site.File(file));
    }

    [Fact]
    public void A_missing_profile_with_a_question_mark_is_left_out() => _folder.Load("inherits: [nothing?]\nmax-line-length: 7").MaxLineLength.ShouldBe(7);

    [Fact]
    public void A_missing_profile_is_a_problem_with_place_searched_folders_and_suggestion()
    {
        _folder.With("company.yaml", "").With(".prospector.yaml", "strictness: high\ninherits:\n  - compnay\n");
        var problem = _folder.Problem();
        (problem.Where!.Value.Line, problem.Where.Value.Column).ShouldBe((3, 5));
        problem.ToString().ShouldBe(".prospector.yaml(3,5): The profile \"compnay\" is not there. It was looked for in .flotilla, .prospector, the working directory, " +
            "among the built-in ones, and as the Python package prospector_profile_compnay, for which no folder of installed packages is known. Did you mean \"company\"?");
        Should.Throw<ProblemException>(() => _folder.Load(new ProfileOptions { Profiles = ["zzzzzzzzz"] })).Message.ShouldContain("take one of: default, doc_warnings");
    }

    [Fact]
    public void A_profile_that_inherits_itself_is_a_finding()
    {
        var profile = _folder.Load("max-line-length: 7\ninherits: [.prospector.yaml]");
        profile.MaxLineLength.ShouldBe(7);
        profile.Findings.ShouldHaveSingleItem().ShouldBe(new Finding("profile-validator", "invalid-value",
            "The profile \".prospector.yaml\" inherits itself. Remove \".prospector.yaml\" here.", new FindingLocation(".prospector.yaml", 2, 12)), new ByShape());
    }

    [Fact]
    public void A_circle_of_profiles_is_harmless_and_a_finding()
    {
        _folder.With("a.yaml", "inherits: [b]\noutput-format: json").With("b.yaml", "inherits: [.prospector.yaml]\nmax-line-length: 9");
        var profile = _folder.Load("inherits: [a]");
        (profile.OutputFormat, profile.MaxLineLength).ShouldBe(("json", 9));
        profile.Findings.ShouldHaveSingleItem().Message.ShouldBe("The profile \".prospector.yaml\" inherits itself through \"a\" and \"b\". Remove \".prospector.yaml\" here.");
        profile.Findings[0].Location.Path.ShouldBe("b.yaml");
    }

    [Fact]
    public void A_profile_that_two_name_is_taken_once_and_is_no_finding()
    {
        _folder.With("a.yaml", "inherits: [c]").With("b.yaml", "inherits: [c]").With("c.yaml", "output-format: json");
        var profile = _folder.Load("inherits: [a, b]");
        profile.Names.Take(4).ShouldBe([".prospector.yaml", "a", "c", "b"]);
        profile.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_table_of_pyproject_is_a_profile_when_there_is_no_other()
    {
        _folder.With("pyproject.toml", "[project]\nname = 'shop'\n[tool.prospector]\nstrictness = 'high'\nignore-paths = ['build']\nwith-tools = ['bandit']\nstrictnes = 1\n[tool.prospector.pylint]\ndisable = ['no-member']\noptions = { max-args = 9 }\n");
        var profile = _folder.Load();
        (profile.Strictness, profile.Names[0]).ShouldBe(("high", "pyproject.toml"));
        profile.IgnorePaths.ShouldBe(["build"]);
        profile.Options.WithTools.ShouldBe(["bandit"]);
        profile.For("pylint").Options["max-args"].ShouldBe(9L);
        profile.For("pylint").Disable.ShouldContain("no-member");
        var finding = profile.Findings.ShouldHaveSingleItem();
        (finding.Code, finding.Location.Path, finding.Location.Line).ShouldBe(("unknown-setting", "pyproject.toml", 7));
        finding.Message.ShouldEndWith("Did you mean \"strictness\"?");
        _folder.Load("strictness: low").Strictness.ShouldBe("low");
    }

    [Fact]
    public void A_broken_pyproject_is_a_problem_only_when_it_speaks_of_the_inspection()
    {
        _folder.With("pyproject.toml", "[project\nname = 1");
        _folder.Load().Strictness.ShouldBe("medium");
        _folder.With("pyproject.toml", "[tool.prospector]\nstrictness = high\n");
        _folder.Problem().ToString().ShouldBe("pyproject.toml(2,14): The file is no TOML. \"high\" is no value. Put text into quotes.");
    }

    private sealed class ByShape : IEqualityComparer<Finding>
    {
        public bool Equals(Finding? x, Finding? y) => x is not null && y is not null && (x.Tool, x.Code, x.Message, x.Location) == (y.Tool, y.Code, y.Message, y.Location);

        public int GetHashCode(Finding obj) => obj.Message.GetHashCode(StringComparison.Ordinal);
    }
}
