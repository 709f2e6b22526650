using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Tests.Scenarios;

/// <summary>What a simulation promises to those who test with it.</summary>
public sealed class FleetSimulationTests
{
    [Fact]
    public void A_scenario_that_never_ends_says_what_it_waited_for()
    {
        var fleet = new Fleet("shop").Role("web", _ => { })
            .Scenario("waits", s => s.Until("the cows to come home", () => false), timeout: 20.Seconds)
            .Scenario("hangs", _ => new TaskCompletionSource().Task, timeout: 20.Seconds)
            .Scenario("sleeps", s => s.For(1.Hours), timeout: 20.Seconds);
        var simulation = FleetSimulation.Of(fleet);
        simulation.Play("waits").Why.ShouldBe("did not end within 20 s; it was waiting for: the cows to come home");
        simulation.Play("hangs").Why.ShouldBe("did not end within 20 s");
        simulation.Play("sleeps").Why.ShouldBe("did not end within 20 s; it was waiting for: 3600 s to pass");
        simulation.Play("waits").Seconds.ShouldBe(20);
    }

    [Fact]
    public void A_wait_of_its_own_ends_before_the_scenario_does()
    {
        var why = Why(s => s.Until("the cows to come home", () => false, within: 3.Seconds));
        why.ShouldBe("waited 3 s for: the cows to come home");
        Why(s => s.Sees("anomaly", "shop", within: 1500.Milliseconds)).ShouldBe("waited 1.5 s for: anomaly of shop");
    }

    [Fact]
    public void What_is_required_and_does_not_hold_is_told()
    {
        Why(s =>
        {
            s.Require(true, "not this");
            s.Require(false, "two and two are five");
            return Task.CompletedTask;
        }).ShouldBe("two and two are five");
    }

    [Fact]
    public void A_failing_assertion_carries_the_seed_the_timeline_and_how_to_replay_it()
    {
        var failure = Should.Throw<SimulationFailedException>(() => Fleets.Shop(["a"]).Simulated(async s =>
        {
            await s.App("shop").UntilHealthy();
            s.Note("so far so good");
            Assert.Equal(4, s.App("shop").Healthy);
        }, seed: 42));
        failure.Seed.ShouldBe(42);
        failure.Message.ShouldStartWith("Failed under seed 42 after ");
        failure.Message.ShouldContain("Assert.Equal() Failure");
        failure.Message.ShouldContain("note                 scenario  so far so good\n");
        failure.Message.ShouldEndWith("Replay it with .WithSeed(42).");
        failure.Result.Timeline[^1].Text.ShouldStartWith("failed: Xunit.Sdk.EqualException");
    }

    [Fact]
    public void A_failed_scenario_of_the_fleet_is_a_result()
    {
        var fleet = new Fleet("shop").Role("web", _ => { }).Scenario("fails", _ => throw new InvalidOperationException("no"));
        var result = FleetSimulation.Of(fleet).Play("fails");
        result.Passed.ShouldBeFalse();
        result.Why!.ShouldContain("InvalidOperationException: no");
    }

    [Fact]
    public void A_scenario_that_is_not_there_gets_a_suggestion() =>
        Should.Throw<ArgumentException>(() => FleetSimulation.Of(Fleets.Shop(["a"])).Play("strats"))
            .Message.ShouldStartWith("The fleet has no scenario \"strats\". Did you mean \"starts\"?");

    [Fact]
    public void An_app_that_is_not_there_gets_a_suggestion() =>
        Why(s => s.App("shpo").UntilHealthy()).ShouldStartWith("The fleet has no app \"shpo\". Did you mean \"shop\"?");

    [Fact]
    public void Who_leaves_the_simulated_world_is_told()
    {
        var why = Why(async _ =>
        {
            var elsewhere = new TaskCompletionSource();
            async Task LeaveAsync() => await elsewhere.Task;
            var left = LeaveAsync();
            var thread = new Thread(elsewhere.SetResult);
            thread.Start();
            thread.Join();
            await left;
        });
        why.ShouldStartWith("In the simulation (seed 1) a continuation came back from another thread. Something reached around the simulated world");
    }

