using Flotilla.Core;
using Flotilla.Programs.Real;
using Flotilla.Running.Real;
using Flotilla.Running.Real.Rehearsal;
using Flotilla.Scenarios;

namespace Flotilla.Commands;

/// <summary>Plays scenarios on this machine with hosts that are apart: own networks, real Serf agents, an <c>agent</c> in each.</summary>
internal static class RehearseCommand
{
    public static async Task<int> RunAsync(FleetContext context, string? scenario, CancellationToken cancellationToken)
    {
        var fleet = context.Fleet.Build();
        var chosen = ScenarioChoice.Of(fleet, scenario);
        if (fleet.Hosts is [])
            throw new ProblemException(new Problem("The fleet declares no host to rehearse.", fleet.Declared, Fix: "Declare one: fleet.Host(\"web-1\", [\"web\"])."));
        using var state = FleetState.OpenRehearsal(context.Folder);
        return await ScenarioRuns.RunAsync(context, fleet, chosen, async (one, timeline) =>
        {
            var folder = Path.Combine(state.Folder, one.Name);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            await using var rehearsed = new RehearsedFleet(fleet, timeline, ProgramStart.Own(), folder);
            return await ScenarioRun.PlayAsync(rehearsed, one, cancellationToken);
        });
    }
}
