using System.CommandLine;
using Flotilla.Console;
using Flotilla.Detection.Bench;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench merge FILE…</c>.</summary>
internal static class MergeCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The results that \"flotilla bench DIR --shard I/N --save FILE\" wrote", Arity = ArgumentArity.OneOrMore };
        var save = new Option<string?>("--save") { Description = "Write the result to FILE as JSON", HelpName = "FILE" };
        var command = new Command("merge", "Join the results of the parts of a run") { files, save };
        command.SetAction(parsed => Run(parsed.GetValue(files)!, parsed.GetValue(save), terminal));
        return command;
    }

    private static int Run(string[] files, string? save, Terminal terminal)
    {
        var result = BenchMerge.Merge([.. files.Select(BenchResultFile.Read)]);
        if (save is not null) BenchResultFile.Write(save, result);
        if (terminal.Format == OutputFormat.Json) terminal.Json(result, BenchResultFile.JsonType);
        else BenchTable.Print(result, result.Series.SelectMany(series => series.Detectors).Select(detector => detector.Name).Distinct().Count(), terminal);
        return BenchRunCommand.ExitCode(result, terminal);
    }
}
