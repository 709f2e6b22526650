using System.CommandLine;
using Flotilla.Console;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect profile show|check</c>.</summary>
internal static class ProfileCommands
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("profile", "Look at what is asked of the tools");
        command.Subcommands.Add(Show(terminal));
        command.Subcommands.Add(Check(terminal));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var options = new InspectOptions();
        var command = new Command("show", "Print the merged profile, and where it comes from") { options.Paths };
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var profile = options.Profile(parsed, options.Said(parsed), options.Folder(parsed));
            if (terminal.Format == OutputFormat.Json) terminal.Json(new ProfileOutput(profile.Names, profile.Strictness, profile.Uses, profile.ToYaml()), InspectJson.Default.ProfileOutput);
            else terminal.Line(profile.ToYaml().TrimEnd());
            terminal.Note($"From {string.Join(", ", profile.Names)}.", Tone.Faint);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Check(Terminal terminal)
    {
        var options = new InspectOptions();
        var command = new Command("check", "Find mistakes in the profiles") { options.Paths };
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var profile = options.Profile(parsed, options.Said(parsed), options.Folder(parsed));
            if (terminal.Format == OutputFormat.Json)
                terminal.Json([.. profile.Findings.Select(finding => new ProfileFindingOutput(finding.Code, finding.Message, finding.Location.Path, finding.Location.Line, finding.Location.Column))], InspectJson.Default.ProfileFindingOutputArray);
            else if (profile.Findings.Count == 0) terminal.Line($"Nothing is wrong with {string.Join(", ", profile.Names)}.", Tone.Good);
            else
                foreach (var finding in profile.Findings)
                    terminal.Line($"{finding.Location.Path}({finding.Location.Line},{finding.Location.Column}): {finding.Message} [{finding.Code}]", Tone.Notable);
            return profile.Findings.Count == 0 ? ExitCodes.Done : ExitCodes.Found;
        });
        return command;
    }
}
