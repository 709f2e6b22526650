using System.Text;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Tests.Scenarios;

/// <summary>Events, queries and the handlers that react to them, on whole fleets.</summary>
public sealed class HandlerTests
{
    [Fact]
    public void An_event_reaches_the_handlers_of_the_role_on_each_of_its_hosts() => Of(web => web
        .On<UserEvent>("deploy", (e, host) => Note(host, $"deploys {e.Payload.Text}"))).Simulated(async s =>
    {
        await s.SendAsync("deploy", EventPayload.FromText("v2"));
        await s.Until("both notes", () => Notes(s).Count == 2);
        Assert.Equal(["a deploys v2", "b deploys v2"], Notes(s).Order());
    });

    [Fact]
    public void A_handler_gets_its_payload_as_the_type_it_asks_for() => Of(web => web
        .On<int[]>("numbers", (numbers, host) => Note(host, $"{numbers.Sum()}"))).Simulated(async s =>
    {
        await s.SendAsync("numbers", EventPayload.FromJson(new[] { 1, 2, 3 }));
        await s.Until("both notes", () => Notes(s).Count == 2);
        Assert.All(Notes(s), note => Assert.EndsWith(" 6", note));
    });

    [Fact]
    public void A_payload_that_is_not_what_the_handler_asks_for_fails_the_handler_and_nothing_else() => Of(web => web
        .On<int[]>("numbers", (numbers, host) => Note(host, $"{numbers.Sum()}"))).Simulated(async s =>
    {
        await s.SendAsync("numbers", EventPayload.FromText("one two three"));
        await s.Until("both failures", () => s.Timeline.Entries.Count(entry => entry.Kind == "handler" && entry.Text.StartsWith("failed", StringComparison.Ordinal)) == 2);
        await s.SendAsync("numbers", EventPayload.FromText("[4]"));
        await s.Until("both notes", () => Notes(s).Count == 2);
    });

    [Fact]
    public void A_handler_may_ask_for_a_tag_of_its_host_and_a_default_takes_what_nothing_else_does() => new Fleet("shop")
        .Host("a", ["web"], new Dictionary<string, string> { ["zone"] = "east" })
        .Host("b", ["web"], new Dictionary<string, string> { ["zone"] = "west" })
        .Role("web", web => web
            .On<UserEvent>(EventFilter.User("deploy") with { HostTags = new Dictionary<string, string> { ["zone"] = "east" } }, (_, host) => Note(host, "deploys"))
            .On<FleetEvent>(EventFilter.User("*") with { IsDefault = true }, (e, host) => Note(host, $"does not know {((UserEvent)e).Name}")))
        .Simulated(async s =>
        {
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.Until("both notes", () => Notes(s).Count == 2);
            Assert.Equal(["a deploys", "b does not know deploy"], Notes(s).Order());
        });

    [Fact]
    public void Two_handlers_of_one_event_both_run() => new Fleet("shop")
        .Role("web", web => web
            .On<UserEvent>("deploy", (_, host) => Note(host, "first"))
            .On<UserEvent>("deploy", (_, host) => Note(host, "second")))
        .Role("db", db => db.On<UserEvent>("deploy", (_, host) => Note(host, "of the other role")))
        .On<UserEvent>("deploy", role: "web", (_, host) => Note(host, "from outside"))
        .Simulated(async s =>
        {
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.Until("all notes", () => Notes(s).Count == 4, 10.Seconds);
            Assert.Equal(["local first", "local from outside", "local of the other role", "local second"], Notes(s).Order());
        });

    [Fact]
    public void A_handler_that_fails_is_tried_again_as_often_as_said()
    {
        var tries = 0;
        Of(web => web.On<UserEvent>("deploy", (_, host) => ++tries < 3 ? throw new IOException("not yet") : Note(host, "done"),
            new HandlerOptions(Attempts: 3, RetryAfter: new Backoff(2.Seconds, Factor: 1, Jitter: 0))), "a").Simulated(async s =>
        {
            await s.SendAsync("deploy", EventPayload.Empty);
            var note = await s.Sees("note", "a");
            Assert.Equal(3, tries);
            Assert.InRange(note.At - s.Timeline.Find("event")!.At, 4.Seconds, 4100.Milliseconds);
        });
    }

