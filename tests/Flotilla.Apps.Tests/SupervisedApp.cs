using Flotilla.Apps.Engines.Simulated;
using Flotilla.Core;
using Flotilla.Core.Http.Simulated;
using Flotilla.Core.Simulated;

namespace Flotilla.Apps.Tests;

/// <summary>A supervisor on one simulated host, and what it reported.</summary>
internal sealed class SupervisedApp
{
    public SupervisedApp(AppDescription app, int seed = 1)
    {
        App = app;
        World = new SimulatedWorld(seed);
        Network = new SimulatedNetwork(World);
        Http = new SimulatedHttp(Network);
        Engine = new SimulatedEngine("web-1", Network, Http);
        Supervisor = new AppSupervisor(
            app, "web-1", Engine, World.Clock, World.Random, Invariants.Throwing, change => Changes.Add(change), line => Output.Add(line));
    }

    public AppDescription App { get; }

    public SimulatedWorld World { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedHttp Http { get; }

    public SimulatedEngine Engine { get; }

    public AppSupervisor Supervisor { get; }

    public List<InstanceChange> Changes { get; } = [];

    public List<OutputLine> Output { get; } = [];

    /// <summary>What was reported, a line for each change, with the virtual time in seconds.</summary>
    public string Story =>
        string.Join('\n', Changes.Select(change => $"{(change.At - World.Clock.GetUtcNow() + World.Elapsed).TotalSeconds,8:0.000} {change}"));

    public InstanceId Id(int slot) => new(App.Name, slot);

    public SimulatedInstance Live(int slot) => Engine.Find(Id(slot)).ShouldNotBeNull();

    public Task AllUpAsync() => Supervisor.WaitForAsync(all => all.All(instance => instance.IsUp), CancellationToken.None);

    public Task PassAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), World.Clock);

    public IEnumerable<InstanceChange> Of(InstanceChangeKind kind) => Changes.Where(change => change.Kind == kind);
}
