using Flotilla.Core;
using Flotilla.Running;

namespace Flotilla.Scenarios;

/// <summary>Plays one scenario on a fresh fleet, from its start to its stop.</summary>
internal static class ScenarioRun
{
    // Stopping is given this long beyond the grace of the apps before the run goes on without it.
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    public static async Task<ScenarioResult> PlayAsync(IRunningFleet fleet, ScenarioDescription scenario, CancellationToken cancellationToken)
    {
        var timeline = fleet.Timeline;
        var start = fleet.Time.GetTimestamp();
        using var timeout = new CancellationTokenSource(scenario.Timeout, fleet.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var play = new Scenario(fleet, both.Token);
        string? why = null;
        timeline.Add(TimelineKinds.Scenario, scenario.Name, "begins");
        try
        {
            await fleet.StartAsync(both.Token);
            await scenario.Play(play).WaitAsync(both.Token);
            if (timeline.Find(TimelineKinds.Violation) is { } violation) why = violation.Text;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            why = $"did not end within {scenario.Timeout.TotalSeconds:0.###} s{(play.WaitingFor is { } waiting ? $"; it was waiting for: {waiting}" : "")}";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await StopAsync(fleet);
            throw;
        }
        catch (Exception e) when (e is ScenarioFailedException or NotSupportedException or ArgumentException)
        {
            why = e.Message;
        }
        catch (Exception e) when (e is not InvariantException)
        {
            why = e.ToString();
        }
        timeline.Add(TimelineKinds.Scenario, scenario.Name, why is null ? "passed" : $"failed: {why.Split('\n')[0]}");
        var seconds = fleet.Time.GetElapsedTime(start).TotalSeconds;
        var entries = timeline.Entries;
        await StopAsync(fleet);
        return new ScenarioResult(scenario.Name, why is null, Math.Round(seconds, 3), entries, why);
    }

    private static async Task StopAsync(IRunningFleet fleet)
    {
        var grace = fleet.Fleet.Roles.SelectMany(role => role.Apps).Select(app => app.App.StopGrace).DefaultIfEmpty().Max();
        using var limit = new CancellationTokenSource(StopMax + grace, fleet.Time);
        try
        {
            await fleet.StopAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // How the scenario went is known; what does not stop ends with its world.
        }
    }
}
