using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

public sealed class SupervisorTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static AppDescription Shop(AppModel? model = null, HealthCheck? health = null) => new()
    {
        Name = "shop",
        Ports = [new PortDescription("http")],
        Health = health ?? new HttpHealthCheck("/healthz") { Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(2) },
        Model = model ?? AppModel.Default,
    };

    [Fact]
    public void Every_slot_is_started_and_becomes_healthy()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0, 2], None);
            shop.Supervisor.Instances.Select(instance => (instance.Id.Slot, instance.Status, instance.Run))
                .ShouldBe([(0, InstanceStatus.Starting, 1), (2, InstanceStatus.Starting, 1)]);
            await shop.AllUpAsync();
            shop.Supervisor.Instances.ShouldAllBe(instance => instance.Status == InstanceStatus.Healthy && instance.Endpoints["http"].Host == "web-1");
            shop.Supervisor.Instances.Select(instance => instance.Endpoints["http"].Port).ShouldBeUnique();
            shop.Supervisor.Running(shop.Id(2)).ShouldBe(shop.Engine.Find(shop.Id(2)));
            shop.Supervisor.Running(shop.Id(1)).ShouldBeNull();
        });
        shop.World.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void An_app_without_health_check_runs_as_soon_as_it_is_started()
    {
        var shop = new SupervisedApp(Shop() with { Health = null });
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            shop.Supervisor.Instances[0].Status.ShouldBe(InstanceStatus.Running);
        });
    }

    [Fact]
    public void A_crash_after_a_stable_run_is_followed_by_a_start_at_once()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            await shop.PassAsync(60);
            shop.Live(0).Log("out of memory", isError: true);
            shop.Engine.Crash(shop.Id(0), 3).ShouldBeTrue();
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 2 && all[0].IsUp, None);
        });
        var crash = shop.Of(InstanceChangeKind.Crashed).ShouldHaveSingleItem();
        crash.Text.ShouldBe("exit code 3 after 1 min 0 s; last line: out of memory");
        shop.Of(InstanceChangeKind.Started).Last().At.ShouldBe(crash.At);
        shop.Supervisor.Instances[0].Restarts.ShouldBe(1);
    }

    [Fact]
    public void An_app_that_crashes_again_and_again_waits_longer_each_time_up_to_the_limit()
    {
        var shop = new SupervisedApp(Shop(AppModel.Default.Crashes(TimeSpan.FromSeconds(1))) with
        {
            Restart = new RestartPolicy(new Backoff(TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(8), Jitter: 0), TimeSpan.FromSeconds(10)),
        });
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 8, None);
        });
        var ends = shop.Of(InstanceChangeKind.Crashed).Select(change => change.At);
        var starts = shop.Of(InstanceChangeKind.Started).Skip(1).Select(change => change.At);
        starts.Zip(ends, (start, end) => Math.Round((start - end).TotalSeconds, 6)).ShouldBe([0, 1, 2, 4, 8, 8, 8]);
    }

    [Fact]
    public void A_stable_run_makes_the_delays_begin_anew()
    {
        var shop = new SupervisedApp(Shop() with { Restart = new RestartPolicy(new Backoff(TimeSpan.FromSeconds(4), Jitter: 0), TimeSpan.FromSeconds(10)) });
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            foreach (var seconds in (double[])[3, 3, 20, 3])
            {
                await shop.AllUpAsync();
                await shop.PassAsync(seconds);
                shop.Live(0).Crash();
                await shop.Supervisor.WaitForAsync(all => all[0].Status == InstanceStatus.Starting, None);
            }
        });
        shop.Of(InstanceChangeKind.BackingOff).Select(change => change.Text).ShouldBe(["starts again in 4 s", "starts again in 4 s"]);
    }

    [Fact]
    public void A_hung_instance_is_found_unhealthy_stopped_and_replaced()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            await shop.PassAsync(60);
            await shop.Supervisor.Running(shop.Id(0))!.SuspendAsync(None);
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 2 && all[0].IsUp, None);
        });
        Snapshot.Matches(shop.Story, "hung-instance");
    }

    [Fact]
    public void Two_failures_of_three_do_no_harm()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            shop.Live(0).SetHealthy(false);
            await shop.PassAsync(12);
            shop.Live(0).SetHealthy(true);
            await shop.PassAsync(6);
            shop.Live(0).SetHealthy(false);
            await shop.PassAsync(12);
        });
        shop.Changes.Select(change => change.Kind).ShouldBe([InstanceChangeKind.Started, InstanceChangeKind.Healthy]);
    }

    [Fact]
    public void A_limit_of_zero_only_reports()
    {
        var shop = new SupervisedApp(Shop(health: new HttpHealthCheck("/healthz") { Interval = TimeSpan.FromSeconds(1), FailureLimit = 0 }));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            shop.Live(0).SetHealthy(false);
            await shop.PassAsync(60);
            shop.Supervisor.Instances[0].Status.ShouldBe(InstanceStatus.Unhealthy);
            shop.Supervisor.Instances[0].Why.ShouldNotBeNull().ShouldContain("status 503");
            shop.Live(0).SetHealthy(true);
            await shop.AllUpAsync();
        });
        shop.Changes.Select(change => change.Kind).ShouldBe(
            [InstanceChangeKind.Started, InstanceChangeKind.Healthy, InstanceChangeKind.Unhealthy, InstanceChangeKind.Healthy]);
    }

    [Fact]
    public void Failures_are_forgiven_while_the_grace_lasts()
    {
        var slow = AppModel.Default.StartsWithin(TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(25));
        var shop = new SupervisedApp(Shop(slow, new HttpHealthCheck("/healthz") { Grace = TimeSpan.FromSeconds(30), FailureLimit = 1 }));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.PassAsync(10);
            shop.Supervisor.Instances[0].Status.ShouldBe(InstanceStatus.Starting);
            shop.Supervisor.Instances[0].Why.ShouldNotBeNull().ShouldContain("Connection refused");
            await shop.AllUpAsync();
        });
        shop.Changes.Select(change => change.Kind).ShouldBe([InstanceChangeKind.Started, InstanceChangeKind.Healthy]);
    }

    [Fact]
    public void An_instance_that_never_gets_healthy_is_replaced_after_the_grace_and_backs_off()
    {
        var never = AppModel.Default.StartsWithin(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var shop = new SupervisedApp(Shop(never, new HttpHealthCheck("/healthz") { Grace = TimeSpan.FromSeconds(20), Interval = TimeSpan.FromSeconds(1) }));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 4, None);
        });
        shop.Of(InstanceChangeKind.Unhealthy).Count().ShouldBe(3);
        shop.Of(InstanceChangeKind.BackingOff).Count().ShouldBe(2);
    }

    [Fact]
    public void An_app_that_cannot_be_started_says_why_and_is_tried_again()
    {
        var shop = new SupervisedApp(Shop() with { Ports = [new PortDescription("http", 80)], Declared = new SourceLocation("/src/fleet.cs", 14) });
        shop.World.Run(async () =>
        {
            using (shop.Http.Listen("web-1", 80, (_, _) => throw new NotSupportedException()))
            {
                await shop.Supervisor.SetSlotsAsync([0], None);
                shop.Supervisor.Instances[0].Status.ShouldBe(InstanceStatus.Failed);
                await shop.PassAsync(3);
            }
            await shop.AllUpAsync();
        });
        Snapshot.Matches(shop.Story, "cannot-be-started");
    }

    [Fact]
    public void Surplus_slots_are_stopped_before_the_call_returns()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0, 1, 2], None);
            await shop.AllUpAsync();
            await shop.Supervisor.SetSlotsAsync([1, 3], None);
            shop.Engine.Instances.Select(instance => instance.Id.Slot).ShouldBe([1, 3]);
            shop.Supervisor.Instances.Select(instance => (instance.Id.Slot, instance.Run)).ShouldBe([(1, 1), (3, 1)]);
            await shop.Supervisor.StopAsync(None);
            shop.Engine.Instances.ShouldBeEmpty();
        });
        shop.Of(InstanceChangeKind.Stopped).Count().ShouldBe(4);
    }

    [Fact]
    public void A_slot_that_comes_back_goes_on_counting_its_runs()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            var gone = shop.Supervisor.SetSlotsAsync([], None);
            var back = shop.Supervisor.SetSlotsAsync([0], None);
            await Task.WhenAll(gone, back);
            await shop.AllUpAsync();
            shop.Supervisor.Instances.ShouldHaveSingleItem().Run.ShouldBe(2);
        });
    }

    [Fact]
    public void A_program_that_ignores_the_stop_is_killed_after_the_grace()
    {
        var shop = new SupervisedApp(Shop(AppModel.Default.IgnoresStop()) with { StopGrace = TimeSpan.FromSeconds(7) });
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            await shop.Supervisor.StopAsync(None);
        });
        shop.Of(InstanceChangeKind.Stopped).ShouldHaveSingleItem().Text.ShouldBe("killed by signal 9, 7 s after it was told to stop");
    }

    [Fact]
    public void A_restart_is_immediate_and_answers_when_the_new_run_has_started()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            (await shop.Supervisor.RestartAsync(shop.Id(0), "new configuration", None)).ShouldBeTrue();
            shop.Supervisor.Instances[0].ShouldSatisfyAllConditions(
                instance => instance.Run.ShouldBe(2), instance => instance.Restarts.ShouldBe(0), instance => instance.Status.ShouldBe(InstanceStatus.Starting));
            (await shop.Supervisor.RestartAsync(shop.Id(7), "", None)).ShouldBeFalse();
            (await shop.Supervisor.RestartAsync(new InstanceId("blog", 0), "", None)).ShouldBeFalse();
        });
        shop.Of(InstanceChangeKind.Stopping).ShouldHaveSingleItem().Text.ShouldBe("restart: new configuration");
    }

    [Fact]
    public void A_restart_ends_the_waiting_of_a_crashed_instance()
    {
        var shop = new SupervisedApp(Shop(AppModel.Default.ExitsAtStart()));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 6 && all[0].Status == InstanceStatus.BackingOff, None);
            var before = shop.World.Elapsed;
            (await shop.Supervisor.RestartAsync(shop.Id(0), "repaired", None)).ShouldBeTrue();
            shop.World.Elapsed.ShouldBe(before);
            shop.Supervisor.Instances[0].Run.ShouldBe(7);
        });
    }

    [Fact]
    public void Restarting_all_has_at_most_one_instance_down()
    {
        var shop = new SupervisedApp(Shop());
        var downMost = 0;
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0, 1, 2, 3], None);
            await shop.AllUpAsync();
            var all = shop.Supervisor.RestartAllAsync("deploy", None);
            while (!all.IsCompleted)
            {
                downMost = Math.Max(downMost, shop.Supervisor.Instances.Count(instance => !instance.IsUp));
                await shop.PassAsync(0.01);
            }
            await all;
            shop.Supervisor.Instances.ShouldAllBe(instance => instance.Run == 2 && instance.IsUp);
        });
        downMost.ShouldBe(1);
    }

    [Fact]
    public void Restarting_all_goes_on_after_the_grace_of_one_that_does_not_come_up()
    {
        var shop = new SupervisedApp(Shop(AppModel.Default.Respond((instance, _) => instance is { Id.Slot: 0, Run: > 1 } ? new(500, "") : null)));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0, 1], None);
            await shop.AllUpAsync();
            await shop.Supervisor.RestartAllAsync("deploy", None);
            shop.Supervisor.Instances[1].ShouldSatisfyAllConditions(instance => instance.Run.ShouldBe(2), instance => instance.IsUp.ShouldBeTrue());
        });
    }

    [Fact]
    public void A_check_that_throws_is_a_failure_and_the_app_is_looked_after_as_before()
    {
        var shop = new SupervisedApp(Shop(AppModel.Default.Respond((instance, _) => instance.Run == 2 ? throw new InvalidOperationException("odd answer") : null)));
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0], None);
            await shop.AllUpAsync();
            await shop.Supervisor.RestartAsync(shop.Id(0), "", None);
            await shop.Supervisor.WaitForAsync(all => all[0].Run == 3 && all[0].IsUp, None);
        });
        shop.Of(InstanceChangeKind.Unhealthy).ShouldHaveSingleItem().Text.ShouldStartWith("odd answer");
    }

    [Fact]
    public void An_abandoned_supervisor_reports_nothing_more_and_stops_nothing()
    {
        var shop = new SupervisedApp(Shop());
        shop.World.Run(async () =>
        {
            await shop.Supervisor.SetSlotsAsync([0, 1], None);
            await shop.AllUpAsync();
            var before = shop.Changes.Count;
            shop.Supervisor.Abandon();
            shop.Engine.FailHost();
            await shop.PassAsync(600);
            shop.Changes.Count.ShouldBe(before);
            shop.Supervisor.Instances.ShouldBeEmpty();
            await shop.Supervisor.DisposeAsync();
            await shop.Supervisor.SetSlotsAsync([0], None);
            shop.Engine.Instances.ShouldBeEmpty();
        });
    }

    [Fact]
    public void A_receiver_that_throws_is_told_at_the_next_call()
    {
        var shop = new SupervisedApp(Shop());
        var supervisor = new AppSupervisor(shop.App, "web-1", shop.Engine, shop.World.Clock, shop.World.Random, Invariants.Throwing,
            _ => throw new FormatException("bad"));
        shop.World.Run(async () =>
            (await Assert.ThrowsAsync<InvalidOperationException>(() => supervisor.SetSlotsAsync([0], None))).Message.ShouldEndWith("bad"));
    }

    [Fact]
    public void A_start_whose_environment_cannot_be_had_is_tried_again()
    {
        var asked = 0;
        var shop = new SupervisedApp(Shop());
        var supervisor = new AppSupervisor(shop.App, "web-1", shop.Engine, shop.World.Clock, shop.World.Random, Invariants.Throwing, shop.Changes.Add,
            environment: () => ++asked == 1 ? throw new IOException("No space left on device") : []);
        shop.World.Run(async () =>
        {
            await supervisor.SetSlotsAsync([0], None);
            await supervisor.WaitForAsync(all => all[0].IsUp, None);
        });
        shop.Of(InstanceChangeKind.StartFailed).ShouldHaveSingleItem().Text.ShouldContain("No space left on device");
    }

    [Fact]
    public void The_environment_is_asked_before_every_start()
    {
        var asked = 0;
        var shop = new SupervisedApp(Shop());
        var supervisor = new AppSupervisor(shop.App, "web-1", shop.Engine, shop.World.Clock, shop.World.Random, Invariants.Throwing, _ => { },
            environment: () => [new("VERSION", $"{++asked}")]);
        shop.World.Run(async () =>
        {
            await supervisor.SetSlotsAsync([0], None);
            await supervisor.RestartAsync(shop.Id(0), "", None);
        });
        asked.ShouldBe(2);
    }
}
