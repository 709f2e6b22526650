using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Machines;
using Flotilla.Core.Simulated;
using Flotilla.Events;
using Flotilla.Running;
using Flotilla.Running.Simulated;

namespace Flotilla.Tests.Running;

/// <summary>One thing that fails on a host does not end the others.</summary>
public sealed class HostAgentTests
{
    [Fact]
    public void A_disk_that_is_full_for_a_while_ends_no_app()
    {
        var full = true;
        var published = new List<Endpoint>();
        var timeline = Play(["a"], (_, endpoints) =>
        {
            if (full) throw new IOException("No space left on device");
            published = [.. endpoints()];
        }, async (runtime, world) =>
        {
            await Until(world, () => runtime.Instances.Count(instance => instance.IsUp) == 4);
            full = false;
            await runtime.DoAsync(new InstanceId("shop", 0), InstanceFault.Kill, CancellationToken.None);
            await Until(world, () => published.Count == 4 && published.All(endpoint => endpoint.IsUp));
        });
        timeline.Entries.Where(entry => entry.Text == "where the instances are cannot be written for the apps: No space left on device").ShouldNotBeEmpty();
        timeline.Find(TimelineKinds.Violation).ShouldBeNull();
    }

    [Fact]
    public void An_app_that_cannot_be_placed_does_not_keep_the_others_from_moving()
    {
        var thrown = false;
        var timeline = Play(["a", "b"], (host, endpoints) =>
        {
            if (thrown || host != "a" || !endpoints().Any(endpoint => endpoint is { Instance.App: "shop", Host: "a", IsUp: true })) return;
            thrown = true;
            throw new FormatException("a bug");
        }, async (runtime, world) =>
        {
            await Until(world, () => runtime.Instances.Count(instance => instance.IsUp) == 4);
            await runtime.CrashHostAsync("b");
            await Until(world, () => runtime.Instances.Count(instance => instance.Id.App == "blog" && instance.IsUp) == 2);
            await Task.Delay(TimeSpan.FromMinutes(3), world.Clock);
        }, stop: false);
        // It is tried again and again, and told once.
        timeline.Entries.Where(entry => entry.Kind == TimelineKinds.Violation).ShouldHaveSingleItem().Text.ShouldContain("The supervisor of shop on a has failed: a bug");
    }

    private static Timeline Play(
        string[] hosts, Action<string, Func<IReadOnlyList<Endpoint>>> publish, Func<FleetRuntime, SimulatedWorld, Task> play, bool stop = true)
    {
        var world = new SimulatedWorld(1);
        var timeline = new Timeline(world.Clock);
        var fleet = new Fleet("shop");
        foreach (var host in hosts) fleet.Host(host, ["web"]);
        fleet.Role("web", web =>
        {
            foreach (var name in (ReadOnlySpan<string>)["shop", "blog"])
                web.App(name, app => app.Command(name).Instances(2).Port("http").HealthCheck(Http.Get("/healthz"), every: 1.Seconds));
        });
        var runtime = new FleetRuntime(fleet.Build(), new PublishingWorld(new SimulatedFleetWorld(world), publish), timeline);
        world.Run(async () =>
        {
            await runtime.StartAsync(CancellationToken.None);
            await play(runtime, world);
            if (stop) await runtime.StopAsync(CancellationToken.None);
            return 0;
        }, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        return timeline;
    }

    private static async Task Until(SimulatedWorld world, Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(100), world.Clock);
    }

    private sealed class PublishingWorld(IFleetWorld inner, Action<string, Func<IReadOnlyList<Endpoint>>> publish) : IFleetWorld
    {
        public TimeProvider Time => inner.Time;

        public Random Random => inner.Random;

        public Invariants Invariants => inner.Invariants;

        public string PackageFolder => inner.PackageFolder;

        public IHandlerJournal? Journal => inner.Journal;

        public IEventBus Join(HostDescription host) => inner.Join(host);

        public IEventStore Events(string host) => inner.Events(host);

        public IMachine Machine(string host) => inner.Machine(host);

        public IEngine Engine(string host) => inner.Engine(host);

        public IHttp Http(string host) => inner.Http(host);

        public IReadOnlyList<KeyValuePair<string, string>> Environment(string host) => inner.Environment(host);

        public Task FailHostAsync(string host) => inner.FailHostAsync(host);

        public void SetCutOff(string host, bool cutOff) => inner.SetCutOff(host, cutOff);

        public void Publish(string host, Func<IReadOnlyList<Endpoint>> endpoints) => publish(host, endpoints);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
