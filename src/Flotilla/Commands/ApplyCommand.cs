using System.Text.Json;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Resources;

namespace Flotilla.Commands;

internal static class ApplyCommand
{
    public static async Task<int> RunAsync(FleetContext context, string? hostName, string? root, bool yes, CancellationToken cancellationToken)
    {
        var fleet = context.Fleet.Build();
        var terminal = context.Terminal;
        if (PlanCommand.Targets(fleet, hostName) is not [var host])
            throw new ProblemException(new Problem($"Which host of the fleet is this machine? Its name, {Environment.MachineName}, is none of them.",
                Fix: $"Say it: --host NAME. {Suggestion.Sentence("", [.. fleet.Hosts.Select(known => known.Name)])}"));
        if (terminal.Format == OutputFormat.Text)
        {
            var plan = await PlanCommand.PlanAsync(fleet, host, root, cancellationToken);
            PlanCommand.Print(plan, terminal);
            if (!plan.IsEmpty && !yes && !Confirmed(terminal)) return ExitCodes.Done;
        }
        var report = await new Applier(fleet.Providers, TimeProvider.System).ApplyAsync(
            PlanCommand.CatalogOf(fleet, host), PlanCommand.MachineOf(host, root), result => Print(result, terminal), cancellationToken);
        if (terminal.Format == OutputFormat.Json)
            terminal.Json(new ApplyOutput(fleet.Name, host.Name, [.. report.Results.Select(Output)], report.Changed, report.Failed, report.Skipped, report.Unchanged), FleetJson.Default.ApplyOutput);
        else
            terminal.Line($"Applied: {report.Changed} changed, {report.Failed} failed, {report.Skipped} skipped, {report.Unchanged} unchanged.");
        return report.Succeeded ? ExitCodes.Done : ExitCodes.Failed;
    }

    // Asked only where a person can answer; a script that calls apply has decided already.
    private static bool Confirmed(Terminal terminal)
    {
        if (System.Console.IsInputRedirected || !terminal.ErrorIsTerminal) return true;
        terminal.Error.Write("Make these changes? [y/N] ");
        if (System.Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES") return true;
        terminal.Note("Nothing was changed.");
        return false;
    }

    private static void Print(ResourceResult result, Terminal terminal)
    {
        if (result.Outcome is ResourceOutcome.Failed or ResourceOutcome.Skipped)
            terminal.Note($"{result.Id} {(result.Outcome is ResourceOutcome.Failed ? "failed" : "was skipped")}: {result.Error}", Tone.Bad);
        else if (terminal.Format == OutputFormat.Text && result.Outcome is ResourceOutcome.Changed)
            terminal.Line($"  {result.Id} changed", Tone.Notable);
    }

    private static ResultOutput Output(ResourceResult result) => new(
        result.Id.ToString(), JsonNamingPolicy.CamelCase.ConvertName(result.Outcome.ToString()), result.Refreshed,
        result.Change is { } change ? ChangeOutput.Of(change) : null, result.Error, result.Took.TotalSeconds);
}
