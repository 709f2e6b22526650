using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>Scenarios in virtual time and with hosts apart, each with a network, a Serf agent and an <c>agent</c> of its own: one source.</summary>
public sealed class RehearsalTests
{
    private static readonly string Apart = Repository.File("tests", "Flotilla.EndToEnd", "Fleets", "apart");

    public RehearsalTests()
    {
        Assert.SkipWhen(Peer.Missing("serf", "serf") is not null, Peer.Missing("serf", "serf") ?? "");
        Assert.SkipWhen(Namespaces.Missing is not null, Namespaces.Missing ?? "");
    }

    [Fact]
    public async Task The_scenarios_of_the_shop_pass_in_simulation_and_on_three_hosts() =>
        await PassesAsync(Repository.File("examples", "shop"), ["slow-instance-is-replaced", "failing-instance-is-replaced"]);

    [Fact]
    public async Task What_happens_between_hosts_passes_in_simulation_and_on_three_hosts() => await PassesAsync(Apart,
    [
        "a-deployment-reaches-the-web-hosts", "what-ran-on-a-host-that-died-runs-on-another", "a-host-that-was-cut-off-gets-back-what-is-its-own",
        "an-instance-that-is-killed-runs-again",
    ]);

    [Fact]
    public async Task What_a_killed_rehearsal_left_behind_is_ended_by_the_next()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fleet.cs", $$"""
            #:project {{Repository.File("src", "Flotilla", "Flotilla.csproj")}}
            #:property PublishAot=false
            using Flotilla;
            var fleet = new Fleet("left").Host("a-1", ["a"]);
            fleet.Role("a", a => a.App("left", app => app.Command("sleep", "1000")));
            fleet.Scenario("starts", s => s.App("left").UntilHealthy());
            fleet.Scenario("waits", s => s.Until("nothing", () => false));
            return await fleet.RunAsync(args);
            """);
        using (var killed = FlotillaCommand.Start(folder.Path, null, "rehearse", "--scenario", "waits"))
        {
            await killed.SeesAsync("instance-started");
            var (exitCode, _, error) = await FlotillaCommand.RunAsync(folder.Path, null, "rehearse");
            (exitCode, error.Contains("This fleet is being rehearsed already.", StringComparison.Ordinal)).ShouldBe((2, true), error);
            killed.Signal(9);
            await killed.ExitAsync();
            File.Exists($"/run/netns/flotilla-{killed.ProcessId}-0").ShouldBeTrue("the network must have outlived the killed rehearsal, or this test shows nothing");
            var next = await FlotillaCommand.RunAsync(folder.Path, null, "rehearse", "--scenario", "starts");
            next.ExitCode.ShouldBe(0, next.Error);
            Directory.GetFiles("/run/netns", $"flotilla-{killed.ProcessId}-*").ShouldBeEmpty();
        }
    }

    private static async Task PassesAsync(string folder, string[] scenarios)
    {
        foreach (var way in new[] { "simulate", "rehearse" })
        {
            var (exitCode, output, error) = await FlotillaCommand.RunAsync(folder, null, way, "--output", "json");
            exitCode.ShouldBe(0, $"{way}: {error}\n{output}");
            JsonDocument.Parse(output).RootElement.GetProperty("scenarios").EnumerateArray()
                .Select(scenario => (scenario.GetProperty("name").GetString(), scenario.GetProperty("passed").GetBoolean()))
                .ShouldBe(scenarios.Select(name => ((string?)name, true)));
        }
    }
}
