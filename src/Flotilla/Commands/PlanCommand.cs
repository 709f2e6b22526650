using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection;
using Flotilla.Resources;

namespace Flotilla.Commands;

internal static class PlanCommand
{
    public static async Task<int> RunAsync(FleetContext context, string? host, string? root, bool check, bool inspect, CancellationToken cancellationToken)
    {
        var fleet = context.Fleet.Build();
        var plans = new List<Plan>();
        foreach (var target in Targets(fleet, host))
            plans.Add(await PlanAsync(fleet, target, root, cancellationToken));
        var changes = plans.Sum(plan => plan.Changes.Count);
        var inspection = inspect ? await FleetInspection.RunAsync(context, cancellationToken) : null;
        if (context.Terminal.Format == OutputFormat.Json)
        {
            context.Terminal.Json(new PlansOutput(fleet.Name, [.. plans.Select(PlanOutput.Of)], changes, inspection is null ? null : [.. inspection.Findings.Select(FindingOutput.Of)]), FleetJson.Default.PlansOutput);
        }
        else
        {
            foreach (var plan in plans) Print(plan, context.Terminal);
            if (inspection is not null) FleetInspection.Print(inspection, context);
            if (changes > 0) context.Terminal.Note("Next: \"flotilla apply\" makes these changes.", Tone.Faint);
        }
        foreach (var problem in plans.SelectMany(plan => plan.Problems)) context.Terminal.Problem(problem);
        var failed = inspection?.Tools.Where(tool => tool.State == ToolState.Failed).ToList() ?? [];
        foreach (var tool in failed) context.Terminal.Problem(tool.Problem!);
        return plans.Any(plan => plan.Problems.Count > 0) || failed.Count > 0 ? ExitCodes.Failed : (check && changes > 0) || inspection?.Findings.Count > 0 ? ExitCodes.Found : ExitCodes.Done;
    }

    public static Task<Plan> PlanAsync(FleetDescription fleet, HostDescription host, string? root, CancellationToken cancellationToken) =>
        new Planner(fleet.Providers).PlanAsync(CatalogOf(fleet, host), MachineOf(host, root), cancellationToken);

    public static Catalog CatalogOf(FleetDescription fleet, HostDescription host) =>
        Catalog.Build(fleet.RolesOf(host).SelectMany(role => role.Resources));

    public static LocalMachine MachineOf(HostDescription host, string? root)
    {
        if (root is not null && !Directory.Exists(root))
            throw new ProblemException(new Problem($"There is no folder {root} to act on.", Fix: "Make it, or name another with --root."));
        return new LocalMachine(host.Name, root is null ? "/" : Path.GetFullPath(root));
    }

    /// <summary>The host that was named, or that this machine is by its name; for a plan, else all hosts.</summary>
    public static IReadOnlyList<HostDescription> Targets(FleetDescription fleet, string? name)
    {
        if (name is not null)
            return [fleet.Hosts.FirstOrDefault(host => host.Name == name) ?? throw new ProblemException(new Problem(
                $"The fleet has no host \"{name}\".", Fix: Suggestion.Sentence(name, [.. fleet.Hosts.Select(host => host.Name)])))];
        return fleet.Hosts.FirstOrDefault(host => host.Name == Environment.MachineName) is { } self ? [self] : fleet.Hosts;
    }

    public static void Print(Plan plan, Terminal terminal)
    {
        terminal.Line($"host {plan.Host}");
        foreach (var change in plan.Changes) Print(change, terminal);
        int Count(ChangeAction action) => plan.Changes.Count(change => change.Action == action);
        terminal.Line($"Plan: {Count(ChangeAction.Create)} to create, {Count(ChangeAction.Update)} to update, {Count(ChangeAction.Delete)} to delete ({plan.Unchanged} unchanged).");
    }

    public static void Print(ResourceChange change, Terminal terminal)
    {
        var (symbol, tone) = change.Action switch
        {
            ChangeAction.Create => ("+", Tone.Good),
            ChangeAction.Delete => ("-", Tone.Bad),
            _ => ("~", Tone.Notable),
        };
        terminal.Line($"  {symbol} {change.Resource.Id}", tone);
        foreach (var property in change.Properties)
        {
            if (property.IsSensitive) terminal.Line($"      {property.Name}: (sensitive, changes)");
            else if (property.Diff is { } diff) foreach (var line in diff.TrimEnd('\n').Split('\n')) terminal.Line($"      {line}", Tint(line));
            else terminal.Line($"      {property.Name}: {(property.Before is { } before ? $"{before} -> " : "")}{property.After ?? "(nothing)"}");
        }
    }

    private static Tone Tint(string line) =>
        line.StartsWith('+') ? Tone.Good : line.StartsWith('-') ? Tone.Bad : Tone.Plain;
}
