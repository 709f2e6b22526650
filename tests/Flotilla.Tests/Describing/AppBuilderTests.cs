using Flotilla.Apps;

namespace Flotilla.Tests.Describing;

public sealed class AppBuilderTests
{
    [Fact]
    public void What_is_not_said_is_the_default()
    {
        var app = Build(_ => { });
        app.OnEveryHost.ShouldBeFalse();
        app.App.ShouldBe(new AppDescription { Name = "shop", Declared = app.App.Declared }, new SameApp());
    }

    [Fact]
    public void What_is_said_last_of_where_it_runs_counts()
    {
        Build(app => app.Instances(3).OnEveryHost(2)).OnEveryHost.ShouldBeTrue();
        Build(app => app.OnEveryHost(2).Instances(3)).ShouldSatisfyAllConditions(
            app => app.OnEveryHost.ShouldBeFalse(),
            app => app.App.Instances.ShouldBe(3));
    }

    [Fact]
    public void A_check_more_often_than_its_timeout_gets_a_timeout_as_short()
    {
        var usual = Build(app => app.HealthCheck(Http.Get("/"))).App.Health!;
        (usual.Interval, usual.Timeout, usual.Grace, usual.FailureLimit).ShouldBe((10.Seconds, 5.Seconds, 30.Seconds, 3));
        var often = Build(app => app.HealthCheck(Http.Get("/"), every: 1.Seconds)).App.Health!;
        (often.Interval, often.Timeout).ShouldBe((1.Seconds, 1.Seconds));
        var rarely = Build(app => app.HealthCheck(Http.Get("/"), every: 1.Minutes)).App.Health!;
        (rarely.Interval, rarely.Timeout).ShouldBe((1.Minutes, 5.Seconds));
        var said = Build(app => app.HealthCheck(Tcp.Connect("db"), every: 1.Seconds, timeout: 3.Seconds, grace: 1.Minutes, failures: 0)).App.Health!;
        (said.Interval, said.Timeout, said.Grace, said.FailureLimit, said.Port).ShouldBe((1.Seconds, 3.Seconds, 1.Minutes, 0, "db"));
    }

    [Fact]
    public void Checks_are_of_the_kind_that_was_said()
    {
        Http.Get("/healthz", "http").ShouldBe(new HttpHealthCheck("/healthz") { Port = "http" });
        Tcp.Connect().ShouldBe(new TcpHealthCheck());
        Shell.Succeeds("pg_isready", "-q").ShouldBeOfType<CommandHealthCheck>().Arguments.ShouldBe(["-q"]);
        Http.Post("/slow", "admin").ShouldBe(new HttpCallTemplate("POST", "/slow", "admin"));
    }

    [Fact]
    public void Models_that_are_said_one_after_the_other_add_up()
    {
        var fleet = Fleets.Shop(["a"], instances: 1, model: model => model.Gauge("one", 1), app: app => app.Simulate(model => model.Gauge("two", 2)));
        FleetSimulation.Of(fleet).Run(async s =>
        {
            await s.App("shop").UntilHealthy();
            var page = await s.Host("a").Inside.Http.SendAsync(new("GET", new Uri(s.Instances[0].Endpoints["http"], "/metrics")), s.Stopping);
            Assert.Contains("\none ", page.Body);
            Assert.Contains("\ntwo ", page.Body);
        });
    }

    [Fact]
    public void An_app_knows_the_line_that_declares_it() => Build(_ => { }).App.Declared!.Value.File.ShouldEndWith("AppBuilderTests.cs");

    private static AppDeclaration Build(Action<AppBuilder> describe)
    {
        AppDeclaration? built = null;
        new Fleet("shop").Role("web", web =>
        {
            web.App("shop", describe);
            built = web.Describe([]).Apps[0];
        });
        return built!;
    }

    private sealed class SameApp : IEqualityComparer<AppDescription>
    {
        public bool Equals(AppDescription? x, AppDescription? y) => x is not null && y is not null
            && x with { Ports = [], Environment = [], Faults = [], Arguments = [] } == y with { Ports = [], Environment = [], Faults = [], Arguments = [] }
            && x.Ports.Count + x.Environment.Count + x.Faults.Count + x.Arguments.Count == 0;

        public int GetHashCode(AppDescription app) => app.Name.GetHashCode();
    }
}
