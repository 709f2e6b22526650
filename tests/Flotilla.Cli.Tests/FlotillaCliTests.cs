using System.Diagnostics;
using Flotilla.Testing;

namespace Flotilla.Cli.Tests;

/// <summary>The command itself, without a fleet to build: what it offers, and how it refuses.</summary>
public sealed class FlotillaCliTests
{
    [Fact]
    public async Task Without_arguments_it_shows_what_it_can_do()
    {
        var (exitCode, output, error) = await RunAsync(Repository.Root);
        exitCode.ShouldBe(0);
        error.ShouldBeEmpty();
        Snapshot.Matches(output, "help");
    }

    [Theory]
    [InlineData("describe")]
    [InlineData("plan")]
    [InlineData("apply")]
    [InlineData("up")]
    [InlineData("simulate")]
    [InlineData("events")]
    [InlineData("events send")]
    [InlineData("apps")]
    [InlineData("new")]
    [InlineData("new handlers")]
    [InlineData("bench")]
    [InlineData("bench detectors")]
    [InlineData("bench grab")]
    [InlineData("bench compare")]
    [InlineData("bench merge")]
    [InlineData("bench sweep")]
    [InlineData("image")]
    [InlineData("image import")]
    [InlineData("image export")]
    [InlineData("image diff")]
    [InlineData("image log")]
    [InlineData("image show")]
    [InlineData("image tree")]
    [InlineData("image ls")]
    [InlineData("image push")]
    [InlineData("image pull")]
    [InlineData("image bundle")]
    [InlineData("image bundle create")]
    [InlineData("image bundle verify")]
    [InlineData("image bundle import")]
    [InlineData("image sign")]
    [InlineData("image cat")]
    [InlineData("image du")]
    [InlineData("image verify")]
    [InlineData("image gc")]
    public async Task Every_command_has_its_help(string command)
    {
        var (exitCode, output, _) = await RunAsync(Repository.Root, [.. command.Split(' '), "--help"]);
        exitCode.ShouldBe(0);
        Snapshot.Matches(output, $"help-{command.Replace(' ', '-')}");
    }

    [Fact]
    public async Task A_new_fleet_is_written_once()
    {
        using var folder = new TemporaryFolder();
        (await RunAsync(folder.Path, "new", "greeter")).ExitCode.ShouldBe(0);
        File.Exists(folder.File("greeter", "fleet.cs")).ShouldBeTrue();
        var (exitCode, _, error) = await RunAsync(folder.Path, "new", "greeter");
        exitCode.ShouldBe(2);
        error.ShouldBe($"error: {folder.File("greeter")} is there already.\n  fix: Choose another name, or remove it.\n");
    }

    [Fact]
    public async Task A_new_library_of_handlers_is_written_once()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, next) = await RunAsync(folder.Path, "new", "handlers", "crew");
        exitCode.ShouldBe(0);
        output.ShouldContain("+ crew/src/Handler.cs\n");
        next.ShouldBe("Next: \"dotnet run --project crew/tests/crew.Tests\", then \"#:project\" crew/src/crew.csproj in a fleet.\n");
        (exitCode, _, var error) = await RunAsync(folder.Path, "new", "handlers", "crew");
        exitCode.ShouldBe(2);
        error.ShouldBe($"error: {folder.File("crew")} is there already.\n  fix: Choose another name, or remove it.\n");
    }

    [Fact]
    public async Task A_location_that_is_not_there_is_told()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, error) = await RunAsync(folder.Path, "describe", "shop");
        exitCode.ShouldBe(2);
        error.ShouldBe("error: There is no file or folder shop.\n  fix: Name a folder that holds fleet.cs, or the file itself.\n");
    }

    [Fact]
    public async Task An_option_that_is_not_there_is_answered_with_the_nearest()
    {
        var (exitCode, _, error) = await RunAsync(Repository.Root, "simulate", "--sede", "7");
        exitCode.ShouldBe(2);
        error.ShouldStartWith("error: There is no option --sede.\n  fix: Did you mean \"--seed\"?");
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Flotilla.Cli.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
