using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench</c> and what is below it.</summary>
internal static class BenchCommands
{
    public static Command Create(Terminal terminal)
    {
        var bench = BenchRunCommand.Create(terminal);
        bench.Subcommands.Add(DetectorsCommand.Create(terminal));
        bench.Subcommands.Add(GrabCommand.Create(terminal));
        bench.Subcommands.Add(CompareCommand.Create(terminal));
        bench.Subcommands.Add(MergeCommand.Create(terminal));
        bench.Subcommands.Add(SweepCommand.Create(terminal));
        return bench;
    }

    public static Option<string[]> Detectors => new("--detectors")
    {
        Description = "Which detectors: names, or the groups crucible, modern, recommended, all, with commas between them",
        HelpName = "NAME,…",
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string[]> With => new("--with") { Description = "A C# file with detectors of your own; may be given again", HelpName = "FILE.cs" };

    public static Option<string?> Labels => new("--labels") { Description = "Score against the labelled anomalies of FILE (NAB's combined_windows); rows are the unit", HelpName = "FILE" };

    public static Option<string?> Column => new("--column") { Description = "The column of CSV files that holds the values: its name or its number, from 1", HelpName = "NAME|N" };

    public static Option<int?> Parallel
    {
        get
        {
            var parallel = new Option<int?>("--parallel") { Description = "How many threads [default: one for each core]", HelpName = "N" };
            parallel.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() < 1) result.AddError("--parallel is how many threads work: at least 1.");
            });
            return parallel;
        }
    }

    public static Option<double> Seconds(string name, string description, double seconds)
    {
        var option = new Option<double>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => seconds };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(result.GetValueOrDefault<double>() is > 0 and <= 1e6)) result.AddError($"{name} is a number of seconds over 0.");
        });
        return option;
    }

    public static Argument<string?> Folder => new("DIR") { Description = "The folder of series, searched with all below it, or one file", Arity = ArgumentArity.ZeroOrOne };

    // A command below has a name of its own, so the parser cannot ask for the folder itself.
    public static string FolderOf(string? folder, string command) => folder
        ?? throw new ProblemException(new Problem("Which series?", Fix: $"Name the folder that holds them: \"flotilla {command}\"."));
}
