using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Reports;
using Flotilla.Inspection.Tools;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new InspectOptions();
        var formats = new Option<string[]>("--output-format") { Description = $"How to write, and to which files: {string.Join(", ", ReportFormats.Names)}", HelpName = "FORMAT[:FILE]" };
        var zeroExit = new Option<bool>("--zero-exit", "-0") { Description = "Exit with 0 whatever was found" };
        var messagesOnly = new Option<bool>("--messages-only", "-M") { Description = "Leave the summary out" };
        var summaryOnly = new Option<bool>("--summary-only", "-S") { Description = "Leave the findings out" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Write nothing unless something was found" };
        var absolute = new Option<bool>("--absolute-paths") { Description = "Write absolute paths" };
        var showProfile = new Option<bool>("--show-profile") { Description = "Write the merged profile too" };
        var command = new Command("inspect", "Run the analysers that fit the code, and join what they say") { options.Paths };
        foreach (var option in options.All) command.Options.Add(option);
        foreach (var option in new Option[] { formats, zeroExit, messagesOnly, summaryOnly, quiet, absolute, showProfile }) command.Options.Add(option);
        command.Subcommands.Add(ProfileCommands.Create(terminal));
        command.Subcommands.Add(ToolsCommand.Create(terminal));
        command.Subcommands.Add(ExplainCommand.Create(terminal));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var tools = Toolbox.BuiltIn();
            var said = options.Said(parsed) with
            {
                OutputFormats = parsed.GetValue(formats) is { Length: > 0 } asked ? asked : null,
                ZeroExit = True(zeroExit),
                MessagesOnly = True(messagesOnly),
                SummaryOnly = True(summaryOnly),
                Quiet = True(quiet),
                AbsolutePaths = True(absolute),
                ShowProfile = True(showProfile),
            };
            var profile = options.Profile(parsed, said, tools);
            var writing = ReportWriting.Of(profile, terminal);
            var request = options.Request(parsed, profile, tools);
            var report = await terminal.WorkingAsync("inspecting", () => new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(request, cancellationToken), TimeProvider.System);
            writing.Write(report);
            return ExitCode(report, profile, terminal);

            bool? True(Option<bool> option) => parsed.GetValue(option) ? true : null;
        });
        return command;
    }

    private static int ExitCode(InspectionReport report, Profile profile, Terminal terminal)
    {
        var failed = report.Tools.Where(tool => tool.State == ToolState.Failed).ToList();
        foreach (var tool in failed) terminal.Problem(tool.Problem!);
        if (profile.Options.ZeroExit == true) return ExitCodes.Done;
        return failed.Count > 0 ? ExitCodes.Failed : report.Findings.Count > 0 ? ExitCodes.Found : ExitCodes.Done;
    }
}
