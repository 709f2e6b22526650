using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Inspection;
using Flotilla.Inspection.Blending;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect explain CODE</c>.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var code = new Argument<string>("CODE") { Description = "What any tool calls a defect: F401, unused-import, W0611, CS0168" };
        var command = new Command("explain", "Say what a code means, and what other tools call the same defect") { code };
        command.SetAction(parsed =>
        {
            var names = new InspectedFolder(Environment.CurrentDirectory, Environment.GetEnvironmentVariable, keepResults: false).Names();
            var asked = parsed.GetValue(code)!;
            var defects = names.Known(asked).Select(known => known.Defect).Distinct().ToList();
            if (defects.Count == 0)
                throw new ProblemException(new Problem($"No defect of the table is called \"{asked}\".",
                    Fix: $"{Suggestion.Sentence(asked, [.. names.Defects.SelectMany(defect => defect.Names).Select(name => name.Code).Where(near => Suggestion.For(asked, [near]) is not null).Distinct()])} The tool's own documentation may know it."));
            if (terminal.Format == OutputFormat.Json)
                terminal.Json([.. defects.Select(defect => new DefectOutput(defect.What, [.. defect.Names.Select(name => new DefectNameOutput(name.Tool, name.Code))]))], InspectJson.Default.DefectOutputArray);
            else
                foreach (var defect in defects)
                {
                    terminal.Line(defect.What);
                    foreach (var (tool, name) in defect.Names)
                        terminal.Line($"  {tool} {name}{(tool == "pylint" && DefectNames.PylintCode(name) is { } number ? $" ({number})" : "")}", string.Equals(name, asked, StringComparison.OrdinalIgnoreCase) ? Tone.Good : Tone.Plain);
                }
            terminal.Note("The first that is reported is kept; the others stand beside it.", Tone.Faint);
            return ExitCodes.Done;
        });
        return command;
    }
}
