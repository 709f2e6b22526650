using System.CommandLine;
using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Console.Tests;

public sealed class CommandLineTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task A_mistyped_command_is_wrong_use_and_the_nearest_is_suggested()
    {
        (await RunAsync(_ => 0, "simualte")).ShouldBe(ExitCodes.WrongUse);
        _output.ToString().ShouldBeEmpty();
        _error.ToString().ShouldBe("error: There is no command \"simualte\".\n  fix: Did you mean \"simulate\"? Run \"flotilla --help\" for the commands.\n");
    }

    [Fact]
    public async Task A_mistyped_option_is_wrong_use_and_the_nearest_is_suggested()
    {
        (await RunAsync(_ => 0, "simulate", "--sede", "7")).ShouldBe(ExitCodes.WrongUse);
        _error.ToString().ShouldStartWith("error: There is no option --sede.\n  fix: Did you mean \"--seed\"? Run \"flotilla simulate --help\" for the options.\n");
    }

    [Fact]
    public async Task A_value_of_the_wrong_kind_is_wrong_use()
    {
        (await RunAsync(_ => 0, "simulate", "--seed", "many")).ShouldBe(ExitCodes.WrongUse);
        _error.ToString().ShouldContain("many");
    }

    [Fact]
    public async Task Without_arguments_the_help_is_shown()
    {
        (await RunAsync(_ => 0)).ShouldBe(ExitCodes.Done);
        Snapshot.Matches(_output.ToString(), "help");
    }

    [Fact]
    public async Task The_format_that_is_asked_for_is_known_to_the_command()
    {
        OutputFormat? format = null;
        await RunAsync(terminal =>
        {
            format = terminal.Format;
            return 0;
        }, "simulate", "--output", "json");
        format.ShouldBe(OutputFormat.Json);
    }

    [Fact]
    public async Task Problems_are_wrong_use_and_all_are_told()
    {
        (await RunAsync(_ => throw new ProblemException([new Problem("One."), new Problem("Two.")]), "simulate")).ShouldBe(ExitCodes.WrongUse);
        _error.ToString().ShouldBe("error: One.\nerror: Two.\n");
    }

    [Fact]
    public async Task A_failure_of_the_world_is_told_without_a_stack()
    {
        (await RunAsync(_ => throw new IOException("No space left on device"), "simulate")).ShouldBe(ExitCodes.Failed);
        _error.ToString().ShouldBe("error: No space left on device\n");
    }

    [Fact]
    public async Task A_bug_is_told_with_its_stack()
    {
        (await RunAsync(_ => throw new InvalidCastException("Oops."), "simulate")).ShouldBe(ExitCodes.Failed);
        _error.ToString().ShouldContain(nameof(A_bug_is_told_with_its_stack));
    }

    private async Task<int> RunAsync(Func<Terminal, int> run, params string[] args)
    {
        var terminal = new Terminal(_output, _error);
        using var interruption = new Interruption(terminal);
        var simulate = new Command("simulate", "Play the scenarios") { new Option<int>("--seed") { Description = "Decides chance" } };
        simulate.SetAction(_ => run(terminal));
        return await CommandLine.RunAsync(new RootCommand("A fleet.") { simulate }, args, terminal, interruption);
    }
}