    [Fact]
    public void A_fleet_that_is_wrong_is_not_simulated() =>
        Should.Throw<ProblemException>(() => FleetSimulation.Of(new Fleet("Wrong"))).Message.ShouldContain("cannot be used");

    [Fact]
    public void A_sequence_of_sights_is_a_sequence_of_entries() => Fleets.Shop(["a"], instances: 1).Simulated(async s =>
    {
        s.Note("one");
        s.Note("two");
        Assert.Equal("one", (await s.Sees("note")).Text);
        Assert.Equal("two", (await s.Sees("note")).Text);
        await Assert.ThrowsAsync<ScenarioFailedException>(() => s.Sees("note", within: 1.Seconds));
    });

    [Fact]
    public void Hosts_that_were_prepared_are_found_so_and_each_preparation_counts()
    {
        FleetSimulation.Of(Fleets.Shop(["a"]))
            .On(setup => setup.Machine("a").WriteFile("/etc/one", "1"u8, UnixFileMode.UserRead))
            .On(setup => setup.Machine("a").WriteFile("/etc/two", "2"u8, UnixFileMode.UserRead))
            .WithSeed(3)
            .Run(s =>
            {
                Assert.NotNull(s.Host("a").Inside.Files.Stat("/etc/one"));
                Assert.NotNull(s.Host("a").Inside.Files.Stat("/etc/two"));
                return Task.CompletedTask;
            });
    }

    [Fact]
    public void One_run_leaves_nothing_for_the_next()
    {
        var simulation = FleetSimulation.Of(Fleets.Shop(["a"]));
        for (var i = 0; i < 2; i++)
            simulation.Run(s =>
            {
                Assert.Null(s.Host("a").Inside.Files.Stat("/var/mark"));
                s.Host("a").Inside.Files.WriteFile("/var/mark", [], UnixFileMode.UserRead);
                return Task.CompletedTask;
            });
    }

    [Fact]
    public void An_app_that_ignores_being_told_to_stop_does_not_fail_what_has_passed()
    {
        var fleet = Fleets.Shop(["a"], model: model => model.IgnoresStop(), app: shop => shop.StopGrace(2.Minutes));
        FleetSimulation.Of(fleet).Play("starts").Passed.ShouldBeTrue();
    }

    [Fact]
    public void The_time_that_passes_is_the_time_of_the_world() => Fleets.Shop(["a"]).Simulated(async s =>
    {
        var start = s.Time.GetUtcNow();
        await s.For(1.Hours);
        Assert.Equal(1.Hours, s.Time.GetUtcNow() - start);
    }, timeout: 2.Hours).Seconds.ShouldBe(3600);

    [Fact]
    public void One_seed_gives_one_timeline_and_another_seed_another()
    {
        var told = new HashSet<string>();
        for (var seed = 1; seed <= 50; seed++)
        {
            var first = Busy(seed);
            Busy(seed).ShouldBe(first);
            told.Add(first).ShouldBeTrue($"seed {seed} went as one before it");
        }
    }

    private static string Busy(int seed)
    {
        var fleet = Fleets.Shop(["a", "b"], model: model => model.Gauge("queue", 5, noise: 0.2), role: web => web
            .On<UserEvent>("deploy", (_, host) => host.Apps["shop"].RestartAsync()));
        var result = fleet.Simulated(async s =>
        {
            await s.App("shop").UntilHealthy();
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.App("shop").Instance(0).CrashAsync();
            await s.Host("b").CrashAsync();
            await s.For(20.Seconds);
            await s.Host("b").RestartAsync();
            await s.For(20.Seconds);
        }, seed);
        return string.Join('\n', result.Timeline);
    }

    private static string Why(Func<Scenario, Task> play) =>
        Should.Throw<SimulationFailedException>(() => Fleets.Shop(["a"]).Simulated(play)).Result.Why!;
}
