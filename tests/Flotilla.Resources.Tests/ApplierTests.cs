using Flotilla.Core.Simulated;

namespace Flotilla.Resources.Tests;

public sealed class ApplierTests
{
    private readonly ThingProvider _things = new();

    [Fact]
    public async Task Each_resource_is_read_changed_and_read_again()
    {
        _things.Values["same"] = "on";
        var report = await Apply(new Thing("new"), new Thing("same"));
        _things.Calls.ShouldBe(["read new", "Create new", "read new", "read same"]);
        report.Host.ShouldBe("web-1");
        report.Results.Select(result => result.Outcome).ShouldBe([ResourceOutcome.Changed, ResourceOutcome.Unchanged]);
        report.ChangedIds.ShouldBe([new ResourceId("thing", "new")]);
        (report.Changed, report.Unchanged, report.Failed, report.Skipped, report.Succeeded).ShouldBe((1, 1, 0, 0, true));
    }

    [Fact]
    public async Task A_failure_skips_all_that_depend_on_it_and_nothing_else()
    {
        _things.Unchangeable.Add("a");
        var a = new Thing("a");
        var b = new Thing("b").Requires(a);
        var c = new Thing("c").SubscribesTo(b);
        var report = await Apply(a, b, c, new Thing("free"));
        report.Errors().ShouldBe(
            """
            thing "a" Failed: Thing "a" failed: it is stuck
            thing "b" Skipped: it depends on thing "a", which failed
            thing "c" Skipped: it depends on thing "a", which failed
            """);
        report.ChangedIds.ShouldBe([new ResourceId("thing", "free")]);
        (report.Changed, report.Failed, report.Skipped, report.Succeeded).ShouldBe((1, 1, 2, false));
        report.Results[0].Change.ShouldNotBeNull().Action.ShouldBe(ChangeAction.Create);
        report.Results[1].Change.ShouldBeNull();
    }

    [Fact]
    public async Task What_does_not_converge_fails_and_says_how_it_is()
    {
        _things.Stubborn.UnionWith(["update", "create", "delete"]);
        _things.Values["update"] = "off";
        _things.Values["delete"] = "off";
        var report = await Apply(new Thing("update"), new Thing("create"), new Thing("delete") { IsAbsent = true });
        report.Errors().ShouldBe(
            """
            thing "update" Failed: did not converge: value is off, wanted on
            thing "create" Failed: did not converge: it is not there
            thing "delete" Failed: did not converge: it is still there
            """);
    }

    [Fact]
    public async Task Subscribers_are_refreshed_once_after_their_own_change()
    {
        var a = new Thing("a");
        var b = new Thing("b");
        var app = new Thing("app").SubscribesTo(a, b);
        var report = await Apply(app, a, b);
        _things.Calls.ShouldBe(["read a", "Create a", "read a", "read b", "Create b", "read b", "read app", "Create app", "read app", "refresh app"]);
        report.Results[^1].Refreshed.ShouldBeTrue();
        _things.Calls.Clear();

        report = await Apply(app, a, b);
        _things.Calls.ShouldBe(["read a", "read b", "read app"]);
        report.Results.ShouldAllBe(result => !result.Refreshed);
    }

    [Fact]
    public async Task Requirements_do_not_refresh()
    {
        var a = new Thing("a");
        await Apply(a, new Thing("b").Requires(a));
        _things.Calls.ShouldNotContain("refresh b");
    }

    [Fact]
    public async Task A_refresh_goes_on_to_those_that_subscribe_to_the_refreshed_one()
    {
        _things.Values["b"] = "on";
        _things.Values["c"] = "on";
        var a = new Thing("a");
        var b = new Thing("b").SubscribesTo(a);
        var report = await Apply(a, b, new Thing("c").SubscribesTo(b));
        _things.Calls.ShouldBe(["read a", "Create a", "read a", "read b", "refresh b", "read c", "refresh c"]);
        report.Results[1].Outcome.ShouldBe(ResourceOutcome.Unchanged);
    }

