using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines.Simulated;
using Flotilla.Events;

namespace Flotilla.Tests.Scenarios;

/// <summary>
/// The eight faults of Serf Master (garethr/serf-master 0.4) on whole fleets: what happens there instead, as the one who operates a
/// fleet sees it.
/// </summary>
public sealed class SerfMasterFaultTests
{
    [Fact]
    public void Fault_1_an_error_inside_a_handler_is_reported_as_one_with_its_place_and_not_as_a_missing_handler() => Fleet(web => web
        .On<UserEvent>("deploy", (_, _) => throw new MissingMethodException("Deployer", "run"))).Simulated(async s =>
    {
        await s.SendAsync("deploy", EventPayload.Empty);
        await s.Until("the failure", () => Texts(s, "handler").Any(text => text.StartsWith("failed on web-1: System.MissingMethodException", StringComparison.Ordinal)
            || text.StartsWith("failed: System.MissingMethodException", StringComparison.Ordinal)));
        Texts(s, "note").ShouldBeEmpty();
    });

    [Fact]
    public void Fault_2_what_handlers_do_and_say_is_shown_without_any_set_up() => Fleet(web => web
        .On<UserEvent>("deploy", (_, host) => Note(host, "deploys"))).Simulated(async s =>
    {
        await s.SendAsync("deploy", EventPayload.FromText("v2"));
        await s.Until("the end", () => Texts(s, "handler").Count == 2);
        Texts(s, "event").ShouldBe(["from web-1: v2"]);
        Texts(s, "handler").ShouldBe(["started on web-1 for user \"deploy\"", "completed on web-1 after 0 s"]);
        Texts(s, "note").ShouldBe(["deploys"]);
    });

    [Theory]
    [InlineData("deploy-web")]
    [InlineData("deploy.web")]
    [InlineData("deploy web")]
    [InlineData("déploiement: $(reboot) `x` 'y' \"z\"")]
    public void Fault_3_an_event_of_any_name_reaches_the_handler_registered_for_it(string name) => Fleet(web => web
        .On<UserEvent>(name, (e, host) => Note(host, e.Name))
        .Answer(name, (query, _) => Task.FromResult(query.Name))).Simulated(async s =>
    {
        await s.SendAsync(name, EventPayload.Empty);
        await s.Until("the note", () => Texts(s, "note").SequenceEqual([name]));
        var result = await s.QueryAsync(new Query(name, EventPayload.Empty));
        result.Answers.Select(answer => answer.Payload.Text).ShouldBe([name]);
    });

    [Theory]
    [InlineData("member_join")]
    [InlineData("member-join")]
    [InlineData("HandleAsync")]
    [InlineData("Filter")]
    [InlineData("ToString")]
    [InlineData("__class__")]
    public void Fault_4_a_name_from_the_network_calls_nothing_that_was_not_registered_under_it(string name)
    {
        var handler = new Recorder();
        Fleet(web => web.Handle(handler).OnMember([], (e, _) => handler.Add($"{e.Change}"))).Simulated(async s =>
        {
            await s.Until("the join", () => handler.Calls.SequenceEqual(["Join"]));
            await s.SendAsync(name, EventPayload.Empty);
            var asked = await s.QueryAsync(new Query(name, EventPayload.Empty));
            await s.For(10.Seconds);
            handler.Calls.ShouldBe(["Join"]);
            asked.Silent.ShouldBe(["web-1"]);
        });
    }

    [Fact]
    public void Fault_5_a_host_has_several_roles_and_an_event_that_nobody_is_for_is_said() => new Fleet("shop")
        .Host("a", ["web", "db"]).Host("b", ["db"])
        .Role("web", web => web.On<UserEvent>("deploy", (_, host) => Note(host, "as web")))
        .Role("db", db => db.On<UserEvent>("deploy", (_, host) => Note(host, "as db")))
        .Simulated(async s =>
        {
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.Until("all three", () => Notes(s).SequenceEqual(["a as db", "a as web", "b as db"]));
            await s.SendAsync("deplyo", EventPayload.Empty);
            await s.SendAsync("deplyo", EventPayload.Empty);
            await s.Until("the hint", () => Notes(s).Count == 4);
            await s.For(10.Seconds);
            Notes(s)[2].ShouldBe("a no handler of the fleet is for the event \"deplyo\"; there are handlers for user \"deploy\"");
            Notes(s).Count.ShouldBe(4);
        });

