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

        return await ScenarioRuns.RunAsync(context, fleet, chosen, async (one, timeline) =>
        {
            await using var world = World(context, state, timeline);
            return await ScenarioRun.PlayAsync(new FleetRuntime(fleet, world, timeline), one, cancellationToken);
        });
    }

    private static async Task<int> RunUntilInterruptedAsync(FleetContext context, FleetDescription fleet, FleetState state, CancellationToken cancellationToken)
    {
        var timeline = new Timeline(TimeProvider.System);
        TimelinePrinter.Follow(timeline, context.Terminal, isResult: true);
        await using var world = World(context, state, timeline);
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

    private static LocalFleetWorld World(FleetContext context, FleetState state, Timeline timeline)
    {
        var world = new LocalFleetWorld(state, AppContext.BaseDirectory, violation => timeline.Add(TimelineKinds.Violation, "flotilla", violation));
        // The second Ctrl-C: what still runs is killed, not asked.
        context.Interruption.AtOnce.Register(() => _ = world.DisposeAsync().AsTask());
        return world;
    }
}
