using System.Text;
using System.Text.Json;

namespace Flotilla.Cli.Tests.Inspect;

/// <summary>Wrong input of every kind: what the command says, and how it exits.</summary>
public sealed class InspectWrongInputTests
{
    private const string UnusedImport = "import os\n";

    // What a program of a tool's name says when it is asked for its version.
    private const string Version = "echo 'version: 99.0'";

    [Fact]
    public async Task Clean_code_is_0_and_findings_are_1_and_zero_exit_makes_them_0()
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        (await folder.InspectAsync("--tool", "pyflakes")).ExitCode.ShouldBe(0);
        folder.With("a.py", UnusedImport);
        (await folder.InspectAsync("--tool", "pyflakes")).ExitCode.ShouldBe(1);
        var zero = await folder.InspectAsync("--tool", "pyflakes", "--zero-exit", "--output", "json");
        zero.ExitCode.ShouldBe(0);
        Codes(zero).ShouldBe(["pyflakes F401"]);
    }

    [Theory]
    [InlineData("-1"), InlineData("0"), InlineData("NaN"), InlineData("5000000")]
    public async Task A_time_that_is_none_is_refused(string seconds)
    {
        using var folder = new InspectedFolder().With("a.py", UnusedImport);
        var ended = await folder.InspectAsync("--timeout", seconds);
        Refused(ended, $"error: --timeout is {seconds}.\n  because it is seconds, above 0 and up to 86400 (a day).\n  fix: Leave it out for ten minutes.\n");
    }

    [Fact]
    public async Task A_baseline_is_saved_of_all_findings_or_not_at_all()
    {
        using var folder = new InspectedFolder().With("a.py", UnusedImport);
        (await folder.InspectAsync("--tool", "pyflakes", "--save-baseline", "known.json")).ExitCode.ShouldBe(0);
        var known = File.ReadAllText(Path.Combine(folder.Path, "known.json"));
        Refused(await folder.InspectAsync("--new", "--save-baseline", "known.json"),
            "error: known.json would not be a whole baseline.\n  because --new shows only what is new, and what a baseline has not counts as new.\n  fix: Leave --new out to save one.\n");
        folder.With(".prospector.yaml", "vulture:\n  run: true\n  options:\n    min-confidence: high\n").With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("--tool", "vulture", "--save-baseline", "known.json");
        ended.ExitCode.ShouldBe(3);
        ended.Error.ShouldContain("known.json was left as it is.");
        ended.Error.ShouldContain("vulture failed.");
        File.ReadAllText(Path.Combine(folder.Path, "known.json")).ShouldBe(known);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_named()
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("a.py", "lib/b.py");
        Refused(ended, $"error: There is nothing at lib/b.py.\n  because neither a file nor a folder is at {folder.Path}/lib/b.py.\n  fix: Name a file or a folder, or none for the current folder.\n");
    }

    [Fact]
    public async Task A_profile_that_inherits_itself_is_a_finding()
    {
        using var folder = new InspectedFolder().With(".prospector.yaml", "inherits: [base]\n").With("base.yaml", "strictness: high\ninherits:\n  - .prospector.yaml\n").With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("--tool", "profile-validator", "--output", "json");
        ended.ExitCode.ShouldBe(1);
        var message = Messages(ended).ShouldHaveSingleItem();
        message.GetProperty("code").GetString().ShouldBe("invalid-value");
        message.GetProperty("message").GetString().ShouldBe("The profile \".prospector.yaml\" inherits itself through \"base\". Remove \".prospector.yaml\" here.");
        message.GetProperty("location").GetProperty("path").GetString().ShouldBe("base.yaml");
        message.GetProperty("location").GetProperty("line").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_answered_with_the_nearest()
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("--profile", "strictness_hgh");
        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldStartWith("error: The profile \"strictness_hgh\" is not there.\n  because It was looked for in ");
        ended.Error.ShouldEndWith("\n  fix: Did you mean \"strictness_high\"?\n");
        folder.With(".prospector.yaml", "strictness: low\ninherits:\n  - teem\n").With("team.yaml", "strictness: low\n");
        ended = await folder.InspectAsync();
        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldStartWith("error: .prospector.yaml(3,5): The profile \"teem\" is not there.\n");
        ended.Error.ShouldEndWith("\n  fix: Did you mean \"team\"?\n");
    }

    [Fact]
    public async Task A_profile_that_is_no_yaml_is_told_with_line_and_column()
    {
        using var folder = new InspectedFolder().With(".prospector.yaml", "strictness: high\npylint:\n  disable: [a\nx").With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("--output", "json");
        ended.ExitCode.ShouldBe(2);
        ended.Output.ShouldBeEmpty();
        ended.Error.ShouldStartWith("error: .prospector.yaml(3,12): The file is no YAML.\n");
    }

    [Fact]
    public async Task A_broken_description_of_a_tool_ends_what_runs_tools_and_explains_nothing_less()
    {
        using var folder = new InspectedFolder().With(".flotilla/tools/broken.yaml", "name: [").With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync();
        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldStartWith("error: .flotilla/tools/broken.yaml(2,1): The file is no YAML.\n");
        (await folder.InspectAsync("explain", "F401")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_key_that_no_profile_has_is_a_finding_with_the_nearest()
    {
        using var folder = new InspectedFolder().With(".prospector.yaml", "max-line-length: 100\nstrictnes: high\n").With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("--without-tool", "pylint", "--output", "json");
        ended.ExitCode.ShouldBe(1);
        var message = Messages(ended).ShouldHaveSingleItem();
        message.GetProperty("source").GetString().ShouldBe("profile-validator");
        message.GetProperty("code").GetString().ShouldBe("unknown-setting");
        message.GetProperty("message").GetString()!.ShouldContain("Did you mean \"strictness\"?");
        message.GetProperty("location").GetProperty("line").GetInt32().ShouldBe(2);
        (await folder.InspectAsync("--without-tool", "pylint", "--without-tool", "profile-validator")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_is_not_utf8_is_one_finding()
    {
        using var folder = new InspectedFolder();
        await File.WriteAllBytesAsync(System.IO.Path.Combine(folder.Path, "a.py"), [.. "name = \""u8, 0xE9, 0xFF, .. "\"\n"u8], TestContext.Current.CancellationToken);
        var ended = await folder.InspectAsync("--tool", "pyflakes", "--tool", "mccabe", "--output", "json");
        ended.ExitCode.ShouldBe(1);
        var message = Messages(ended).ShouldHaveSingleItem();
        message.GetProperty("severity").GetString().ShouldBe("error");
        message.GetProperty("message").GetString()!.ShouldContain("can't decode byte 0xe9");
        Codes(ended).ShouldBe(["pyflakes F999 mccabe MC0000"]);
    }

    [Theory]
    [InlineData("def f(:\n    pass\n")]
    [InlineData("def f()\n    return 1\n")]
    [InlineData("x = (1,\n")]
    [InlineData("if True:\npass\n")]
    public async Task A_syntax_error_is_one_finding_in_the_words_of_all_tools(string code)
    {
        using var folder = new InspectedFolder().With("a.py", code);
        var ended = await folder.InspectAsync("--tool", "pyflakes", "--tool", "mccabe", "--tool", "pycodestyle", "--full-pep8", "--output", "json");
        ended.ExitCode.ShouldBe(1);
        Codes(ended).Where(each => each.Contains("F999", StringComparison.Ordinal) || each.Contains("MC0000", StringComparison.Ordinal) || each.Contains("E9", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldContain("mccabe MC0000");
    }

    [Theory]
    [InlineData("echo '{\"findings\": []}'", "printed what is not its format")]
    [InlineData("echo 'In a.sh line 1: use quotes'", "printed what is not its format")]
    [InlineData("echo 'unrecognized option -f' >&2; exit 3", "failed")]
    [InlineData("kill -9 $$", "died of signal 9")]
    public async Task A_tool_that_does_not_do_its_work_is_3_and_the_others_are_heard(string script, string what)
    {
        using var folder = new InspectedFolder().With("a.py", UnusedImport).With("a.sh", "echo $1\n").WithProgram("shellcheck", Version, script);
        var ended = await folder.InspectAsync("--tool", "pyflakes", "--tool", "shellcheck", "--output", "json");
        ended.ExitCode.ShouldBe(3);
        Codes(ended).ShouldBe(["pyflakes F401"]);
        ended.Error.ShouldStartWith($"error: shellcheck {what}.\n  because ");
        ended.Error.ShouldContain("fix: Run \"flotilla inspect --without-tool shellcheck\" to go on without it");
        var report = Json(ended).GetProperty("summary").GetProperty("toolReports").EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "shellcheck");
        report.GetProperty("state").GetString().ShouldBe("failed");
        report.GetProperty("problem").GetProperty("what").GetString().ShouldBe($"shellcheck {what}.");
    }

    // The first inspection leaves what pyflakes says, and the version of shellcheck, in the cache: however slow the machine, only what hangs takes time in the second.
    [Fact]
    public async Task A_tool_that_hangs_is_stopped()
    {
        using var folder = new InspectedFolder().With("a.py", UnusedImport).With("a.sh", "echo one\n").WithProgram("shellcheck", Version, "[ -e hang ] && exec sleep 1000; echo '{\"comments\":[]}'");
        (await folder.InspectAsync("--tool", "pyflakes", "--tool", "shellcheck")).ExitCode.ShouldBe(1);
        var ended = await folder.With("hang", "").With("a.sh", "echo two\n").InspectAsync("--tool", "pyflakes", "--tool", "shellcheck", "--timeout", "1", "--output", "json");
        ended.ExitCode.ShouldBe(3);
        Codes(ended).ShouldBe(["pyflakes F401"]);
        ended.Error.ShouldBe("error: shellcheck was stopped.\n  because it ran longer than 1 s.\n  fix: Give it more time with --timeout, or fewer files.\n");
    }

    [Fact]
    public async Task A_tool_that_hangs_when_asked_for_its_version_is_stopped()
    {
        using var folder = new InspectedFolder().With("a.py", UnusedImport).With("a.sh", "echo $1\n").WithProgram("shellcheck", Version, "echo '{\"comments\":[]}'");
        (await folder.InspectAsync("--tool", "pyflakes", "--tool", "shellcheck")).ExitCode.ShouldBe(1);
        var ended = await folder.WithProgram("shellcheck", "exec sleep 1000", "true").InspectAsync("--tool", "pyflakes", "--tool", "shellcheck", "--timeout", "1", "--output", "json");
        ended.ExitCode.ShouldBe(3);
        Codes(ended).ShouldBe(["pyflakes F401"]);
        ended.Error.ShouldStartWith("error: shellcheck was stopped.\n  because it did not tell its version in 1 s.\n");
    }

    [Fact]
    public async Task A_project_that_is_not_restored_says_how_to()
    {
        using var folder = new InspectedFolder().With("p/p.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>").With("p/A.cs", "class A;\n");
        var ended = await folder.InspectAsync("--tool", "roslyn", "--output", "json");
        ended.ExitCode.ShouldBe(3);
        Messages(ended).ShouldBeEmpty();
        ended.Error.ShouldContain("p/p.csproj was not analysed: it is not restored.\n");
        ended.Error.ShouldContain("fix: Run: dotnet restore p/p.csproj\n");
    }

    [Theory]
    [InlineData("--tool")]
    [InlineData("--with-tool")]
    [InlineData("--without-tool")]
    public async Task A_tool_of_an_unknown_name_is_answered_with_the_nearest(string option)
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        Refused(await folder.InspectAsync(option, "pyflake"), "error: There is no tool \"pyflake\".\n  fix: Did you mean \"pyflakes\"? \"flotilla inspect tools\" lists them.\n");
    }

    [Fact]
    public async Task A_tool_that_was_asked_for_and_is_not_installed_is_3()
    {
        // A program that cannot be started is as good as none.
        using var folder = new InspectedFolder().With("a.py", UnusedImport).WithProgram("vulture", "exit 127", "exit 127");
        var ended = await folder.InspectAsync("--without-tool", "pylint", "--with-tool", "vulture", "--output", "json");
        ended.ExitCode.ShouldBe(3);
        Codes(ended).ShouldContain("pyflakes F401");
        ended.Error.ShouldBe("error: vulture is not installed.\n  because it looks for code that nothing uses.\n  fix: apt install vulture, or pip install vulture\n");
    }

    [Fact]
    public async Task A_format_that_is_not_there_is_answered_with_the_nearest()
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        Refused(await folder.InspectAsync("--output-format", "jsn"), "error: There is no output format \"jsn\".\n  fix: Did you mean \"json\"?\n");
    }

    [Fact]
    public async Task A_baseline_that_is_missing_or_broken_is_told()
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        var ended = await folder.InspectAsync("--tool", "pyflakes", "--baseline", "known.json");
        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldStartWith("error: known.json: The baseline cannot be read.\n");
        folder.With("known.json", "{\n  \"format\": \"flotilla\n");
        ended = await folder.InspectAsync("--tool", "pyflakes", "--baseline", "known.json");
        ended.ExitCode.ShouldBe(2);
        ended.Error.ShouldStartWith("error: known.json(2,");
        ended.Error.ShouldContain("The baseline is no JSON.\n");
        folder.With("known.json", "[]");
        (await folder.InspectAsync("--tool", "pyflakes", "--baseline", "known.json")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_new_is_not_known_without_a_repository_or_of_an_unknown_base()
    {
        using var folder = new InspectedFolder().With("a.py", "x = 1\n");
        Refused(await folder.InspectAsync("--tool", "pyflakes", "--new"), $"error: It is not known what is new here.\n  because {folder.Path} is in no work tree of git.\n  fix: Inspect a folder of a repository, or use a baseline.\n");
        (await folder.RunAsync("git", "init", "-q", "-b", "main")).ExitCode.ShouldBe(0);
        (await folder.RunAsync("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "begin")).ExitCode.ShouldBe(0);
        Refused(await folder.InspectAsync("--tool", "pyflakes", "--new", "mian"), "error: The base \"mian\" is not known.\n  because It names no commit of this repository.\n  fix: Did you mean \"main\"?\n");
    }

    private static void Refused(Ended ended, string error)
    {
        ended.Error.ShouldBe(error);
        ended.Output.ShouldBeEmpty();
        ended.ExitCode.ShouldBe(2);
    }

    private static JsonElement Json(Ended ended)
    {
        using var report = JsonDocument.Parse(ended.Output);
        return report.RootElement.Clone();
    }

    private static IReadOnlyList<JsonElement> Messages(Ended ended) => [.. Json(ended).GetProperty("messages").EnumerateArray()];

    /// <summary>Each message as tool and code, followed by those that it absorbed.</summary>
    private static List<string> Codes(Ended ended) => [.. Messages(ended).Select(message => new StringBuilder(Name(message)).AppendJoin("", message.GetProperty("alsoReportedBy").EnumerateArray().Select(also => " " + Name(also))).ToString())];

    private static string Name(JsonElement message) => $"{message.GetProperty("source").GetString()} {message.GetProperty("code").GetString()}";
}
