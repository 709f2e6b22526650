using Flotilla.Console;
using Flotilla.Detection;
using Flotilla.Events;
using Flotilla.Testing;

namespace Flotilla.Tests.Commands;

public sealed class DescribeCommandTests : CommandsTests
{
    private static readonly Fleet Shop = new Fleet("shop")
        .Host("a", ["web"])
        .Host("b", ["web", "client"])
        .Host("c", [])
        .Role("web", web =>
        {
            var config = web.File("/etc/shop.json", content: "{}");
            web.App("shop", app => app.Command("dotnet", "shop.dll").Instances(2).Port("http").Port("admin", 9000).RestartOn(config));
            web.Watch(Metrics.Prometheus("shop", "queue_length"), with: Detectors.Threshold(above: 10), raise: "long", every: 500.Milliseconds);
            web.On<UserEvent>("deploy", (_, _) => Task.CompletedTask);
            web.Answer("load", (_, _) => Task.FromResult(1));
            web.OnMember([MemberChange.Failed], (_, _) => Task.CompletedTask);
        })
        .Role("client", client => client.App("load", app => app.OnEveryHost().Simulate(model => model)))
        .Role("db", _ => { })
        .Scenario("starts", s => s.App("shop").UntilHealthy())
        .Scenario("slowly", s => s.App("shop").UntilHealthy(), timeout: 1.Hours);

    [Fact]
    public async Task As_text_it_is_for_people()
    {
        (await RunAsync(Shop, "describe")).ShouldBe(ExitCodes.Done);
        Snapshot.Matches(Output, "describe");
        Error.ShouldContain("flotilla simulate");
    }

    [Fact]
    public async Task As_json_it_is_for_programs()
    {
        (await RunAsync(Shop, "describe", "--output", "json")).ShouldBe(ExitCodes.Done);
        Snapshot.Matches(Output, "describe-json");
        Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fleet_that_is_wrong_is_wrong_input()
    {
        (await RunAsync(new Fleet("shop").Host("a", ["wbe"]).Role("web", _ => { }), "describe")).ShouldBe(ExitCodes.WrongUse);
        Output.ShouldBeEmpty();
        Error.ShouldMatch("^error: DescribeCommandTests.cs\\(\\d+\\): Host \"a\" has role \"wbe\", which does not exist.\n  fix: Did you mean \"web\"\\?\n$");
    }
}
