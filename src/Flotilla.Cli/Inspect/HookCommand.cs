using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection.Changes.Real;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect hook</c>.</summary>
internal static class HookCommand
{
    public static Command Create(Terminal terminal)
    {
        var remove = new Option<bool>("--remove") { Description = "Take it away again" };
        var command = new Command("hook", "Let git inspect what a commit brings, before it is made") { remove };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var hook = await CommitHook.FindAsync(new LocalMachine("local"), Environment.CurrentDirectory, cancellationToken);
            if (parsed.GetValue(remove))
            {
                if (hook.Remove()) terminal.Line($"- {hook.File}", Tone.Bad);
                return ExitCodes.Done;
            }
            hook.Write(Program());
            terminal.Line($"+ {hook.File}", Tone.Good);
            terminal.Note("A commit is refused when it brings new findings; \"git commit --no-verify\" passes it by.", Tone.Faint);
            return ExitCodes.Done;
        });
        return command;
    }

    // The program that runs now: it need not be in the PATH that git has.
    private static string Program()
    {
        var own = Environment.GetCommandLineArgs()[0];
        return own.EndsWith(".dll", StringComparison.Ordinal) ? $"\"{Environment.ProcessPath}\" \"{own}\"" : $"\"{own}\"";
    }
}