    [Fact]
    public async Task A_refresh_that_fails_fails_its_resource()
    {
        _things.Unrefreshable.Add("b");
        _things.Values["b"] = "on";
        var a = new Thing("a");
        var report = await Apply(a.Notifies(new Thing("b")), new Thing("b"));
        report.Errors().ShouldBe("thing \"b\" Failed: Thing \"b\" failed: it does not come back");
    }

    [Fact]
    public async Task A_type_that_nobody_provides_fails_with_a_suggestion()
    {
        var report = await new Applier(Fleet.Providers, TimeProvider.System).ApplyAsync(Catalog.Build([new Thing("a")]), Fleet.Machine(), null, CancellationToken.None);
        report.Errors().ShouldBe("thing \"a\" Failed: Thing \"a\" has no provider: no one knows the type \"thing\". There are: directory, file.");
        var plan = await new Planner(Fleet.Providers).PlanAsync(Catalog.Build([new Thing("a")]), Fleet.Machine(), CancellationToken.None);
        plan.Problems.Single().What.ShouldContain("no provider");
        plan.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public async Task Cancellation_stops_between_two_resources()
    {
        using var cancel = new CancellationTokenSource();
        var done = new List<ResourceResult>();
        var apply = new Applier(Fleet.Providers.With(_things), TimeProvider.System).ApplyAsync(
            Catalog.Build([new Thing("a"), new Thing("b")]), Fleet.Machine(), result =>
            {
                done.Add(result);
                cancel.Cancel();
            }, cancel.Token);
        await Should.ThrowAsync<OperationCanceledException>(() => apply);
        done.Single().Id.Name.ShouldBe("a");
        _things.Values.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_plan_reads_each_type_at_once_and_one_that_cannot_be_read_hides_no_other()
    {
        _things.Values["same"] = "on";
        var catalog = Catalog.Build([new Thing("a"), new Thing("same"), new Thing("c") { Value = "off" }]);
        var planner = new Planner(Fleet.Providers.With(_things));
        var plan = await planner.PlanAsync(catalog, Fleet.Machine(), CancellationToken.None);
        _things.Calls.ShouldBe(["read a,same,c"]);
        plan.Changes.Select(change => change.Resource.Name).ShouldBe(["a", "c"]);
        plan.Unchanged.ShouldBe(1);

        _things.Unreadable.Add("a");
        plan = await planner.PlanAsync(catalog, Fleet.Machine(), CancellationToken.None);
        plan.Problems.Single().ToString().ShouldBe("Thing \"a\" failed: no answer for a");
        plan.Changes.Select(change => change.Resource.Name).ShouldBe(["c"]);
        plan.Unchanged.ShouldBe(1);
        plan.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void Apply_runs_in_the_simulated_world()
    {
        var world = new SimulatedWorld(1);
        var report = world.Run(() => new Applier(Fleet.Providers.With(_things), world.Clock).ApplyAsync(
            Catalog.Build([new Thing("a"), new FileResource("/etc/x") { Content = "x" }]), Fleet.Machine(), null, CancellationToken.None));
        report.Succeeded.ShouldBeTrue();
        report.Results.ShouldAllBe(result => result.Took == TimeSpan.Zero);
    }

    [Fact]
    public async Task A_provider_that_answers_for_too_few_is_told_so()
    {
        _things.AnswersNothing = true;
        (await Apply(new Thing("a"))).Errors().ShouldBe(
            "thing \"a\" Failed: Thing \"a\" failed: the provider of type \"thing\" was asked for 1 resources and answered with 0");
    }

    private Task<ApplyReport> Apply(params Resource[] resources) =>
        new Applier(Fleet.Providers.With(_things), TimeProvider.System).ApplyAsync(Catalog.Build(resources), Fleet.Machine(), null, CancellationToken.None);
}
