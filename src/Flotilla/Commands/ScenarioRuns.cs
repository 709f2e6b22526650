using Flotilla.Console;

namespace Flotilla.Commands;

/// <summary>Plays scenarios for real, one after the other, and shows how they go.</summary>
internal static class ScenarioRuns
{
    public static async Task<int> RunAsync(FleetContext context, FleetDescription fleet, IReadOnlyList<ScenarioDescription> scenarios,
        Func<ScenarioDescription, Timeline, Task<ScenarioResult>> play)
    {
        var terminal = context.Terminal;
        var results = new List<ScenarioResult>();
        foreach (var scenario in scenarios)
        {
            var timeline = new Timeline(TimeProvider.System);
            TimelinePrinter.Follow(timeline, terminal, isResult: false);
            results.Add(await play(scenario, timeline));
            if (terminal.Format == OutputFormat.Text) TimelinePrinter.Verdict(results[^1], terminal);
        }
        if (terminal.Format == OutputFormat.Json)
            terminal.Json(new ScenariosOutput(fleet.Name, [.. results.Select(ScenarioResultOutput.Of)]), FleetJson.Default.ScenariosOutput);
        else
            terminal.Line($"{results.Count(result => result.Passed)} passed, {results.Count(result => !result.Passed)} failed.");
        return results.All(result => result.Passed) ? ExitCodes.Done : ExitCodes.Found;
    }
}
