#:project ../../../../src/Flotilla/Flotilla.csproj
using Flotilla;
using Flotilla.Events;

// Scenarios of what happens between hosts. A test plays them in virtual time, and with hosts that have networks of their own.
var fleet = new Fleet("apart").Host("web-1", ["web"]).Host("web-2", ["web"]).Host("db-1", ["db"]);

fleet.Role("web", web =>
{
    web.App("page", app => app.Command("sh", "-c", "sleep 1000").Instances(2).StopGrace(2.Seconds));
    web.On<UserEvent>("deploy", (e, host) =>
    {
        host.Files.WriteFile("/version", e.Payload.Bytes.Span, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        host.Note($"deployed {e.Payload.Text}");
        return Task.CompletedTask;
    });
    web.Answer("version", (query, host) => Task.FromResult(host.Files.ReadFile("/version")));
});

fleet.Role("db", db => db.Answer("version", (query, host) => Task.FromResult("15.4")));

fleet.Scenario("a-deployment-reaches-the-web-hosts", async s =>
{
    await s.UntilJoined();
    await s.App("page").UntilHealthy();
    await s.SendAsync("deploy", EventPayload.FromText("v2"));
    await s.Until("both web hosts to have deployed", () => new[] { "web-1", "web-2" }.All(host => s.Timeline.Find("note", entry => entry.Subject == host) is not null));
    string answers;
    do
    {
        var result = await s.QueryAsync(new Query("version", EventPayload.Empty)); // one answer in a hundred is lost
        answers = string.Join(' ', result.Answers.Select(answer => $"{answer.Member}={answer.Payload.Text}").Order());
    }
    while (answers != "db-1=15.4 web-1=v2 web-2=v2");
    var inside = s.Host("web-2").Inside;
    s.Require(System.Text.Encoding.UTF8.GetString(inside.Files.ReadFile("/version")) == "v2", "web-2 has another version");
    s.Require(inside.Events.Members.Count == 3, "web-2 does not know three members");
    var sent = await s.Host("db-1").Inside.Events.SendReliablyAsync("deploy", EventPayload.FromText("v3"), ReliableTargets.OfRole("web"));
    s.Require(sent.IsComplete, "a host did not acknowledge");
    await s.Until("both web hosts to have v3", () => s.Timeline.Entries.Count(entry => entry.Kind == "note" && entry.Text == "deployed v3") == 2);
    await s.Until("nothing to wait for", () => s.Host("db-1").Kept.Outgoing.Count == 0);
    await inside.Apps["page"].RestartAsync("page-1");
    await s.Sees("instance-started", "page-1");
});

fleet.Scenario("what-ran-on-a-host-that-died-runs-on-another", async s =>
{
    await s.App("page").UntilHealthy();
    await s.Host("web-1").CrashAsync();
    await s.Sees("member", "web-1");
    await s.Until("web-2 to run both", () => s.App("page").Instances.Count(instance => instance.Host == "web-2") == 2);
    await s.Host("web-1").RestartAsync();
    await s.Until("each to run its own again", () => Homes(s) == "page-0 on web-1, page-1 on web-2");
});

fleet.Scenario("a-host-that-was-cut-off-gets-back-what-is-its-own", async s =>
{
    await s.UntilJoined();
    await s.App("page").UntilHealthy();
    await s.Host("web-2").CutOffAsync();
    await s.Until("web-1 to run both", () => s.App("page").Instances.Count(instance => instance.Host == "web-1") == 2);
    await s.Host("web-2").ReconnectAsync();
    await s.Until("each to run its own again", () => Homes(s) == "page-0 on web-1, page-1 on web-2");
}, timeout: 2.Minutes);

fleet.Scenario("an-instance-that-is-killed-runs-again", async s =>
{
    await s.App("page").UntilHealthy();
    await s.App("page").Instance(1).HangAsync();
    await s.App("page").Instance(1).CrashAsync();
    await s.Sees("instance-crashed", "page-1");
    await s.Sees("instance-started", "page-1");
    await s.App("page").UntilHealthy();
});

return await fleet.RunAsync(args);

static string Homes(Scenario s) => string.Join(", ", s.App("page").Instances.Select(instance => $"{instance.Id} on {instance.Host}"));
