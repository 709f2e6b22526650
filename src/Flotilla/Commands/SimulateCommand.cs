using Flotilla.Console;
using Flotilla.Events;

namespace Flotilla.Commands;

internal static class SimulateCommand
{
    public static int Run(FleetContext context, string? scenario, int seed, int seeds, string? network)
    {
        var fleet = context.Fleet.Build();
        var terminal = context.Terminal;
        var chosen = ScenarioChoice.Of(fleet, scenario);
        var simulation = FleetSimulation.Of(context.Fleet);
        if (network is not null) simulation = simulation.WithNetwork(network == "serf" ? SimulatedBusOptions.Serf : new SimulatedBusOptions());
        var results = new List<ScenarioResult>();
        for (var at = seed; at < seed + seeds; at++)
            foreach (var one in chosen)
            {
                var result = simulation.WithSeed(at).Play(one, context.Interruption.Token);
                // Under many seeds only the failures are worth reading.
                if (seeds <= 1 || !result.Passed) results.Add(result);
                if (terminal.Format == OutputFormat.Text && (seeds <= 1 || !result.Passed)) TimelinePrinter.Print(result, terminal);
                if (!result.Passed)
                    terminal.Note($"Replay it: flotilla simulate --scenario {one.Name} --seed {at}{(network is null ? "" : $" --network {network}")}", Tone.Faint);
            }
        if (terminal.Format == OutputFormat.Json)
            terminal.Json(new ScenariosOutput(fleet.Name, [.. results.Select(ScenarioResultOutput.Of)]), FleetJson.Default.ScenariosOutput);
        else
            terminal.Line($"{seeds * chosen.Count - results.Count(result => !result.Passed)} passed, {results.Count(result => !result.Passed)} failed (seed{(seeds > 1 ? $"s {seed} to {seed + seeds - 1}" : $" {seed}")}).");
        return results.All(result => result.Passed) ? ExitCodes.Done : ExitCodes.Found;
    }
}
