using Flotilla.Apps;
using Flotilla.Core;

namespace Flotilla.Tests.Scenarios;

/// <summary>A fleet on which anything may break at any time, under many seeds.</summary>
public sealed class RandomFaultTests
{
    private const int Faults = 12;

    private static readonly string[] Hosts = ["a", "b", "c"];

    [Fact]
    public void Whatever_crashes_and_hangs_no_slot_runs_twice_and_all_is_well_when_it_ends() => Play(kinds: 4);

    [Fact]
    public void Whatever_is_cut_off_too_no_slot_runs_twice_on_a_host_and_all_is_well_when_it_ends() => Play(kinds: 6);

    private static void Play(int kinds)
    {
        var fleet = Fleets.Shop(Hosts, instances: 5, app: shop => shop.Restart(new Backoff(500.Milliseconds, Max: 5.Seconds)));
        for (var seed = 1; seed <= 200; seed++)
        {
            var chance = new Random(seed);
            fleet.Simulated(async s =>
            {
                await s.App("shop").UntilHealthy();
                var down = new HashSet<string>();
                var cutOff = new HashSet<string>();
                for (var fault = 0; fault < Faults; fault++)
                {
                    await BreakAsync(s, chance, kinds, down, cutOff);
                    await ForAsync(s, TimeSpan.FromSeconds(10 * chance.NextDouble()), kinds > 4);
                }
                foreach (var host in Hosts)
                {
                    if (down.Contains(host)) await s.Host(host).RestartAsync();
                    if (cutOff.Contains(host)) await s.Host(host).ReconnectAsync();
                }
                await s.Until("every slot healthy", () => s.App("shop").Instances.Count == 5 && s.App("shop").Healthy == 5, 3.Minutes);
                await ForAsync(s, 30.Seconds, parted: false);
                Assert.Equal(["a", "b", "c", "a", "b"], s.App("shop").Instances.Select(instance => instance.Host));
                Assert.All(s.App("shop").Instances, instance => Assert.Equal(InstanceStatus.Healthy, instance.Status));
            }, seed, timeout: 30.Minutes);
        }
    }

    private static async Task BreakAsync(Scenario s, Random chance, int kinds, HashSet<string> down, HashSet<string> cutOff)
    {
        var host = Hosts[chance.Next(Hosts.Length)];
        switch (chance.Next(kinds))
        {
            case 0 when !down.Contains(host) && down.Count < Hosts.Length - 1:
                down.Add(host);
                await s.Host(host).CrashAsync();
                break;
            case 1 when down.Remove(host):
                await s.Host(host).RestartAsync();
                break;
            case 2 when Victim(s, chance) is { } victim:
                await victim.CrashAsync();
                break;
            case 3 when Victim(s, chance) is { } victim:
                await victim.HangAsync();
                break;
            case 4 when !down.Contains(host) && cutOff.Add(host):
                await s.Host(host).CutOffAsync();
                break;
            case 5 when !down.Contains(host) && cutOff.Remove(host):
                await s.Host(host).ReconnectAsync();
                break;
        }
    }

    private static ScenarioInstance? Victim(Scenario s, Random chance)
    {
        var running = s.App("shop").Instances.Where(instance => instance.Status is InstanceStatus.Healthy).ToList();
        return running.Count == 0 ? null : s.App("shop").Instance(running[chance.Next(running.Count)].Id.Slot);
    }

    // Hosts that cannot reach each other may run a slot twice; on one host, or among hosts that can, it never does.
    private static async Task ForAsync(Scenario s, TimeSpan time, bool parted)
    {
        await s.For(time);
        var twice = s.Instances.Where(instance => instance.IsUp).GroupBy(instance => (Host: parted ? instance.Host : "any", instance.Id)).FirstOrDefault(same => same.Count() > 1);
        s.Require(twice is null, $"{twice?.Key} runs twice");
        foreach (var host in Hosts)
            s.Require(s.Instances.Count(instance => instance.Host == host && instance.IsUp) <= 5, $"{host} runs more than is asked for");
    }
}
