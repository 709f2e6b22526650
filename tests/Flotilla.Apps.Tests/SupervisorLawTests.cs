using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Apps.Tests;

/// <summary>What holds whatever happens, in whatever order.</summary>
public sealed class SupervisorLawTests
{
    private static readonly AppDescription App = new()
    {
        Name = "shop",
        Ports = [new PortDescription("http"), new PortDescription("admin", 9000)],
        Health = new HttpHealthCheck("/healthz") { Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromSeconds(5) },
        Model = AppModel.Default.Gauge("load", 3, 0.1).Logs("ready"),
    };

    [Fact]
    public void Whatever_happens_each_slot_has_one_run_and_ends_up_well() =>
        Prop.ForAll<int[]>(actions => Play(actions, seed: actions.Length)).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_runs_of_one_seed_tell_the_same_story() =>
        Prop.ForAll<int[], int>((actions, seed) => Play(actions, seed).ShouldBe(Play(actions, seed))).QuickCheckThrowOnFailure();

    /// <summary>Does what the numbers say, holds the laws, and returns what was reported.</summary>
    private static string Play(int[] actions, int seed)
    {
        // One fixed port: of the instances on the host, one can run at a time, and the others fail to start.
        var shop = new SupervisedApp(App, seed);
        shop.World.Run(async () =>
        {
            var pending = new List<Task>();
            foreach (var action in actions.Prepend(2))
            {
                pending.Add(ActAsync(shop, Math.Abs((long)action)));
                Holds(shop);
                await shop.PassAsync(Math.Abs((long)action) % 7 * 0.7);
                Holds(shop);
            }
            await Task.WhenAll(pending);
            await shop.Supervisor.SetSlotsAsync([0], CancellationToken.None);
            await shop.AllUpAsync();
            await shop.Supervisor.StopAsync(CancellationToken.None);
            shop.Engine.Instances.ShouldBeEmpty();
        });
        Ordered(shop);
        return shop.Story;
    }

    private static Task ActAsync(SupervisedApp shop, long action)
    {
        var slot = (int)(action / 8 % 3);
        var live = shop.Engine.Find(shop.Id(slot));
        switch (action % 8)
        {
            case 0: live?.Crash((int)(action % 5)); break;
            case 1: live?.Hang(); break;
            case 2: return shop.Supervisor.SetSlotsAsync([.. Enumerable.Range(0, slot + 1)], CancellationToken.None);
            case 3: return shop.Supervisor.SetSlotsAsync([slot], CancellationToken.None);
            case 4: return shop.Supervisor.RestartAsync(shop.Id(slot), "law", CancellationToken.None);
            case 5: return shop.Supervisor.RestartAllAsync("law", CancellationToken.None);
            case 6: live?.SetHealthy(false); break;
            case 7: return shop.Supervisor.SetSlotsAsync([], CancellationToken.None);
        }
        return Task.CompletedTask;
    }

    private static void Holds(SupervisedApp shop)
    {
        shop.Engine.Instances.Select(instance => instance.Id).ShouldBeUnique();
        foreach (var instance in shop.Supervisor.Instances)
            if (instance.IsUp) shop.Supervisor.Running(instance.Id).ShouldNotBeNull().Run.ShouldBe(instance.Run);
    }

    /// <summary>In every slot runs count up, and none begins before the one before has ended.</summary>
    private static void Ordered(SupervisedApp shop)
    {
        foreach (var slot in shop.Changes.GroupBy(change => change.Id))
        {
            var live = false;
            var run = 0;
            foreach (var change in slot)
            {
                change.Run.ShouldBeGreaterThanOrEqualTo(run);
                run = change.Run;
                if (change.Kind == InstanceChangeKind.Started)
                {
                    live.ShouldBeFalse($"{change} while another run was live");
                    live = true;
                }
                else if (change.Kind is InstanceChangeKind.Crashed or InstanceChangeKind.Stopped) live = false;
                else if (change.Kind is InstanceChangeKind.Healthy or InstanceChangeKind.Unhealthy or InstanceChangeKind.Stopping) live.ShouldBeTrue(change.ToString());
            }
            live.ShouldBeFalse();
        }
        shop.Changes.Select(change => change.At).ShouldBeInOrder();
    }
}
