using Flotilla.Events;

namespace Flotilla.Tests.Scenarios;

/// <summary>Reliable events between the hosts of a fleet.</summary>
public sealed class ReliableTests
{
    [Fact]
    public void A_host_that_is_down_gets_a_reliable_event_when_it_is_back_and_handles_it_once() => new Fleet("shop")
        .Host("a", ["db"]).Host("b", ["web"]).Host("c", ["web"])
        .Role("db", db => db.On<UserEvent>("deploy", async (e, host) =>
        {
            var delivery = await host.Events.SendReliablyAsync("unpack", e.Payload, ReliableTargets.OfRole("web"));
            host.Note($"acknowledged by {string.Join(", ", delivery.Acknowledged)}");
        }))
        .Role("web", web => web.On<UserEvent>("unpack", (e, host) =>
        {
            host.Note($"unpacks {e.Payload.Text}");
            return Task.CompletedTask;
        }, new HandlerOptions(ExactlyOnce: true)))
        .Simulated(async s =>
        {
            await s.For(1.Seconds);
            await s.Host("c").CrashAsync();
            await s.SendAsync("deploy", EventPayload.FromText("v2"));
            await s.Until("b to unpack", () => Notes(s, "b").Count == 1);
            await s.For(20.Seconds);
            Notes(s, "a").ShouldBeEmpty();
            await s.Host("c").RestartAsync();
            await s.Until("all to have it", () => Notes(s, "a").Count == 1);
            Notes(s, "a").ShouldBe(["acknowledged by b, c"]);
            await s.Host("b").RestartAsync();
            await s.For(1.Minutes);
            Notes(s, "b").ShouldBe(["unpacks v2"], "once, whatever restarts");
            Notes(s, "c").ShouldBe(["unpacks v2"], "once, whatever restarts");
        });

    [Fact]
    public void A_scenario_sees_what_waits_for_whom_and_when_all_is_acknowledged() => new Fleet("shop")
        .Host("a", ["db"]).Host("b", ["web"]).Host("c", ["web"])
        .Role("db", db => db.On<UserEvent>("deploy", async (e, host) =>
            await host.Events.SendReliablyAsync("unpack", e.Payload, ReliableTargets.OfRole("web"))))
        .Role("web", web => web.On<UserEvent>("unpack", (_, host) => Task.Delay(10.Seconds, host.Time), new HandlerOptions(ExactlyOnce: true)))
        .Simulated(async s =>
        {
            await s.For(1.Seconds);
            s.Host("a").Kept.IsEmpty.ShouldBeTrue();
            await s.Host("c").CrashAsync();
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.Until("b to begin", () => s.Host("b").Kept.Unfinished.Count == 1);
            s.Host("b").Kept.Waiting.ShouldHaveSingleItem().Name.ShouldBe("unpack");
            await s.Until("b to acknowledge", () => s.Host("a").Kept.Outgoing is [{ Acknowledged: ["b"] }]);
            s.Host("a").Kept.Outgoing.ShouldHaveSingleItem().Missing.ShouldBe(["c"]);
            await s.Until("it to be tried again", () => s.Host("a").Kept.Outgoing[0].Tries > 1);
            await s.Host("b").CrashAsync();
            s.Host("b").Kept.Unfinished.ShouldHaveSingleItem().Begun.ShouldBe(1);
            await s.Host("c").RestartAsync();
            await s.Until("all to have it", () => s.Host("a").Kept.Outgoing.Count == 0);
        });

    [Fact]
    public void A_reliable_event_that_expires_is_said_on_the_timeline() => new Fleet("shop")
        .Host("a", ["db"]).Host("b", ["web"])
        .Role("db", db => db.On<UserEvent>("deploy", async (e, host) =>
            await host.Events.SendReliablyAsync("unpack", e.Payload, ReliableTargets.OfRole("web"), 5.Seconds)))
        .Role("web", web => web.On<UserEvent>("other", (_, _) => Task.CompletedTask))
        .Simulated(async s =>
        {
            await s.For(1.Seconds);
            await s.Host("b").CutOffAsync();
            await s.SendAsync("deploy", EventPayload.Empty);
            await s.Until("it to expire", () => s.Timeline.Entries.Any(entry => entry.Text == "expired before b acknowledged it"), 10.Seconds);
        });

    private static IReadOnlyList<string> Notes(Scenario s, string host) =>
        [.. s.Timeline.Entries.Where(entry => entry.Kind == TimelineKinds.Note && entry.Subject == host).Select(entry => entry.Text)];
}
