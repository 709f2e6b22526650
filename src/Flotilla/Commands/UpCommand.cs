using Flotilla.Console;
using Flotilla.Running;
using Flotilla.Running.Real;
using Flotilla.Scenarios;

namespace Flotilla.Commands;

internal static class UpCommand
{
    public static async Task<int> RunAsync(FleetContext context, string? scenario, CancellationToken cancellationToken)
    {
        var fleet = context.Fleet.Build();
        var chosen = scenario is null ? null : ScenarioChoice.Of(fleet, scenario);
        using var state = FleetState.Open(context.Folder);
        if (chosen is null) return await RunUntilInterruptedAsync(context, fleet, state, cancellationToken);

        var results = new List<ScenarioResult>();
        foreach (var one in chosen)
        {
            await using var world = World(context, state, isResult: false, out var timeline);
            results.Add(await ScenarioRun.PlayAsync(fleet, one, world, timeline, cancellationToken));
            if (context.Terminal.Format == OutputFormat.Text) TimelinePrinter.Verdict(results[^1], context.Terminal);
        }
        if (context.Terminal.Format == OutputFormat.Json)
            context.Terminal.Json(new ScenariosOutput(fleet.Name, [.. results.Select(ScenarioResultOutput.Of)]), FleetJson.Default.ScenariosOutput);
        else
            context.Terminal.Line($"{results.Count(result => result.Passed)} passed, {results.Count(result => !result.Passed)} failed.");
        return results.All(result => result.Passed) ? ExitCodes.Done : ExitCodes.Found;
    }

    private static async Task<int> RunUntilInterruptedAsync(FleetContext context, FleetDescription fleet, FleetState state, CancellationToken cancellationToken)
    {
        await using var world = World(context, state, isResult: true, out var timeline);
        var runtime = new FleetRuntime(fleet, world, timeline);
        using var control = ControlServer.Start(FleetState.Socket(state.Folder), runtime);
        context.Terminal.Note($"{fleet.Name} is coming up. Ctrl-C stops it; \"flotilla apps\" shows it from elsewhere.", Tone.Faint);
        try
        {
            await runtime.StartAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            await runtime.StopAsync(context.Interruption.AtOnce);
        }
        return ExitCodes.Done;
    }

    // The timeline is the result of a run without scenarios; beside scenarios' JSON it is a message.
    private static LocalFleetWorld World(FleetContext context, FleetState state, bool isResult, out Timeline timeline)
    {
        var terminal = context.Terminal;
        var made = new Timeline(TimeProvider.System);
        timeline = made;
        var world = new LocalFleetWorld(state, AppContext.BaseDirectory, violation => made.Add(TimelineKinds.Violation, "flotilla", violation));
        // The second Ctrl-C: what still runs is killed, not asked.
        context.Interruption.AtOnce.Register(() => _ = world.DisposeAsync().AsTask());
        TimelinePrinter.Follow(made, terminal, isResult);
        return world;
    }
}
