using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection;
using Flotilla.Inspection.Changes;
using Flotilla.Inspection.Files.Real;
using Flotilla.Inspection.Fixing;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Reports;
using Flotilla.Resources;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect</c>.</summary>
internal static class InspectCommand
{
    private sealed record Asked(bool New, string? Base, string? Baseline, string? SaveBaseline, bool Fix, bool DryRun);

    public static Command Create(Terminal terminal)
    {
        var options = new InspectOptions();
        var formats = new Option<string[]>("--output-format") { Description = $"How to write, and to which files: {string.Join(", ", ReportFormats.Names)}", HelpName = "FORMAT[:FILE]" };
        var fresh = new Option<string?>("--new") { Description = "Only what is new since BASE, by content [default: where the branch left the main one]", HelpName = "BASE", Arity = ArgumentArity.ZeroOrOne };
        var baseline = new Option<string?>("--baseline") { Description = "Only what this file does not have", HelpName = "FILE" };
        var saveBaseline = new Option<string?>("--save-baseline") { Description = "Write what was found to a file, for --baseline", HelpName = "FILE" };
        var fix = new Option<bool>("--fix") { Description = "Mend what tools can mend" };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "With --fix: show what it would change" };
        var watch = new Option<bool>("--watch") { Description = "Inspect again whenever a file changes" };
        var zeroExit = new Option<bool>("--zero-exit", "-0") { Description = "Exit with 0 whatever was found" };
        var messagesOnly = new Option<bool>("--messages-only", "-M") { Description = "Leave the summary out" };
        var summaryOnly = new Option<bool>("--summary-only", "-S") { Description = "Leave the findings out" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Write nothing unless something was found" };
        var absolute = new Option<bool>("--absolute-paths") { Description = "Write absolute paths" };
        var showProfile = new Option<bool>("--show-profile") { Description = "Write the merged profile too" };
        var command = new Command("inspect", "Run the analysers that fit the code, and join what they say") { options.Paths };
        foreach (var option in new Option[] { fresh, baseline, saveBaseline, fix, dryRun, watch, formats, zeroExit, messagesOnly, summaryOnly, quiet, absolute, showProfile }.Concat(options.All)) command.Options.Add(option);
        command.Subcommands.Add(ProfileCommands.Create(terminal));
        command.Subcommands.Add(ToolsCommand.Create(terminal));
        command.Subcommands.Add(ExplainCommand.Create(terminal));
        command.Subcommands.Add(HookCommand.Create(terminal));
        command.SetAction(async (parsed, cancellationToken) =>
        {
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
            var folder = options.Folder(parsed);
            if (parsed.GetResult(fresh) is not null && parsed.GetValue(saveBaseline) is { } partly)
                throw new ProblemException(new Problem($"{partly} would not be a whole baseline.", Why: "--new shows only what is new, and what a baseline has not counts as new.", Fix: "Leave --new out to save one."));
            var what = new Asked(parsed.GetResult(fresh) is not null, parsed.GetValue(fresh), parsed.GetValue(baseline), parsed.GetValue(saveBaseline), parsed.GetValue(fix), parsed.GetValue(dryRun));
            // One inspector for as long as this runs: what it loaded to look at C# serves again.
            return parsed.GetValue(watch) ? await WatchAsync() : await OnceAsync();

            async Task<int> OnceAsync(FolderChanges? changes = null)
            {
                var profile = options.Profile(parsed, said, folder);
                changes?.PassOver([.. ReportWriting.Of(profile, terminal).Files, .. what.SaveBaseline is { } kept ? Baseline.FilesWritten(kept) : []]);
                return await RunAsync(options.Request(parsed, profile, folder), what, profile, terminal, cancellationToken);
            }

            async Task<int> WatchAsync()
            {
                using var changes = new FolderChanges(Environment.CurrentDirectory, TimeProvider.System);
                while (true)
                {
                    try
                    {
                        await OnceAsync(changes);
                    }
                    catch (ProblemException unready)
                    {
                        // A profile that is half written, say: the next change may mend it.
                        foreach (var problem in unready.Problems) terminal.Problem(problem);
                    }
                    terminal.Note("Waiting for a change; Ctrl-C ends it.", Tone.Faint);
                    terminal.Note($"{await changes.NextAsync(cancellationToken)} has changed.", Tone.Faint);
                }
            }

            bool? True(Option<bool> option) => parsed.GetValue(option) ? true : null;
        });
        return command;
    }

