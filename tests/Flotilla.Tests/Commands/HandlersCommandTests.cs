using Flotilla.Console;
using Flotilla.Events;

namespace Flotilla.Tests.Commands;

/// <summary>What would run, where, on which event: without anything that runs.</summary>
public sealed class HandlersCommandTests : CommandsTests
{
    private static Fleet Site()
    {
        var fleet = new Fleet("site").Host("web-1", ["web"], new Dictionary<string, string> { ["zone"] = "a" }).Host("db-1", ["db"]);
        fleet.Role("web", web =>
        {
            web.On<UserEvent>("deploy*", (_, _) => Task.CompletedTask);
            web.On<UserEvent>(EventFilter.User("deploy") with { OriginRole = "db" }, (_, _) => Task.CompletedTask);
            web.On<UserEvent>(EventFilter.User("deploy") with { HostTags = new Dictionary<string, string> { ["zone"] = "b" } }, (_, _) => Task.CompletedTask);
            web.On<FleetEvent>(EventFilter.Any with { IsDefault = true }, (_, _) => Task.CompletedTask);
            web.Answer("load", (_, _) => Task.FromResult("idle"));
            web.OnMember([MemberChange.Failed], (_, _) => Task.CompletedTask);
        });
        return fleet.Role("db", db => db.On<UserEvent>("deploy", (_, _) => Task.CompletedTask));
    }

    [Fact]
    public async Task Handlers_are_listed_by_host()
    {
        (await RunAsync(Site(), "handlers", "--host", "db-1")).ShouldBe(ExitCodes.Done);
        Output.Split('\n')[1].ShouldStartWith("db-1   db     user \"deploy\"");
        (await RunAsync(Site(), "handlers", "--output", "json")).ShouldBe(ExitCodes.Done);
        Output.ShouldContain("\"host\":\"web-1\",\"role\":\"web\",\"handler\":\"on query \\u0022load\\u0022\"");
    }

    [Fact]
    public async Task An_event_is_explained_handler_by_handler()
    {
        (await RunAsync(Site(), "events", "explain", "deploy", "--host", "web-1")).ShouldBe(ExitCodes.Done);
        Output.ShouldContain("runs      on user \"deploy*\"");
        Output.ShouldContain("it is for events from role db, and nobody knows from whom this one is");
        Output.ShouldContain("the tag zone of web-1 is a, not b");
        Output.ShouldContain("it is for what nothing else fits, and on user \"deploy*\" does");
        Output.ShouldContain("it is for query \"load\"");
        Output.ShouldContain("web-1 does not have role db");
    }

    [Theory]
    [InlineData("query:load", "runs      on query \"load\"", ", and answers")]
    [InlineData("member-failed:db-1", "runs      on member-failed", "member-failed db-1 on web-1")]
    [InlineData("other", "runs      on any event, when nothing else fits", "user \"other\" on web-1")]
    public async Task Other_kinds_of_events_are_explained(string text, string runs, string and)
    {
        (await RunAsync(Site(), "events", "explain", text, "--host", "web-1")).ShouldBe(ExitCodes.Done);
        Output.ShouldContain(runs);
        Output.ShouldContain(and);
    }

    [Fact]
    public async Task An_origin_counts()
    {
        (await RunAsync(Site(), "events", "explain", "deploy", "--host", "web-1", "--from", "db-1")).ShouldBe(ExitCodes.Done);
        Output.ShouldContain("runs      on user \"deploy\" from role db");
    }

    [Fact]
    public async Task Without_a_host_it_is_asked_for()
    {
        (await RunAsync(Site(), "events", "explain", "deploy")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("On which host would the event arrive?");
    }

    [Fact]
    public async Task Nobody_at_the_address_is_told_with_what_was_tried_and_how_to_start_one()
    {
        (await RunAsync(Site(), "members", "--rpc", "127.0.0.1:1")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("No Serf agent answers at 127.0.0.1:1.");
        Error.ShouldContain("fix: Start one with");
        (await RunAsync(Site(), "query", "load", "--rpc", "nowhere at all")).ShouldBe(ExitCodes.WrongUse);
        Error.ShouldContain("is no address of a Serf agent");
    }
}
