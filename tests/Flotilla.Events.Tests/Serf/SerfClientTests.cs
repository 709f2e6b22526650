using System.Text;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

/// <summary>Every command, against three real agents.</summary>
public sealed class SerfClientTests : IClassFixture<SerfCluster>
{
    private readonly SerfCluster _cluster;

    public SerfClientTests(SerfCluster cluster)
    {
        Assert.SkipWhen(SerfAgent.Missing is not null, SerfAgent.Missing ?? "");
        _cluster = cluster;
    }

    [Fact]
    public async Task Members_come_with_all_that_is_known_of_them()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        var members = (await client.MembersAsync(default)).OrderBy(member => member.Name).ToArray();
        members.Select(member => member.Name).ShouldBe(["n1", "n2", "n3"]);
        members[0].Address!.ToString().ShouldBe(_cluster.Agents[0].Ip);
        $"{members[0].Address}:{members[0].Port}".ShouldBe(_cluster.Agents[0].Gossip);
        members[0].Tags["role"].ShouldBe("db");
        members[0].Status.ShouldBe("alive");
        members[0].Protocol.ShouldBe(new SerfVersions(1, 5, 2));
        members[0].Delegate.ShouldBe(new SerfVersions(2, 5, 5));
    }

    [Fact]
    public async Task Members_are_filtered_by_expressions_that_match_the_whole()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        async Task<string[]> Fitting(SerfMemberFilter filter) => [.. (await client.MembersAsync(filter, default)).Select(member => member.Name).Order()];
        (await Fitting(new SerfMemberFilter(new Dictionary<string, string> { ["role"] = "we" }))).ShouldBeEmpty();
        (await Fitting(new SerfMemberFilter(new Dictionary<string, string> { ["role"] = "w.*" }, "alive"))).ShouldBe(["n2", "n3"]);
        (await Fitting(new SerfMemberFilter(Name: "n[13]"))).ShouldBe(["n1", "n3"]);
        var error = await Thrown.ByAsync<ProblemException>(() => client.MembersAsync(new SerfMemberFilter(Name: "n("), default));
        error.Message.ShouldStartWith("The filter \"n(\" cannot be used. The Serf agent closed the connection on it");
        client.Failure.ShouldBeNull();
        (await client.MembersAsync(default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_event_reaches_the_streams_whose_filter_fits()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        await using var other = await _cluster.Agents[1].ConnectAsync();
        await using var all = await client.StreamAsync("*", default);
        await using var mine = await client.StreamAsync("user:deploy", default);
        await using var theirs = await other.StreamAsync("user,user:deploy", default);
        byte[] payload = [0, 255, .. "abc\n"u8];
        await client.EventAsync("noise", default, coalesce: false, default);
        await client.EventAsync("deploy", payload, coalesce: false, default);
        foreach (var stream in new[] { all, mine, theirs })
        {
            var record = await Until.ReadAsync<SerfUserRecord>(stream, record => record.Name == "deploy");
            record.Payload.ToArray().ShouldBe(payload);
            record.Coalesce.ShouldBeFalse();
            record.LamportTime.ShouldBeGreaterThan(0UL);
        }
        mine.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Many_events_without_pause_arrive_in_their_order_and_none_is_lost()
    {
        const int Burst = 3_000;
        await using var sender = await _cluster.Agents[0].ConnectAsync();
        await using var receiver = await _cluster.Agents[0].ConnectAsync();
        await using var stream = await receiver.StreamAsync("user:burst", default);
        // One after the other: an agent drops what its 512 places for a stream cannot hold.
        for (var i = 0; i < Burst; i++) await sender.EventAsync("burst", Encoding.UTF8.GetBytes($"{i}"), false, default);
        for (var i = 0; i < Burst; i++)
            Encoding.UTF8.GetString((await Until.ReadAsync<SerfUserRecord>(stream)).Payload.Span).ShouldBe($"{i}");
    }

    // An agent says that a stream is open before it is (serf, cmd/serf/command/agent/ipc.go, handleStream).
    [Fact]
    public async Task What_is_sent_at_once_after_a_stream_was_opened_reaches_it()
    {
        await using var sender = await _cluster.Agents[0].ConnectAsync();
        await using var receiver = await _cluster.Agents[0].ConnectAsync();
        for (var i = 0; i < 500; i++)
        {
            await using var stream = await receiver.StreamAsync("user:at-once", default);
            await sender.EventAsync("at-once", Encoding.UTF8.GetBytes($"{i}"), false, default);
            Encoding.UTF8.GetString((await Until.ReadAsync<SerfUserRecord>(stream)).Payload.Span).ShouldBe($"{i}");
        }
    }

    [Fact]
    public async Task A_consumer_that_sleeps_through_a_burst_finds_what_fitted_and_a_gap()
    {
        const int Burst = 3_000, Kept = 500;
        await using var client = await _cluster.Agents[0].ConnectAsync(new SerfOptions { StreamCapacity = Kept });
        await using var asleep = await client.StreamAsync("user:doze", default);
        await using var awake = await (await _cluster.Agents[0].ConnectAsync()).StreamAsync("user:doze", default);
        for (var i = 0; i < Burst; i++)
        {
            await client.EventAsync("doze", Encoding.UTF8.GetBytes($"{i}"), false, default);
            await Until.ReadAsync<SerfUserRecord>(awake);
        }
        for (var i = 0; i < Kept; i++) Encoding.UTF8.GetString((await Until.ReadAsync<SerfUserRecord>(asleep)).Payload.Span).ShouldBe($"{i}");
        long lost = 0;
        // The last ones may still be on their way while the first are read.
        for (var read = Kept; read + lost < Burst;)
        {
            var record = await Until.ReadAsync<SerfRecord>(asleep);
            if (record is SerfGapRecord { Cause: SerfGapCause.SlowConsumer } gap) lost += gap.Lost!.Value;
            else read++;
        }
        lost.ShouldBeGreaterThan(0);
        await client.EventAsync("doze", Encoding.UTF8.GetBytes("awake"), false, default);
        Encoding.UTF8.GetString((await Until.ReadAsync<SerfUserRecord>(asleep)).Payload.Span).ShouldBe("awake");
    }

    [Fact]
    public async Task A_question_ends_when_the_expected_have_answered()
    {
        await using var asker = await _cluster.Agents[0].ConnectAsync();
        await using var first = await _cluster.Agents[0].ConnectAsync();
        await using var second = await _cluster.Agents[1].ConnectAsync();
        await using var asked = await first.StreamAsync("query:load", default);
        await using var alsoAsked = await second.StreamAsync("query:load", default);
        var request = new SerfQueryRequest("load", Encoding.UTF8.GetBytes("now"))
        {
            Acknowledge = true, Timeout = TimeSpan.FromMinutes(10), Nodes = ["n1", "n2", "n3"],
        };
        var asking = asker.AskAsync(request, ["n1", "n2"], default);
        var query = await Until.ReadAsync<SerfQueryRecord>(asked);
        Encoding.UTF8.GetString(query.Payload.Span).ShouldBe("now");
        await query.RespondAsync(Encoding.UTF8.GetBytes("1"), default);
        (await Thrown.ByAsync<SerfException>(() => first.RespondAsync(query.Id, default, default))).Reason.ShouldNotBeEmpty();
        var again = await Until.ReadAsync<SerfQueryRecord>(alsoAsked);
        await second.RespondAsync(again.Id, default, default);
        var outcome = await asking;
        outcome.Answers.Keys.ShouldBe(["n1", "n2"]);
        Encoding.UTF8.GetString(outcome.Answers["n1"].Span).ShouldBe("1");
        outcome.Answers["n2"].IsEmpty.ShouldBeTrue();
        outcome.Silent.ShouldBeEmpty();
        outcome.Took.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_question_by_tags_is_acknowledged_by_those_who_fit()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        var request = new SerfQueryRequest("load")
        {
            Acknowledge = true, RelayFactor = 1, Tags = new Dictionary<string, string> { ["role"] = "^we" }, Timeout = TimeSpan.FromSeconds(2),
        };
        var outcome = await client.AskAsync(request, expected: null, default);
        outcome.Acknowledged.ShouldBe(["n2", "n3"]);
        outcome.Answers.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_ping_is_answered_and_other_reserved_names_are_refused()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        var outcome = await client.AskAsync(new SerfQueryRequest("_serf_ping") { Acknowledge = true, Timeout = TimeSpan.FromSeconds(1) }, null, default);
        outcome.Acknowledged.ShouldContain("n1");
        (await Thrown.ByAsync<ProblemException>(() => client.QueryAsync(new SerfQueryRequest("_serf_x"), default)))
            .Message.ShouldBe("The name of the query \"_serf_x\" begins with \"_serf_\". Such names belong to Serf. Choose another name.");
    }

    [Fact]
    public async Task Tags_are_added_changed_and_removed()
    {
        await using var client = await _cluster.Agents[2].ConnectAsync();
        async Task<string> TagsOf() => string.Join(' ', (await client.MembersAsync(default)).Single(member => member.Name == "n3").Tags);
        await client.TagsAsync(new Dictionary<string, string> { ["zone"] = "a=,\t\n", ["old"] = "1" }, [], default);
        (await TagsOf()).ShouldBe("[old, 1] [role, web] [zone, a=,\t\n]");
        await client.TagsAsync(new Dictionary<string, string> { ["zone"] = "b" }, ["old"], default);
        (await TagsOf()).ShouldBe("[role, web] [zone, b]");
        await client.TagsAsync(new Dictionary<string, string>(), ["zone"], default);
        var error = await Thrown.ByAsync<ProblemException>(
            () => client.TagsAsync(new Dictionary<string, string> { ["k"] = new('x', 600) }, [], default));
        error.Message.ShouldBe("The tags are too large. They have 601 bytes before Serf encodes them; the limit is 512 afterwards. Keep in tags only what selects hosts.");
    }

    [Fact]
    public async Task What_is_beyond_Serfs_limits_is_said_with_size_and_limit()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        (await Thrown.ByAsync<ProblemException>(() => client.EventAsync("big", new byte[600], false, default))).Message.ShouldBe(
            "The event \"big\" is too large for Serf. It has 603 bytes before Serf encodes it; the agent's limit is 512 afterwards. "
            + "Send less, or raise user_event_size_limit in the configuration of every agent.");
        (await Thrown.ByAsync<ProblemException>(() => client.EventAsync("b", new byte[482], false, default))).Message.ShouldContain("512");
        (await Thrown.ByAsync<ProblemException>(() => client.QueryAsync(new SerfQueryRequest("big", new byte[1_100]), default)))
            .Message.ShouldContain("raise query_size_limit");
        await using var stream = await client.StreamAsync("query:ask", default);
        await using var asked = await client.QueryAsync(new SerfQueryRequest("ask"), default);
        var query = await Until.ReadAsync<SerfQueryRecord>(stream);
        (await Thrown.ByAsync<ProblemException>(() => query.RespondAsync(new byte[1_100], default)))
            .Message.ShouldContain("raise query_response_size_limit");
        (await Thrown.ByAsync<ProblemException>(() => client.EventAsync("", default, false, default))).Message.ShouldBe("The event has no name. Give it one.");
    }

    [Fact]
    public async Task A_filter_that_is_none_is_refused()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        (await Thrown.ByAsync<ProblemException>(() => client.StreamAsync("nonsense", default))).Message.ShouldStartWith(
            "\"nonsense\" is no filter of events. Serf refused it. Write *, member-join,");
        (await client.MembersAsync(default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_log_is_followed()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        (await Thrown.ByAsync<ProblemException>(() => client.MonitorAsync("loud", default))).Message.ShouldContain("\"loud\" is no log level.");
        await using (var log = await client.MonitorAsync("Debug", default))
        {
            (await Until.ReadAsync<SerfLogRecord>(log)).Line.ShouldContain("[");
            (await Thrown.ByAsync<SerfException>(() => client.MonitorAsync("info", default))).Reason.ShouldBe("Monitor already exists");
        }
        await using var again = await client.MonitorAsync("debug", default);
        await client.EventAsync("seen-in-log", default, false, default);
        await Until.ReadAsync<SerfLogRecord>(again, record => record.Line.Contains("seen-in-log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statistics_and_coordinates_are_read()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        var stats = await client.StatsAsync(default);
        stats["agent"]["name"].ShouldBe("n1");
        stats["serf"]["members"].ShouldBe("3");
        stats["tags"]["role"].ShouldBe("db");
        var own = await client.CoordinateAsync("n1", default);
        own!.Vector.Count.ShouldBe(8);
        (await client.CoordinateAsync("nobody", default)).ShouldBeNull();
        own.RoundTripTo(own).ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
    }

    [Fact]
    public async Task Joining_nobody_is_refused_and_joining_a_member_is_not()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        (await Thrown.ByAsync<SerfException>(() => client.JoinAsync(["127.0.0.99:1"], replay: false, default))).Reason.ShouldContain("Failed to join");
        (await client.JoinAsync([_cluster.Agents[1].Gossip, "127.0.0.99:1"], replay: true, default)).ShouldBe(1);
        await client.ForceLeaveAsync("nobody", prune: true, default);
        (await client.MembersAsync(default)).Count(member => member.Status == "alive").ShouldBe(3);
    }

    [Fact]
    public async Task Keys_of_a_cluster_without_encryption_are_reported_as_failures()
    {
        await using var client = await _cluster.Agents[0].ConnectAsync();
        var report = await client.ListKeysAsync(default);
        report.Failure.ShouldNotBeNull();
        report.Nodes.ShouldBe(3);
        report.Errors.ShouldBe(report.Responses);
        report.Messages.Values.ShouldContain("Keyring is empty (encryption not enabled)");
    }
}

/// <summary>Two agents whose gossip is encrypted.</summary>
public sealed class EncryptedSerfCluster : SerfCluster
{
    public const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";

    internal override int Size => 2;

    internal override string[] Arguments => [$"-encrypt={Key}"];
}

public sealed class SerfKeyTests(EncryptedSerfCluster cluster) : IClassFixture<EncryptedSerfCluster>
{
    private const string Next = "bmV4dC1uZXh0LW5leHQtbmV4dC1uZXh0LW5leHQtMTI=";

    [Fact]
    public async Task A_key_is_replaced()
    {
        Assert.SkipWhen(SerfAgent.Missing is not null, SerfAgent.Missing ?? "");
        await using var client = await cluster.Agents[0].ConnectAsync();
        (await client.InstallKeyAsync(Next, default)).Failure.ShouldBeNull();
        (await client.ListKeysAsync(default)).Keys.ShouldBe(
            new Dictionary<string, int> { [EncryptedSerfCluster.Key] = 2, [Next] = 2 }, ignoreOrder: true);
        (await client.UseKeyAsync(Next, default)).Failure.ShouldBeNull();
        (await client.RemoveKeyAsync(Next, default)).Failure.ShouldBe("2/2 nodes reported failure");
        (await client.RemoveKeyAsync(EncryptedSerfCluster.Key, default)).Failure.ShouldBeNull();
        var report = await client.ListKeysAsync(default);
        report.Keys.Keys.ShouldBe([Next]);
        (report.Nodes, report.Responses, report.Errors).ShouldBe((2, 2, 0));
    }
}