    [Fact]
    public void A_query_is_answered_by_the_hosts_of_the_role_that_it_names() => Roles().Simulated(async s =>
    {
        await s.Until("all to be known", () => s.Host("a").Inside.Events.Members.Count == 4);
        var result = await s.QueryAsync(new Query("load", EventPayload.Empty, Role: "web"));
        Assert.Equal(["a: 1", "b: 1"], result.Answers.Select(answer => $"{answer.Member}: {answer.Payload.Text}"));
        Assert.Empty(result.Silent);
        Assert.Empty(result.Failures);
    });

    [Fact]
    public void Each_role_answers_in_its_own_way_and_who_has_no_handler_is_silent() => Roles().Simulated(async s =>
    {
        await s.Until("all to be known", () => s.Host("a").Inside.Events.Members.Count == 4);
        var result = await s.QueryAsync(new Query("load", EventPayload.Empty));
        Assert.Equal(["a: 1", "b: 1"], result.Answers.Select(answer => $"{answer.Member}: {answer.Payload.Text}"));
        var failure = Assert.Single(result.Failures);
        Assert.Equal("c", failure.Member);
        Assert.Contains("no database today", failure.Message);
        Assert.Equal(["d"], result.Silent);
    });

    [Fact]
    public void Who_does_not_answer_in_time_is_silent() => Of(web => web
        .Answer("slow", async (_, host) =>
        {
            await Task.Delay(host.Name == "b" ? 1.Minutes : TimeSpan.Zero, host.Time, host.Stopping);
            return host.Name;
        })).Simulated(async s =>
    {
        await s.Until("both to be known", () => s.Host("a").Inside.Events.Members.Count == 2);
        var result = await s.QueryAsync(new Query("slow", EventPayload.Empty, Timeout: 3.Seconds));
        Assert.Equal(["a"], result.Answers.Select(answer => answer.Member));
        Assert.Equal(["b"], result.Silent);
        Assert.Equal(3.Seconds, result.Took);
    });

    [Fact]
    public void A_handler_of_members_that_fail_runs_on_those_that_are_left() => Of(web => web
        .OnMember([MemberChange.Failed], (e, host) => Note(host, $"misses {e.Member.Name}")), "a", "b", "c").Simulated(async s =>
    {
        await s.Host("b").CrashAsync();
        await s.Until("both notes", () => Notes(s).Count == 2, 30.Seconds);
        Assert.Equal(["a misses b", "c misses b"], Notes(s).Order());
    });

    [Fact]
    public void A_handler_can_be_a_class() => Of(web => web.Handle<Greeter>()).Simulated(async s =>
    {
        await s.SendAsync("greet", EventPayload.FromText("you"));
        await s.Until("both notes", () => Notes(s).Count == 2);
        Assert.Equal(["a greets you", "b greets you"], Notes(s).Order());
        Assert.NotNull(s.Timeline.Find("handler", entry => entry.Subject == "Greeter"));
    });

    [Fact]
    public void Two_handlers_of_one_class_both_run() => Of(web => web.Handle<Greeter>().Handle(new Greeter()), "a").Simulated(async s =>
    {
        await s.SendAsync("greet", EventPayload.FromText("you"));
        await s.Until("both notes", () => Notes(s).Count == 2, 10.Seconds);
    });

    [Fact]
    public void A_handler_reads_files_asks_http_and_runs_programs_through_its_host()
    {
        var fleet = Fleets.Shop(["a"], instances: 1, role: web => web.On<UserEvent>("look", async (_, host) =>
        {
            var file = Encoding.UTF8.GetString(host.Files.ReadFile("/etc/motd"));
            var program = await host.RunAsync("uname", "-r");
            var page = await host.Http.SendAsync(new Core.Http.HttpCall("GET", host.Apps["shop"].Instances[0].Endpoints["http"]), host.Stopping);
            host.Note($"{file}/{program.Output}/{page.Body.Trim()}");
        }));
        FleetSimulation.Of(fleet)
            .On(setup => setup.Machine("a").WriteFile("/etc/motd", "welcome"u8, UnixFileMode.UserRead))
            .On(setup => setup.Machine("a").OnCommand("uname", command => new(0, $"6.1 {command.Arguments[0]}", "")))
            .Run(async s =>
            {
                await s.App("shop").UntilHealthy();
                await s.SendAsync("look", EventPayload.Empty);
                Assert.Equal("welcome/6.1 -r/shop-0", (await s.Sees("note", "a")).Text);
            });
    }

