using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Core.Machines.Real;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect hook</c>.</summary>
internal static class HookCommand
{
    private const string Mark = "# written by \"flotilla inspect hook\"";

    public static Command Create(Terminal terminal)
    {
        var remove = new Option<bool>("--remove") { Description = "Take it away again" };
        var command = new Command("hook", "Let git inspect what a commit brings, before it is made") { remove };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = Path.Combine(await FolderAsync(cancellationToken), "pre-commit");
            var ours = File.Exists(file) && (await File.ReadAllTextAsync(file, cancellationToken)).Contains(Mark, StringComparison.Ordinal);
            if (File.Exists(file) && !ours)
                throw new ProblemException(new Problem($"There is a hook already: {file}.", Why: "it is another program's.", Fix: "Add the line \"flotilla inspect --new HEAD\" to it."));
            if (parsed.GetValue(remove)) Remove(file, terminal);
            else Write(file, terminal);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(string file, Terminal terminal)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // The program that runs now: it need not be in the PATH that git has.
        var own = Environment.GetCommandLineArgs()[0];
        var program = own.EndsWith(".dll", StringComparison.Ordinal) ? $"\"{Environment.ProcessPath}\" \"{own}\"" : $"\"{own}\"";
        File.WriteAllText(file, $"#!/bin/sh\n{Mark}\nexec {program} inspect --new HEAD --messages-only\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        terminal.Line($"+ {file}", Tone.Good);
        terminal.Note("A commit is refused when it brings new findings; \"git commit --no-verify\" passes it by.", Tone.Faint);
    }

    private static void Remove(string file, Terminal terminal)
    {
        if (!File.Exists(file)) return;
        File.Delete(file);
        terminal.Line($"- {file}", Tone.Bad);
    }

    private static async Task<string> FolderAsync(CancellationToken cancellationToken)
    {
        var result = await new LocalMachine("local").RunAsync(new Core.Machines.Command("git", ["rev-parse", "--path-format=absolute", "--git-path", "hooks"]), cancellationToken);
        return result.Succeeded ? result.Output.Trim()
            : throw new ProblemException(new Problem("This is no repository of git.", Why: result.Error.Trim(), Fix: "Run \"git init\" first, or go to a repository."));
    }
}