    [Fact]
    public void Fault_5_a_role_that_the_fleet_does_not_know_is_refused_before_anything_runs() =>
        Should.Throw<ProblemException>(() => new Fleet("shop").Host("a", ["wbe"]).Role("web", _ => { }).Build())
            .Problems.ShouldHaveSingleItem().ToString().ShouldContain("\"wbe\"");

    [Fact]
    public void Fault_6_the_role_default_is_a_role_like_any_other_and_its_handlers_are_no_default() => new Fleet("shop")
        .Host("a", ["default"]).Host("b", ["web"])
        .Role("default", role => role.On<UserEvent>("deploy", (_, host) => Note(host, "deploys")))
        .Role("web", web => web
            .On<UserEvent>("other", (_, host) => Note(host, "other"))
            .On<UserEvent>(EventFilter.User("*") with { IsDefault = true }, (_, host) => Note(host, "takes what is left")))
        .Simulated(async s =>
        {
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.SendAsync("other", EventPayload.Empty);
            await s.Until("all three", () => Notes(s).Count == 3);
            await s.For(10.Seconds);
            Notes(s).ShouldBe(["a deploys", "b other", "b takes what is left"]);
        });

    [Fact]
    public void Fault_7_an_exception_answers_the_query_with_an_error_and_stands_in_the_timeline() => Fleet(web => web
        .Answer<string>("load", (_, _) => throw new IOException("no database today"))).Simulated(async s =>
    {
        var result = await s.QueryAsync(new Query("load", EventPayload.Empty));
        var failure = result.Failures.ShouldHaveSingleItem();
        failure.Member.ShouldBe("web-1");
        failure.Message.ShouldContain("IOException: no database today");
        result.Took.ShouldBeLessThan(1.Seconds);
        Texts(s, "handler").ShouldContain(text => text.Contains("no database today"));
    });

    [Fact]
    public void Fault_8_the_payload_reaches_the_handler_as_its_type_and_a_unit_test_needs_no_environment()
    {
        var machine = default(MemoryMachine)!;
        FleetSimulation.Of(Fleet(web => web.On<Order>("scale", (order, host) =>
        {
            host.Files.WriteFile("/etc/scale", Encoding.UTF8.GetBytes($"{order.App}={order.Instances}"), (UnixFileMode)0b110_100_100);
            return Task.CompletedTask;
        }))).On(setup => machine = setup.Machine("web-1")).Run(async s =>
        {
            await s.SendAsync("scale", EventPayload.FromJson(new Order("shop", 3)));
            await s.Until("the file", () => machine.Stat("/etc/scale") is not null);
        });
        Encoding.UTF8.GetString(machine.ReadFile("/etc/scale")).ShouldBe("shop=3");
    }

    private static Fleet Fleet(Action<Role> web) => new Fleet("shop").Host("web-1", ["web"]).Role("web", web);

    private static Task Note(IHost host, string text)
    {
        host.Note(text);
        return Task.CompletedTask;
    }

    private static List<string> Texts(Scenario s, string kind) => [.. s.Timeline.Entries.Where(entry => entry.Kind == kind).Select(entry => entry.Text)];

    private static List<string> Notes(Scenario s) =>
        [.. s.Timeline.Entries.Where(entry => entry.Kind == "note").Select(entry => $"{entry.Subject} {entry.Text}").Order(StringComparer.Ordinal)];

    private sealed record Order(string App, int Instances);

    private sealed class Recorder : IHandler
    {
        public List<string> Calls { get; } = [];

        public EventFilter Filter { get; } = EventFilter.User("deploy");

        public Task<object?> HandleAsync(FleetEvent fleetEvent, IHost host, CancellationToken cancellationToken)
        {
            Calls.Add("HandleAsync");
            return Task.FromResult<object?>(null);
        }

        public Task Add(string call)
        {
            Calls.Add(call);
            return Task.CompletedTask;
        }

        public override string ToString()
        {
            Calls.Add("ToString");
            return "";
        }
    }
}
