using Flotilla;
using Flotilla.Events;
using Flotilla.Programs;

namespace Edge.Tests;

/// <summary>The fleet of <c>edge/fleet.cs</c> in simulation.</summary>
public sealed class EdgeTests
{
    private static readonly Fleet Fleet = FleetProgram.Load();

    [Fact]
    public void Its_scenario_passes_under_many_seeds_on_a_quick_network_and_on_Serf()
    {
        for (var seed = 1; seed <= 20; seed++)
            foreach (var network in new[] { new SimulatedBusOptions(), SimulatedBusOptions.Serf })
            {
                var result = FleetSimulation.Of(Fleet).WithNetwork(network).WithSeed(seed).Play("both-edges-follow-the-brokers");
                Assert.True(result.Passed, $"seed {seed}: {result.Why}\n{result.LastLines()}");
            }
    }

    [Fact]
    public void Each_change_is_reloaded_by_the_command_that_the_fleet_gives()
    {
        FleetSimulation? simulation = null;
        var reloads = new List<string>();
        simulation = FleetSimulation.Of(Fleet).On(setup => setup.Machine("edge-a").OnCommand("pkill", command =>
        {
            reloads.Add(command.ToString());
            return new Flotilla.Core.Machines.CommandResult(0, "", "");
        }));
        simulation.Run(async s =>
        {
            await s.For(10.Seconds);
            reloads.Clear();
            await s.Host("broker-1").CrashAsync();
            await s.Until("a reload", () => reloads.Count > 0);
            await s.For(10.Seconds);
        });
        Assert.Equal(["pkill --signal USR2 --pidfile /run/edge-haproxy.pid"], reloads);
    }
}
