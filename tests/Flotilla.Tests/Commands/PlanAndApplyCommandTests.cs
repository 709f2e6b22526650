using System.Text.Json;
using Flotilla.Console;

namespace Flotilla.Tests.Commands;

public sealed class PlanAndApplyCommandTests : CommandsTests
{
    private static readonly Fleet Shop = new Fleet("shop")
        .Host("web-1", ["web"])
        .Host("web-2", ["web"])
        .Role("web", web =>
        {
            web.Directory("/etc", mode: "0755");
            web.File("/etc/motd", content: "welcome\n", mode: "0644");
            web.File("/etc/secret", content: "sesame\n", mode: "0600", sensitive: true);
        });

    [Fact]
    public async Task A_plan_shows_what_would_change_and_changes_nothing()
    {
        (await RunAsync(Shop, "plan", "--host", "web-1", "--root", Folder.Path)).ShouldBe(ExitCodes.Done);
        Output.ShouldStartWith("host web-1\n  + ");
        Output.ShouldContain("+welcome");
        Output.ShouldEndWith("Plan: 3 to create, 0 to update, 0 to delete (0 unchanged).\n");
        Error.ShouldContain("flotilla apply");
        Directory.EnumerateFileSystemEntries(Folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_is_in_no_output()
    {
        foreach (var command in new[] { "plan", "apply" })
            foreach (var format in new[] { "text", "json" })
            {
                await RunAsync(Shop, command, "--host", "web-1", "--root", Folder.Path, "--output", format);
                (Output + Error).ShouldNotContain("sesame");
            }
    }

    [Fact]
    public async Task Applied_twice_the_second_changes_nothing()
    {
        (await RunAsync(Shop, "apply", "--host", "web-1", "--root", Folder.Path)).ShouldBe(ExitCodes.Done);
        Output.ShouldEndWith("Applied: 3 changed, 0 failed, 0 skipped, 0 unchanged.\n");
        File.ReadAllText(Folder.File("etc", "motd")).ShouldBe("welcome\n");
        File.GetUnixFileMode(Folder.File("etc", "secret")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        (await RunAsync(Shop, "apply", "--host", "web-1", "--root", Folder.Path)).ShouldBe(ExitCodes.Done);
        Output.ShouldEndWith("Applied: 0 changed, 0 failed, 0 skipped, 3 unchanged.\n");
    }

    [Fact]
    public async Task Plan_with_check_tells_by_its_exit_code_whether_there_is_something_to_do()
    {
        (await RunAsync(Shop, "plan", "--check", "--host", "web-1", "--root", Folder.Path)).ShouldBe(ExitCodes.Found);
        await RunAsync(Shop, "apply", "--host", "web-1", "--root", Folder.Path);
        (await RunAsync(Shop, "plan", "--check", "--host", "web-1", "--root", Folder.Path)).ShouldBe(ExitCodes.Done);
        Output.ShouldContain("Plan: 0 to create, 0 to update, 0 to delete (3 unchanged).");

        File.WriteAllText(Folder.File("etc", "motd"), "go away\n");
        (await RunAsync(Shop, "plan", "--check", "--host", "web-1", "--root", Folder.Path)).ShouldBe(ExitCodes.Found);
        Output.ShouldContain("-go away");
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_wrong_use_with_a_suggestion()
    {
        foreach (var command in new[] { "plan", "apply" })
        {
            (await RunAsync(Shop, command, "--host", "wbe-1", "--root", Folder.Path)).ShouldBe(ExitCodes.WrongUse);
            Error.ShouldBe("error: The fleet has no host \"wbe-1\".\n  fix: Did you mean \"web-1\"?\n");
        }
    }

    [Fact]
    public async Task Which_host_to_apply_to_must_be_known()
    {
        (await RunAsync(Shop, "apply", "--root", Folder.Path)).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("Say it: --host NAME. There are: web-1, web-2.");
    }

    [Fact]
    public async Task Without_a_host_the_plan_is_for_all()
    {
        (await RunAsync(Shop, "plan", "--root", Folder.Path, "--output", "json")).ShouldBe(ExitCodes.Done);
        using var json = JsonDocument.Parse(Output);
        json.RootElement.GetProperty("hosts").EnumerateArray().Select(host => host.GetProperty("host").GetString()).ShouldBe(["web-1", "web-2"]);
        json.RootElement.GetProperty("changes").GetInt32().ShouldBe(6);
    }

    [Fact]
    public async Task A_root_that_is_not_there_is_wrong_use()
    {
        (await RunAsync(Shop, "plan", "--host", "web-1", "--root", Folder.File("none"))).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain($"There is no folder {Folder.File("none")} to act on.");
    }

    [Fact]
    public async Task A_file_whose_directory_is_missing_fails_and_says_so()
    {
        var fleet = new Fleet("shop").Role("web", web => web.File("/srv/deep/file", content: "x"));
        (await RunAsync(fleet, "apply", "--host", "local", "--root", Folder.Path)).ShouldBe(ExitCodes.Failed);
        Error.ShouldContain("/srv/deep");
        Output.ShouldEndWith("Applied: 0 changed, 1 failed, 0 skipped, 0 unchanged.\n");
        (await RunAsync(fleet, "apply", "--host", "local", "--root", Folder.Path, "--output", "json")).ShouldBe(ExitCodes.Failed);
        JsonDocument.Parse(Output).RootElement.GetProperty("failed").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task The_json_of_a_plan_has_its_documented_shape()
    {
        await RunAsync(Shop, "plan", "--host", "web-1", "--root", Folder.Path, "--output", "json");
        Testing.Snapshot.Matches(Output, "plan-json");
    }

    [Fact]
    public async Task The_json_of_an_apply_has_its_documented_shape()
    {
        await RunAsync(Shop, "apply", "--host", "web-1", "--root", Folder.Path, "--output", "json");
        Testing.Snapshot.Matches(System.Text.RegularExpressions.Regex.Replace(Output, "\"seconds\":[-+.E0-9]+", "\"seconds\":0"), "apply-json");
    }
}