    [Fact]
    public void A_changed_resource_restarts_the_apps_that_said_so_one_after_the_other()
    {
        var fleet = new Fleet("shop").Role("web", web =>
        {
            var config = web.File("/etc/shop", content: "right\n");
            web.App("shop", app => app.Command("shop").Instances(3).Port("http").HealthCheck(Http.Get("/"), every: 1.Seconds).RestartOn(config));
            web.App("other", app => app.Command("other"));
        });
        fleet.Simulated(async s =>
        {
            var host = s.Host("local").Inside;
            await s.App("shop").UntilHealthy();
            Assert.Equal("right\n", Encoding.UTF8.GetString(host.Files.ReadFile("/etc/shop")));
            await host.ApplyAsync();
            Assert.Equal([1, 1, 1], s.App("shop").Instances.Select(instance => instance.Run));

            host.Files.WriteFile("/etc/shop", "wrong\n"u8, UnixFileMode.UserRead);
            var before = s.Timeline.Count;
            var report = await host.ApplyAsync();
            Assert.Equal(1, report.Changed);
            Assert.Equal("right\n", Encoding.UTF8.GetString(host.Files.ReadFile("/etc/shop")));
            Assert.Equal([2, 2, 2], s.App("shop").Instances.Select(instance => instance.Run));
            Assert.Equal(1, s.App("other").Instance(0).Now!.Run);
            Assert.Equal(
                ["stopped shop-0", "healthy shop-0", "stopped shop-1", "healthy shop-1", "stopped shop-2", "healthy shop-2"],
                s.Timeline.Entries.Skip(before).Where(entry => entry.Kind is "instance-stopped" or "instance-healthy").Select(entry => $"{entry.Kind["instance-".Length..]} {entry.Subject}"));
        });
    }

    [Fact]
    public void An_event_raised_by_a_handler_is_handled() => Of(web => web
        .On<UserEvent>("one", (_, host) => host.Events.SendAsync("two", EventPayload.FromText(host.Name)))
        .On<UserEvent>("two", (e, host) => Note(host, $"heard of {e.Payload.Text}"))).Simulated(async s =>
    {
        await s.SendAsync("one", EventPayload.Empty);
        await s.Until("all notes", () => Notes(s).Count == 4);
    });

    [Fact]
    public void A_handler_that_never_ends_does_not_keep_the_fleet_from_stopping() => Of(web => web
        .On<UserEvent>("forever", (_, _) => new TaskCompletionSource().Task)).Simulated(async s =>
    {
        await s.SendAsync("forever", EventPayload.Empty);
        await s.Sees("handler");
    });

    private static Fleet Of(Action<Role> describe, params string[] hosts)
    {
        var fleet = new Fleet("shop");
        foreach (var host in hosts.Length > 0 ? hosts : ["a", "b"]) fleet.Host(host, ["web"]);
        return fleet.Role("web", describe);
    }

    private static Fleet Roles() => new Fleet("shop").Host("a", ["web"]).Host("b", ["web"]).Host("c", ["db"]).Host("d", [])
        .Role("web", web => web.Answer("load", (_, _) => Task.FromResult(1)))
        .Role("db", db => db.Answer<int>("load", (_, _) => throw new InvalidOperationException("no database today")));

    private static Task Note(IHost host, string text)
    {
        host.Note(text);
        return Task.CompletedTask;
    }

    private static List<string> Notes(Scenario s) => [.. s.Timeline.Entries.Where(entry => entry.Kind == "note").Select(entry => $"{entry.Subject} {entry.Text}")];

    private sealed class Greeter : IHandler
    {
        public EventFilter Filter => EventFilter.User("greet*");

        public Task<object?> HandleAsync(FleetEvent fleetEvent, IHost host, CancellationToken cancellationToken)
        {
            host.Note($"greets {((UserEvent)fleetEvent).Payload.Text}");
            return Task.FromResult<object?>(null);
        }
    }
}
