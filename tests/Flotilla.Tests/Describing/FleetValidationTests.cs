using Flotilla.Commands;
using Flotilla.Core;
using Flotilla.Detection;
using Flotilla.Events;
using Flotilla.Resources;
using Flotilla.Testing;

namespace Flotilla.Tests.Describing;

public sealed class FleetValidationTests
{
    [Fact]
    public void Every_mistake_is_told_at_once_in_the_order_of_the_source_with_a_fix()
    {
        var problems = Should.Throw<ProblemException>(() => VeryWrongFleet.Describe().Build()).Problems;
        Snapshot.Matches(string.Join('\n', problems), "very-wrong-fleet");
        problems.ShouldAllBe(problem => problem.Where != null && problem.Fix != null);
        problems.Distinct().Count().ShouldBe(problems.Count);
        problems.Select(problem => problem.Where!.Value.Line).ShouldBeInOrder();
    }

    [Fact]
    public void A_right_fleet_has_no_problems() => Problems(Fleets.Shop(["a", "b"])).ShouldBeEmpty();

    [Fact]
    public void A_fleet_without_anything_is_right() => Problems(new Fleet("empty")).ShouldBeEmpty();

    [Theory]
    [InlineData("shop")]
    [InlineData("7")]
    [InlineData("a-b-1")]
    [InlineData("a--b")]
    public void A_host_label_is_a_name(string name) => FleetValidation.IsName(name).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("Shop")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("bücher")]
    [InlineData("a b")]
    public void Anything_else_is_none(string name) => FleetValidation.IsName(name).ShouldBeFalse();

    [Fact]
    public void A_name_has_63_letters_at_most()
    {
        FleetValidation.IsName(new string('a', 63)).ShouldBeTrue();
        FleetValidation.IsName(new string('a', 64)).ShouldBeFalse();
    }

    [Fact]
    public void Two_apps_may_have_one_port_on_different_hosts()
    {
        Problems(TwoOnOnePort(["a"], ["b"])).ShouldBeEmpty();
    }

    [Fact]
    public void Two_apps_of_different_roles_may_not_have_one_port_on_the_same_host()
    {
        Problems(TwoOnOnePort(["a", "b"], ["b"])).ShouldHaveSingleItem().What
            .ShouldBe("App \"two\" wants port 80, but \"one\" has it on the same host.");
    }

    [Fact]
    public void Two_apps_of_one_role_may_not_have_one_port()
    {
        var fleet = new Fleet("shop");
        fleet.Host("a", ["web"]).Host("b", ["web"]);
        fleet.Role("web", web => web
            .App("one", app => app.Command("one").Port("http", 80).OnEveryHost())
            .App("two", app => app.Command("two").Port("http", 80).OnEveryHost()));
        // The same on both hosts, and said once.
        Problems(fleet).ShouldHaveSingleItem().What.ShouldContain("wants port 80");
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 2, true)]
    [InlineData(3, 3, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 2, false)]
    public void A_fixed_port_is_for_one_instance_on_a_host(int instances, int hosts, bool right)
    {
        var fleet = new Fleet("shop");
        for (var i = 0; i < hosts; i++) fleet.Host($"host-{i}", ["web"]);
        fleet.Role("web", web => web.App("shop", app => app.Command("shop").Instances(instances).Port("http", 80)));
        var problems = Problems(fleet);
        if (right) problems.ShouldBeEmpty();
        else problems.ShouldHaveSingleItem().What.ShouldBe("App \"shop\" wants port 80 for 2 instances on one host.");
    }

    [Fact]
    public void A_fixed_port_on_every_host_is_counted_on_each()
    {
        Problems(OneRole(web => web.App("shop", app => app.Command("shop").OnEveryHost().Port("http", 80)), "a", "b")).ShouldBeEmpty();
        Problems(OneRole(web => web.App("shop", app => app.Command("shop").OnEveryHost(2).Port("http", 80)), "a", "b"))
            .ShouldHaveSingleItem().What.ShouldContain("for 2 instances on one host");
    }

    [Fact]
    public void A_handler_for_a_role_that_does_not_exist_gets_a_suggestion()
    {
        var fleet = new Fleet("shop");
        fleet.Role("web", _ => { });
        fleet.On<UserEvent>("deploy", role: "wbe", (_, _) => Task.CompletedTask);
        var problem = Problems(fleet).ShouldHaveSingleItem();
        problem.What.ShouldBe("Handler on user \"deploy\" is for role \"wbe\", which does not exist.");
        problem.Fix.ShouldBe("Did you mean \"web\"?");
        problem.Where!.Value.File.ShouldEndWith("FleetValidationTests.cs");
    }

    [Fact]
    public void A_role_that_a_host_names_twice_is_refused()
    {
        var fleet = new Fleet("shop");
        fleet.Host("a", ["web", "web"]);
        fleet.Role("web", web => web.App("shop", app => app.Command("shop")));
        Problems(fleet).ShouldHaveSingleItem().What.ShouldBe("Host \"a\" names role \"web\" twice.");
    }

    [Fact]
    public void A_resource_of_another_role_does_not_restart_an_app_even_on_the_same_host()
    {
        var fleet = new Fleet("shop");
        Resource? config = null;
        fleet.Role("base", role => config = role.File("/etc/base", content: ""));
        fleet.Role("web", web => web.App("shop", app => app.Command("shop").RestartOn(config!)));
        var problem = Problems(fleet).ShouldHaveSingleItem();
        problem.What.ShouldBe("App \"shop\" refers to file \"/etc/base\", which role \"web\" does not declare.");
        problem.Fix.ShouldBe("Declare the resource in the same role.");
    }

    [Fact]
    public void Two_roles_of_one_host_may_not_declare_one_resource_but_those_of_different_hosts_may()
    {
        Fleet Of(string[] first, string[] second) => new Fleet("shop").Host("a", first).Host("b", second)
            .Role("x", role => role.File("/etc/one", content: "x"))
            .Role("y", role => role.File("/etc/one", content: "y"));
        Problems(Of(["x"], ["y"])).ShouldBeEmpty();
        Problems(Of(["x", "y"], ["y"])).ShouldHaveSingleItem().What.ShouldContain("is declared twice");
    }

    [Fact]
    public void Resources_that_wait_for_each_other_are_printed_as_the_cycle_they_are()
    {
        var problem = Problems(OneRole(web =>
        {
            web.Add(new FileResource("/etc/a") { Content = "", Declared = SourceLocation.Here() }.Requires(new FileResource("/etc/b")));
            web.Add(new FileResource("/etc/b") { Content = "", Declared = SourceLocation.Here() }.Requires(new FileResource("/etc/a")));
        }, "a", "b")).ShouldHaveSingleItem();
        problem.What.ShouldStartWith("These resources wait for each other: file \"/etc/a\" (FleetValidationTests.cs(");
        problem.What.Split('→').Length.ShouldBe(3);
    }

    [Fact]
    public void What_an_app_says_wrong_of_itself_is_told_with_the_place_of_the_app()
    {
        var problem = Problems(OneRole(web => web.App("shop", app => app.Command("shop").HealthCheck(Http.Get("/healthz"))), "a")).ShouldHaveSingleItem();
        problem.What.ShouldBe("App \"shop\" has a health check and no port to ask.");
        problem.Where!.Value.File.ShouldEndWith("FleetValidationTests.cs");
    }

    [Fact]
    public void A_fault_without_a_port_to_ask_is_refused()
    {
        Problems(OneRole(web => web.App("shop", app => app.Command("shop").Fault("slow", Http.Post("/slow"))), "a"))
            .ShouldHaveSingleItem().What.ShouldBe("App \"shop\" has the fault \"slow\" and no port to ask.");
    }

    [Fact]
    public void An_alert_that_can_never_be_raised_is_refused()
    {
        Problems(OneRole(web => web
            .App("shop", app => app.Command("shop").Port("http"))
            .Watch(Metrics.Prometheus("shop", "queue"), with: Detectors.Threshold(above: 1), raise: "long", policy: new AlertPolicy(Points: 3, OutOf: 2)), "a"))
            .ShouldHaveSingleItem().What.ShouldContain("can never be raised");
    }

    [Fact]
    public void Options_of_a_handler_that_make_no_sense_are_refused()
    {
        Problems(OneRole(web => web.On<UserEvent>("deploy", (_, _) => Task.CompletedTask, new HandlerOptions(Attempts: 0)), "a", "b"))
            .ShouldHaveSingleItem().What.ShouldBe("Handler \"on user \"deploy\"\" has 0 attempts; at least 1 is needed.");
    }

    [Fact]
    public void A_handler_whose_constructor_throws_is_a_mistake_with_its_place_and_the_others_are_told_too()
    {
        var problems = Problems(OneRole(web =>
        {
            web.Handle<ThrowsInConstructor>();
            web.Handle(new ThrowsInFilter());
            web.On<UserEvent>("", (_, _) => Task.CompletedTask);
        }, "a"));
        problems.Select(problem => problem.What).ShouldBe([
            "Handler ThrowsInConstructor of role \"web\" cannot be made.", "Handler ThrowsInFilter of role \"web\" cannot be made.", "Handler \"on user \"\"\" can never run."]);
        problems.ShouldAllBe(problem => problem.Where!.Value.ToString().StartsWith("FleetValidationTests.cs("));
        problems[0].Why!.ShouldStartWith("Its constructor threw InvalidOperationException: no disk, at FleetValidationTests.cs(");
        problems[0].Fix!.ShouldContain("HandleAsync");
        problems[1].Why!.ShouldStartWith("It threw NotSupportedException: not here, at FleetValidationTests.cs(");
        problems[2].Why!.ShouldBe("Its filter is for a user event without a name, and every user event has one.");
    }

    [Fact]
    public void A_filter_for_a_role_that_does_not_exist_gets_a_suggestion()
    {
        var problem = Problems(OneRole(web => web.On<UserEvent>(EventFilter.User("deploy") with { HostRole = "wbe", OriginRole = "elsewhere" }, (_, _) => Task.CompletedTask), "a"))
            .ShouldHaveSingleItem();
        problem.What.ShouldBe("Handler \"on user \"deploy\" from role elsewhere, on hosts with role wbe\" is for hosts with role \"wbe\", which does not exist.");
        problem.Fix.ShouldBe("Did you mean \"web\"?");
    }

    [Fact]
    public void Tags_that_are_too_large_for_Serf_are_refused_whatever_the_fleet_runs_on()
    {
        Fleet Tagged(int length) => new Fleet("shop").Host("a", ["web"], new Dictionary<string, string> { ["notes"] = new('x', length) }).Role("web", _ => { });
        Problems(Tagged(470)).ShouldBeEmpty();
        var problem = Problems(Tagged(600)).ShouldHaveSingleItem();
        problem.What.ShouldBe("The tags of host \"a\" are too large for Serf.");
        problem.Why.ShouldBe("Encoded they take 637 bytes, role and version included; the limit is 512.");
        problem.Where!.Value.ToString().ShouldStartWith("FleetValidationTests.cs(");
    }

    private sealed class ThrowsInConstructor : IHandler
    {
        public ThrowsInConstructor() => throw new InvalidOperationException("no disk");

        public EventFilter Filter => EventFilter.Any;

        public Task<object?> HandleAsync(FleetEvent fleetEvent, IHost host, CancellationToken cancellationToken) => Task.FromResult<object?>(null);
    }

    private sealed class ThrowsInFilter : IHandler
    {
        public EventFilter Filter => throw new NotSupportedException("not here");

        public Task<object?> HandleAsync(FleetEvent fleetEvent, IHost host, CancellationToken cancellationToken) => Task.FromResult<object?>(null);
    }

    [Fact]
    public void The_resources_of_a_role_that_no_host_has_are_checked_too()
    {
        var fleet = new Fleet("shop").Host("a", []).Role("web", web => web.File("relative", content: ""));
        Problems(fleet).ShouldHaveSingleItem().What.ShouldContain("relative");
    }

    [Fact]
    public void Without_hosts_all_roles_are_on_one()
    {
        var built = new Fleet("shop").Role("web", _ => { }).Role("blog", _ => { }).Build();
        built.Hosts.ShouldHaveSingleItem().Name.ShouldBe("local");
        built.Hosts[0].Roles.ShouldBe(["web", "blog"]);
    }

    [Fact]
    public void A_handler_from_outside_a_role_comes_after_those_of_the_role()
    {
        var fleet = new Fleet("shop");
        fleet.On<UserEvent>("early", role: "web", (_, _) => Task.CompletedTask);
        fleet.Role("web", web => web.On<UserEvent>("own", (_, _) => Task.CompletedTask));
        fleet.Build().Roles[0].Handlers.Select(handler => handler.Name).ShouldBe(["on user \"own\"", "on user \"early\""]);
    }

    [Fact]
    public void Building_twice_gives_the_same_description()
    {
        var fleet = Fleets.Shop(["a", "b"]);
        var (first, second) = (fleet.Build(), fleet.Build());
        Text(first).ShouldBe(Text(second));
        first.Hosts.ShouldBe(second.Hosts);
        first.Scenarios.ShouldBe(second.Scenarios);
        first.Roles.SelectMany(role => role.Apps).ShouldBe(second.Roles.SelectMany(role => role.Apps));
        first.Roles.SelectMany(role => role.Resources).ShouldBe(second.Roles.SelectMany(role => role.Resources));
    }

    [Fact]
    public void Building_calls_nothing_that_the_fleet_says_to_do()
    {
        var called = 0;
        var fleet = new Fleet("shop").Role("web", web => web
            .App("shop", app => app.Command("/no/such/program").Simulate(model => model.On("POST", "/", _ => called++)))
            .On<UserEvent>("deploy", (_, _) => Task.FromResult(called++)))
            .Scenario("starts", _ => Task.FromResult(called++));
        fleet.Build();
        called.ShouldBe(0);
    }

    private static Fleet TwoOnOnePort(string[] first, string[] second)
    {
        var fleet = new Fleet("shop");
        foreach (var host in first.Union(second))
            fleet.Host(host, [.. first.Contains(host) ? ["one"] : Array.Empty<string>(), .. second.Contains(host) ? ["two"] : Array.Empty<string>()]);
        fleet.Role("one", role => role.App("one", app => app.Command("one").OnEveryHost().Port("http", 80)));
        fleet.Role("two", role => role.App("two", app => app.Command("two").OnEveryHost().Port("http", 80)));
        return fleet;
    }

    private static Fleet OneRole(Action<Role> describe, params string[] hosts)
    {
        var fleet = new Fleet("shop");
        foreach (var host in hosts) fleet.Host(host, ["web"]);
        return fleet.Role("web", describe);
    }

    private static string Text(FleetDescription fleet) =>
        System.Text.Json.JsonSerializer.Serialize(FleetOutput.Of(fleet), FleetJson.Default.FleetOutput);

    private static IReadOnlyList<Problem> Problems(Fleet fleet)
    {
        try
        {
            fleet.Build();
            return [];
        }
        catch (ProblemException e)
        {
            return e.Problems;
        }
    }
}
