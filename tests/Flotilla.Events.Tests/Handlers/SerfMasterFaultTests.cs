using Flotilla.Core;

namespace Flotilla.Events.Tests;

/// <summary>The faults of Serf Master (garethr/serf-master 0.4), one test each, so that handlers here never have them.</summary>
public sealed class SerfMasterFaultTests
{
    [Fact]
    public void Fault_1_an_error_inside_a_handler_is_not_taken_for_a_missing_handler() => Rig.InSimulation(async rig =>
    {
        rig.On("deploy", EventFilter.User("deploy"), (_, _, _) =>
        {
            string? none = null;
            return Task.FromResult<object?>(none!.Length);
        });
        rig.On("missing", EventFilter.User("*") with { IsDefault = true }, (_, _, _) => Task.FromResult<object?>(null));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("deploy");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["deploy: Failed"]);
        rig.Journal.Runs.Single().Error!.ShouldStartWith("System.NullReferenceException");
    });

    [Fact]
    public void Fault_2_every_run_leaves_a_record() => Rig.InSimulation(async rig =>
    {
        rig.On("h", EventFilter.User("*"), (_, _, _) => Task.FromResult<object?>("output"));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Journal.Records.Select(record => (record.Host, record.Handler, record.EventText, record.Outcome, record.Result)).ShouldBe(
        [
            ("web-1", "h", "user \"e\"", HandlerOutcome.Started, null),
            ("web-1", "h", "user \"e\"", HandlerOutcome.Completed, "output"),
        ]);
    });

    [Theory]
    [InlineData("deploy-web")]
    [InlineData("deploy.web")]
    [InlineData("deploy web")]
    [InlineData("déploiement ⛵")]
    [InlineData("a:b/c;$(d)")]
    public void Fault_3_a_name_of_any_characters_reaches_its_handler(string name) => Rig.InSimulation(async rig =>
    {
        rig.On("event", EventFilter.User(name), (_, _, _) => Task.FromResult<object?>(null));
        rig.On("query", EventFilter.Query(name), (_, _, _) => Task.FromResult<object?>("yes"));
        await using var dispatcher = rig.Start();
        await rig.SendAsync(name);
        (await rig.AskAsync(name)).Answers.Single().Payload.Text.ShouldBe("yes");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["event: Completed", "query: Completed"]);
    });

    [Theory]
    [InlineData("member-failed")]
    [InlineData("member_failed")]
    [InlineData("__class__")]
    [InlineData("log")]
    [InlineData("role")]
    [InlineData("Dispose")]
    public void Fault_4_a_name_from_the_network_selects_nothing_but_what_was_registered_for_it(string name) => Rig.InSimulation(async rig =>
    {
        rig.On("membership", EventFilter.Members(MemberChange.Failed, MemberChange.Leave), (_, _, _) => Task.FromResult<object?>(null));
        rig.On("log", EventFilter.User("other"), (_, _, _) => Task.FromResult<object?>(null));
        await using var dispatcher = rig.Start();
        await rig.SendAsync(name);
        (await rig.AskAsync(name)).Silent.ShouldBe(["web-1"]);
        await dispatcher.IdleAsync(default);
        rig.Journal.Records.ShouldBeEmpty();
    });

    [Fact]
    public void Fault_5_a_host_has_several_roles_and_each_runs_its_handlers()
    {
        var world = new Core.Simulated.SimulatedWorld(1);
        world.Run(async () =>
        {
            var rig = new Rig(world.Clock, world.Random, role: "web:db");
            foreach (var role in new[] { "web", "db", "cache" })
                rig.On(role, EventFilter.User("*") with { HostRole = role }, (_, _, _) => Task.FromResult<object?>(null));
            await using var dispatcher = rig.Start();
            await rig.SendAsync("e");
            await dispatcher.IdleAsync(default);
            rig.Outcomes.ShouldBe(["web: Completed", "db: Completed"]);
        });
    }

    [Fact]
    public void Fault_6_a_host_of_an_unknown_role_or_of_the_role_default_gets_the_default_handler_only_when_nothing_else_fits()
    {
        foreach (var role in new[] { "unknown", "default", "" })
        {
            var world = new Core.Simulated.SimulatedWorld(1);
            world.Run(async () =>
            {
                var rig = new Rig(world.Clock, world.Random, role: role);
                rig.On("everywhere", EventFilter.User("known"), (_, _, _) => Task.FromResult<object?>(null));
                rig.On("web", EventFilter.User("*") with { HostRole = "web" }, (_, _, _) => Task.FromResult<object?>(null));
                rig.On("rest", EventFilter.User("*") with { IsDefault = true }, (_, _, _) => Task.FromResult<object?>(null));
                await using var dispatcher = rig.Start();
                await rig.SendAsync("known");
                await rig.SendAsync("other");
                await dispatcher.IdleAsync(default);
                rig.Journal.Runs.Select(run => $"{run.EventText} {run.Handler}").ShouldBe(["user \"known\" everywhere", "user \"other\" rest"]);
            });
        }
    }

    [Fact]
    public void Fault_7_an_exception_answers_the_query() => Rig.InSimulation(async rig =>
    {
        rig.On("load", EventFilter.Query("load"), (_, _, _) => throw new TimeoutException("no database"));
        await using var dispatcher = rig.Start();
        (await rig.AskAsync("load")).Failures.ShouldBe([new QueryFailure("web-1", "Handler load: TimeoutException: no database")]);
    });

    [Fact]
    public void Fault_8_a_handler_gets_the_payload_and_can_be_tested_without_a_process_environment() => Rig.InSimulation(async rig =>
    {
        rig.On("scale", EventFilter.User("scale"), (e, run, _) =>
        {
            var order = ((UserEvent)e).Payload.Read<Order>();
            return Task.FromResult<object?>($"{order.App} to {order.Instances} on {run.Self.Name}");
        });
        await using var dispatcher = rig.Start();
        await rig.Bus.SendAsync("scale", EventPayload.FromJson(new Order("shop", 3)), default);
        await dispatcher.IdleAsync(default);
        rig.Journal.Runs.Single().Result.ShouldBe("shop to 3 on web-1");
    });

    private sealed record Order(string App, int Instances);
}
