using Flotilla.Core;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Core.Simulated;
using Flotilla.Events;
using Flotilla.Running;
using Flotilla.Running.Simulated;
using Flotilla.Scenarios;

namespace Flotilla;

/// <summary>
/// Runs a fleet in virtual time: the same description, agents, supervisors, detectors and handlers, on simulated hosts.
/// One seed decides everything; a failure names it.
/// </summary>
public sealed class FleetSimulation
{
    private readonly FleetDescription _fleet;
    private readonly Action<SimulatedSetup>? _prepare;
    private readonly SimulatedBusOptions? _network;

    private FleetSimulation(FleetDescription fleet, int seed, Action<SimulatedSetup>? prepare, SimulatedBusOptions? network) =>
        (_fleet, Seed, _prepare, _network) = (fleet, seed, prepare, network);

    /// <summary>A simulation of a fleet, with seed 1.</summary>
    public static FleetSimulation Of(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return new FleetSimulation(fleet.Build(), 1, null, null);
    }

    /// <summary>Decides all that is left to chance.</summary>
    public int Seed { get; }

    /// <summary>The same simulation under another seed.</summary>
    public FleetSimulation WithSeed(int seed) => new(_fleet, seed, _prepare, _network);

    /// <summary>The same simulation on hosts prepared first, after what was prepared before: files that are there, programs that answer.</summary>
    public FleetSimulation On(Action<SimulatedSetup> prepare) => new(_fleet, Seed, _prepare + prepare, _network);

    /// <summary>
    /// The same simulation with members that hear of each other in another way. Unless it is said, several hosts do as on
    /// <see cref="SimulatedBusOptions.Serf"/>, late and lossy, and one host alone as in one process; <c>new SimulatedBusOptions()</c> takes
    /// milliseconds and loses nothing.
    /// </summary>
    public FleetSimulation WithNetwork(SimulatedBusOptions network) => new(_fleet, Seed, _prepare, network);

    /// <summary>Plays a scenario of the fleet; a failed one is a result, not an exception.</summary>
    public ScenarioResult Play(string scenario) => Play(_fleet.Scenarios.FirstOrDefault(known => known.Name == scenario)
        ?? throw new ArgumentException($"The fleet has no scenario \"{scenario}\". {Suggestion.Sentence(scenario, [.. _fleet.Scenarios.Select(known => known.Name)])}", nameof(scenario)));

    /// <summary>Plays a scenario that the test itself brings, and returns how it went.</summary>
    /// <param name="play">What happens and what is waited for.</param>
    /// <param name="timeout">In virtual time; ten minutes unless given.</param>
    /// <exception cref="SimulationFailedException">It failed; the message has the seed and the end of the timeline.</exception>
    public ScenarioResult Run(Func<Scenario, Task> play, TimeSpan? timeout = null)
    {
        var result = Play(new ScenarioDescription("test", play, timeout ?? TimeSpan.FromMinutes(10), default));
        return result.Passed ? result : throw new SimulationFailedException(Seed, result);
    }

    internal ScenarioResult Play(ScenarioDescription scenario, CancellationToken cancellationToken = default)
    {
        var world = new SimulatedWorld(Seed);
        var fleetWorld = new SimulatedFleetWorld(world, _network ?? (_fleet.Hosts.Count > 1 ? SimulatedBusOptions.Serf : null));
        foreach (var host in _fleet.Hosts)
            foreach (var prepare in _fleet.RolesOf(host).SelectMany(role => role.Simulated)) prepare(fleetWorld.MemoryMachineOf(host.Name));
        _prepare?.Invoke(new SimulatedSetup(fleetWorld));
        var timeline = new Timeline(world.Clock);
        try
        {
            return world.Run(() => ScenarioRun.PlayAsync(new FleetRuntime(_fleet, fleetWorld, timeline), scenario, CancellationToken.None),
                scenario.Timeout + TimeSpan.FromMinutes(10), cancellationToken);
        }
        catch (Exception e) when (e is InvariantException or SimulationStuckException or SimulationEscapedException)
        {
            return new ScenarioResult(scenario.Name, false, world.Elapsed.TotalSeconds, timeline.Entries, e.Message);
        }
    }
}

/// <summary>The hosts of a simulation before it begins.</summary>
public sealed class SimulatedSetup
{
    private readonly SimulatedFleetWorld _world;

    internal SimulatedSetup(SimulatedFleetWorld world) => _world = world;

    /// <summary>A host's files, users and programs.</summary>
    public MemoryMachine Machine(string host) => _world.MemoryMachineOf(host);

    /// <summary>The network between the hosts.</summary>
    public SimulatedNetwork Network => _world.Network;
}

/// <summary>A simulated scenario failed.</summary>
public sealed class SimulationFailedException(int seed, ScenarioResult result)
    : Exception($"Failed under seed {seed} after {result.Seconds:0.###} s of virtual time: {result.Why}\nThe last that happened:\n{result.LastLines()}" +
                $"Replay it with .WithSeed({seed}).")
{
    /// <summary>The seed that shows the failure again.</summary>
    public int Seed { get; } = seed;

    /// <summary>How it went.</summary>
    public ScenarioResult Result { get; } = result;
}
