using Flotilla;
using Flotilla.Apps;
using Flotilla.Programs;

namespace Shop.Tests;

/// <summary>The shop's fleet, in simulation: the program that <c>flotilla up</c> runs, in virtual time.</summary>
public sealed class ShopTests
{
    private static readonly Fleet Fleet = FleetProgram.Load();

    [Theory]
    [InlineData("slow-instance-is-replaced")]
    [InlineData("failing-instance-is-replaced")]
    public void Its_scenarios_pass_under_many_seeds(string scenario)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var result = FleetSimulation.Of(Fleet).WithSeed(seed).Play(scenario);
            Assert.True(result.Passed, $"seed {seed}: {result.Why}\n{result.LastLines()}");
        }
    }

    [Fact]
    public void A_slow_instance_is_replaced_and_the_others_are_left_alone()
    {
        var result = FleetSimulation.Of(Fleet).Run(async s =>
        {
            var shop = s.App("shop");
            await shop.UntilHealthy();
            await s.For(8.Seconds);
            await shop.Instance(1).SlowAsync();
            await s.Sees("recovered", "shop-1");
        });
        Assert.DoesNotContain(result.Timeline, entry => entry.Kind == "instance-stopped" && entry.Subject != "shop-1");
    }

    [Fact]
    public void A_crashed_instance_is_restarted_at_once()
    {
        FleetSimulation.Of(Fleet).Run(async s =>
        {
            var shop = s.App("shop");
            await shop.UntilHealthy();
            await s.For(30.Seconds);
            await shop.Instance(2).CrashAsync();
            var crashed = await s.Sees("instance-crashed", "shop-2");
            var started = await s.Sees("instance-started", "shop-2");
            Assert.Equal(crashed.At, started.At);
            await shop.UntilHealthy(within: 10.Seconds);
        });
    }

    [Fact]
    public void An_instance_that_keeps_crashing_backs_off_ever_longer()
    {
        var result = FleetSimulation.Of(Fleet).Run(async s =>
        {
            var shop = s.App("shop");
            await shop.UntilHealthy();
            for (var crash = 0; crash < 5; crash++)
            {
                await s.Until("shop-0 to run", () => shop.Instance(0).Now?.Status is InstanceStatus.Healthy);
                await shop.Instance(0).CrashAsync();
                await s.Sees("instance-crashed", "shop-0");
            }
            await shop.UntilHealthy();
        });
        var crashes = result.Timeline.Where(entry => entry is { Kind: "instance-crashed", Subject: "shop-0" }).Select(entry => entry.At);
        var starts = result.Timeline.Where(entry => entry is { Kind: "instance-started", Subject: "shop-0" }).Select(entry => entry.At).Skip(1);
        var delays = crashes.Zip(starts, (crash, start) => (start - crash).TotalSeconds).ToList();
        Assert.True(delays[^1] > 4 * delays[1], $"the delays were {string.Join(", ", delays)} s");
    }

    [Fact]
    public void The_instances_of_a_lost_host_run_on_the_other_until_it_is_back()
    {
        FleetSimulation.Of(Fleet).Run(async s =>
        {
            var shop = s.App("shop");
            await shop.UntilHealthy();
            await s.Host("web-2").CrashAsync();
            await s.Sees("member", "web-2");
            await shop.UntilHealthy(within: 30.Seconds);
            Assert.All(shop.Instances, instance => Assert.Equal("web-1", instance.Host));

            await s.Host("web-2").RestartAsync();
            await s.Until("an instance back on web-2", () => shop.Healthy == 3 && shop.Instances.Any(instance => instance.Host == "web-2"), 30.Seconds);
        });
    }
}