    private static async Task<int> RunAsync(InspectionRequest request, Asked asked, Profile profile, Terminal terminal, CancellationToken cancellationToken)
    {
        var writing = ReportWriting.Of(profile, terminal);
        var known = asked.Baseline is null ? null : Baseline.Load(asked.Baseline);
        var machine = new LocalMachine("local");
        var inspector = new Inspector(machine, TimeProvider.System);
        var whole = await LookAsync();
        if (asked.Fix && await FixAsync(machine, request, Standing(whole, quiet: true), asked, terminal, cancellationToken)) whole = await LookAsync();
        if (asked.SaveBaseline is { } unsaved && whole.Tools.Any(tool => tool.State == ToolState.Failed))
            terminal.Problem(new Problem($"{unsaved} was left as it is.", Why: "a tool failed, whose findings would all count as new.", Fix: "Mend what the tool says below, or leave it out with --without-tool."));
        else if (asked.SaveBaseline is { } file)
        {
            Baseline.Save(whole, file);
            terminal.Note($"Kept {whole.Findings.Count} findings in {file}. Next: \"flotilla inspect --baseline {file}\" shows what is new.", Tone.Faint);
        }
        var report = Standing(whole, quiet: false);
        if (!(asked.Fix && asked.DryRun)) writing.Write(report);
        return asked.SaveBaseline is not null && report.Tools.All(tool => tool.State != ToolState.Failed) ? ExitCodes.Done : ExitCode(report, profile, terminal);

        Task<InspectionReport> LookAsync() => terminal.WorkingAsync("inspecting", async () =>
        {
            if (!asked.New) return await inspector.InspectAsync(request, cancellationToken);
            var fresh = await NewFindings.InspectAsync(inspector, request, asked.Base, machine, cancellationToken);
            terminal.Note($"{fresh.Base.Taken} {fresh.Report.Known} findings were there before, {fresh.Gone} are gone.", Tone.Faint);
            foreach (var tool in fresh.Unjudged)
                terminal.Note($"What {tool.Name} says is all taken for new: it could not look at {fresh.Base.Name}. {tool.Problem?.What}", Tone.Notable);
            return fresh.Report;
        }, TimeProvider.System);

        InspectionReport Standing(InspectionReport found, bool quiet)
        {
            if (known is null) return found;
            var applied = Baseline.Apply(found, known);
            // What was not inspected is not gone.
            if (!quiet && applied.Absent.Count > 0 && !asked.New && request.Paths.Count == 0)
                terminal.Note($"{applied.Absent.Count} findings of {asked.Baseline} are gone: --save-baseline {asked.Baseline} forgets them.", Tone.Faint);
            return applied.Report;
        }
    }

    /// <summary>Mends; true when files have changed.</summary>
    private static async Task<bool> FixAsync(
        LocalMachine machine, InspectionRequest request, InspectionReport report, Asked asked, Terminal terminal, CancellationToken cancellationToken)
    {
        var fixes = await new Fixer(machine).FixAsync(request, report, asked.DryRun, cancellationToken);
        foreach (var failure in fixes.Failures) terminal.Problem(failure);
        foreach (var refused in fixes.Refused) terminal.Problem(refused.Why);
        if (asked.DryRun)
        {
            foreach (var file in fixes.Files) terminal.Line(UnifiedDiff.Between(file.Before, file.After, $"a/{file.Path}", $"b/{file.Path}").TrimEnd());
            return false;
        }
        foreach (var file in fixes.Files) terminal.Note($"~ {file.Path} ({file.Fixed.Count} mended)", Tone.Notable);
        if (fixes.Overlapping > 0) terminal.Note($"{fixes.Overlapping} more can be mended by --fix again.", Tone.Faint);
        return fixes.Files.Count > 0;
    }

    private static int ExitCode(InspectionReport report, Profile profile, Terminal terminal)
    {
        var failed = report.Tools.Where(tool => tool.State == ToolState.Failed).ToList();
        foreach (var tool in failed) terminal.Problem(tool.Problem!);
        if (profile.Options.ZeroExit == true) return ExitCodes.Done;
        return failed.Count > 0 ? ExitCodes.Failed : report.Findings.Count > 0 ? ExitCodes.Found : ExitCodes.Done;
    }
}
