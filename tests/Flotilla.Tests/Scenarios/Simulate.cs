namespace Flotilla.Tests.Scenarios;

internal static class Simulate
{
    public static ScenarioResult Simulated(this Fleet fleet, Func<Scenario, Task> play, int seed = 1, TimeSpan? timeout = null) =>
        FleetSimulation.Of(fleet).WithSeed(seed).Run(play, timeout);
}
