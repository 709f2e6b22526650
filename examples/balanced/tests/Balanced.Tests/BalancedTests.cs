using System.Text;
using Flotilla;
using Flotilla.Core.Machines;
using Flotilla.Events;
using Flotilla.Programs;

namespace Balanced.Tests;

/// <summary>The fleet of <c>balanced/fleet.cs</c> in simulation: what its HAProxy is told when servers come and go.</summary>
public sealed class BalancedTests
{
    private const string File = "/etc/haproxy/haproxy.cfg";

    private static readonly Fleet Fleet = FleetProgram.Load();

    [Fact]
    public void Its_scenario_passes_under_many_seeds_on_a_quick_network_and_on_Serf()
    {
        for (var seed = 1; seed <= 20; seed++)
            foreach (var network in new[] { new SimulatedBusOptions(), SimulatedBusOptions.Serf })
            {
                var result = FleetSimulation.Of(Fleet).WithNetwork(network).WithSeed(seed).Play("lost-server-gets-no-requests");
                Assert.True(result.Passed, $"seed {seed}: {result.Why}\n{result.LastLines()}");
            }
    }

    [Fact]
    public void A_server_that_is_lost_is_taken_out() => FleetSimulation.Of(Fleet).Run(async s =>
    {
        await s.Until("all servers", () => Servers(s).Count == 3);
        await s.Host("web-1").CrashAsync();
        await s.Until("the others", () => Servers(s).SequenceEqual(["web-2", "web-3"]));
    });

    [Fact]
    public void A_configuration_that_HAProxy_rejects_is_not_put_in_place_and_is_said()
    {
        var rejects = false;
        FleetSimulation.Of(Fleet).On(setup => setup.Machine("balancer").OnCommand("haproxy", _ => rejects
            ? new CommandResult(1, "", "[NOTICE]   (7) : haproxy version is 2.6\n[ALERT]    (7) : config : parsing [x:9] : unknown keyword\n")
            : new CommandResult(0, "", ""))).Run(async s =>
        {
            await s.Until("all servers", () => Servers(s).Count == 3);
            var good = Read(s, File);
            rejects = true;
            await s.Host("web-3").CrashAsync();
            var note = await s.Sees("note", "balancer");
            Assert.StartsWith($"HAProxy rejects the configuration kept in {File}.rejected; {File} stays as it is.", note.Text);
            Assert.Contains("unknown keyword", note.Text);
            await s.For(10.Seconds);
            Assert.Equal(good, Read(s, File));
            Assert.DoesNotContain("web-3", Read(s, File + ".rejected"));
            Assert.Null(s.Host("balancer").Inside.Files.Stat(File + ".new"));

            rejects = false;
            await s.Host("web-2").CrashAsync();
            await s.Until("the one that is left", () => Servers(s).SequenceEqual(["web-1"]));
            Assert.Null(s.Host("balancer").Inside.Files.Stat(File + ".rejected"));
        });
    }

    [Fact]
    public void A_reload_that_fails_leaves_the_configuration_that_HAProxy_runs_with_and_is_tried_again()
    {
        var failures = 0;
        FleetSimulation.Of(Fleet).On(setup => setup.Machine("balancer").OnCommand("systemctl", _ =>
            failures-- > 0 ? new CommandResult(1, "", "Job for haproxy.service failed.") : new CommandResult(0, "", ""))).Run(async s =>
        {
            await s.Until("all servers", () => Servers(s).Count == 3);
            var good = Read(s, File);
            failures = 1;
            await s.Host("web-3").CrashAsync();
            var note = await s.Sees("note", "balancer");
            Assert.Equal("HAProxy keeps its configuration: \"systemctl reload-or-restart haproxy\" failed with exit code 1.", note.Text);
            Assert.Equal(good, Read(s, File));
            await s.Until("the others", () => Servers(s).SequenceEqual(["web-1", "web-2"]), 10.Seconds);
        });
    }

    [Fact]
    public void The_file_is_never_half_of_one_and_half_of_another_however_many_servers_come_and_go()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var result = FleetSimulation.Of(Fleet).WithNetwork(SimulatedBusOptions.Serf).WithSeed(seed).On(setup => setup.Machine("balancer").OnCommand("haproxy", command =>
                new CommandResult(Encoding.UTF8.GetString(setup.Machine("balancer").ReadFile(command.Arguments[2])).EndsWith('\n') ? 0 : 1, "", ""))).Run(async s =>
            {
                var chance = new Random(seed);
                for (var i = 0; i < 20; i++)
                {
                    var host = s.Host($"web-{chance.Next(1, 4)}");
                    if (chance.Next(2) == 0) await host.RestartAsync();
                    else if (IsUp(s, host.Name)) await host.CrashAsync();
                    await s.For(TimeSpan.FromSeconds(chance.NextDouble() * 4));
                }
                foreach (var name in new[] { "web-1", "web-2", "web-3" })
                    if (!IsUp(s, name)) await s.Host(name).RestartAsync();
                await s.Until("all servers", () => Servers(s).Count == 3, 60.Seconds);
            });
            Assert.DoesNotContain(result.Timeline, entry => entry.Kind == "handler" && entry.Text.StartsWith("failed", StringComparison.Ordinal));
        }
    }

    private static bool IsUp(Scenario s, string host)
    {
        try
        {
            return s.Host(host).Inside is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Read(Scenario s, string path) => Encoding.UTF8.GetString(s.Host("balancer").Inside.Files.ReadFile(path));

    private static List<string> Servers(Scenario s) => s.Host("balancer").Inside.Files.Stat(File) is null
        ? []
        : [.. Read(s, File).Split('\n').Select(line => line.Trim().Split(' ')).Where(words => words[0] == "server").Select(words => words[1])];
}
