using System.Net;
using System.Net.Sockets;
using System.Text;
using Flotilla.Core;
using Flotilla.Events.Serf;
using static Flotilla.Events.Tests.Serf.FakeAgent;

namespace Flotilla.Events.Tests.Serf;

/// <summary>The traps of the protocol, which has no frames, and of agents.</summary>
public sealed class SerfFramingTests
{
    private static readonly byte[] NoMembers = Request.Bytes(writer =>
    {
        writer.WriteMapHeader(1);
        writer.Write("Members");
        writer.WriteArrayHeader(0);
    });

    private static readonly byte[] Joined = Request.Bytes(writer =>
    {
        writer.WriteMapHeader(1);
        writer.Write("Num");
        writer.Write(1);
    });

    [Fact]
    public async Task The_greeting_is_as_agents_expect_it_to_the_byte()
    {
        await using var agent = Greeting(request => request.ReplyAsync(""));
        await using var client = await agent.ConnectAsync();
        agent.Received.WrittenSpan.ToArray().ShouldBe([
            0x82, 0xA7, .. "Command"u8, 0xA9, .. "handshake"u8, 0xA3, .. "Seq"u8, 0x01, 0x81, 0xA7, .. "Version"u8, 0x01,
            0x82, 0xA7, .. "Command"u8, 0xA4, .. "auth"u8, 0xA3, .. "Seq"u8, 0x02, 0x81, 0xA7, .. "AuthKey"u8, 0xA0]);
    }

    [Fact]
    public async Task Commands_without_a_body_get_none()
    {
        await using var agent = Greeting(request => request.Command is "leave" ? request.ReplyAsync("") : request.ReplyAsync("", NoMembers));
        await using var client = await agent.ConnectAsync();
        var before = agent.Received.WrittenCount;
        (await client.MembersAsync(default)).ShouldBeEmpty();
        await client.LeaveAsync(default);
        Encoding.Latin1.GetString(agent.Received.WrittenSpan[before..]).ShouldBe("\u0082§Command§members£Seq\u0003\u0082§Command¥leave£Seq\u0004");
    }

    [Fact]
    public async Task Replies_that_come_byte_by_byte_are_read()
    {
        await using var agent = Greeting(async request =>
        {
            byte[] reply = request.Command is "members" ? [.. Request.Header("", request.Seq), .. NoMembers] : Request.Header("", request.Seq);
            foreach (var one in reply) await request.WriteAsync(one);
        });
        await using var client = await agent.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            (await client.MembersAsync(default)).ShouldBeEmpty();
            await client.EventAsync("e", default, coalesce: false, default);
        }
    }

    [Fact]
    public async Task An_error_of_a_command_with_a_body_is_followed_by_it()
    {
        await using var agent = Greeting(request => request.Command switch
        {
            "join" => request.ReplyAsync("1 error occurred:\n\t* Failed to join 127.0.0.9\n\n", Joined),
            _ => request.ReplyAsync("", NoMembers),
        });
        await using var client = await agent.ConnectAsync();
        var error = await Thrown.ByAsync<SerfException>(() => client.JoinAsync(["127.0.0.9"], replay: false, default));
        error.Message.ShouldBe(
            $"The Serf agent at {agent.Address} refused \"join\": 1 error occurred: * Failed to join 127.0.0.9  ");
        error.Reason.ShouldContain("\n\t* Failed");
        (await client.MembersAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_refused_before_it_ran_has_no_body()
    {
        var refusals = new Queue<string>(["Authentication required", "Unsupported command"]);
        await using var agent = Greeting(request =>
            refusals.TryDequeue(out var refusal) ? request.ReplyAsync(refusal) : request.ReplyAsync("", NoMembers));
        await using var client = await agent.ConnectAsync();
        (await Thrown.ByAsync<ProblemException>(() => client.MembersAsync(default))).Message.ShouldContain("requires an RPC token");
        (await Thrown.ByAsync<SerfException>(() => client.MembersAsync(default))).Reason.ShouldBe("Unsupported command");
        (await client.MembersAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_thousand_answers_of_nobody_do_not_surface()
    {
        await using var agent = Greeting(async request =>
        {
            await request.ReplyAsync("");
            await request.WriteAsync(request.Record(Request.Reply("ack", "n1")));
            await request.WriteAsync(request.Record(Request.Reply("response", "n1", [.. "42"u8])));
            await request.WriteAsync(request.Record(Request.Reply("response", "n2")));
            for (var i = 0; i < 1_000; i++) await request.WriteAsync(request.Record(Request.Reply(i % 3 == 0 ? "ack" : "response", "")));
            await request.WriteAsync(request.Record(Request.Reply("done", "")));
        });
        await using var client = await agent.ConnectAsync();
        await using var stream = await client.QueryAsync(new SerfQueryRequest("load"), default);
        var records = new List<SerfRecord>();
        await foreach (var record in stream) records.Add(record);
        records.Count.ShouldBe(3);
        records[0].ShouldBe(new SerfAckRecord("n1"));
        records[1].ShouldBeOfType<SerfResponseRecord>().Payload.ToArray().ShouldBe("42"u8.ToArray());
        records[2].ShouldBeOfType<SerfResponseRecord>().From.ShouldBe("n2");
    }

    [Fact]
    public async Task A_question_ends_with_the_last_expected_answer_and_what_comes_later_is_dropped()
    {
        var release = new TaskCompletionSource();
        await using var agent = Greeting(async request =>
        {
            if (request.Command != "query")
            {
                await request.ReplyAsync("", NoMembers);
                return;
            }
            await request.ReplyAsync("");
            await request.WriteAsync(request.Record(Request.Reply("response", "n1")));
            await release.Task;
            await request.WriteAsync(request.Record(Request.Reply("response", "n2")));
            await request.WriteAsync(request.Record(Request.Reply("done", "")));
        });
        await using var client = await agent.ConnectAsync();
        var outcome = await client.AskAsync(new SerfQueryRequest("load"), ["n1"], default);
        outcome.Answers.Keys.ShouldBe(["n1"]);
        outcome.Silent.ShouldBeEmpty();
        release.SetResult();
        (await client.MembersAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reply_that_nobody_waits_for_any_more_is_passed_over()
    {
        var release = new TaskCompletionSource();
        var isFirst = true;
        await using var agent = Greeting(async request =>
        {
            if (isFirst) await release.Task;
            isFirst = false;
            await request.ReplyAsync("", request.Command == "members" ? NoMembers : []);
        });
        await using var client = await agent.ConnectAsync(new SerfOptions { RequestTimeout = TimeSpan.FromMilliseconds(50) });
        var late = await Thrown.ByAsync<SerfTimeoutException>(() => client.MembersAsync(default));
        late.Message.ShouldBe($"The Serf agent at {agent.Address} did not answer \"members\" within 0.05 s.");
        using var cancellation = new CancellationTokenSource();
        var asked = client.LeaveAsync(cancellation.Token);
        cancellation.Cancel();
        await Thrown.ByAsync<OperationCanceledException>(() => asked);
        release.SetResult();
        await Until.HoldsAsync(async () =>
        {
            try
            {
                return (await client.MembersAsync(default)).Count == 0;
            }
            catch (SerfTimeoutException)
            {
                return false;
            }
        }, () => "the connection is in step");
        client.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Records_that_come_after_the_end_of_a_stream_are_passed_over()
    {
        ulong stream = 0;
        await using var agent = Greeting(async request =>
        {
            if (request.Command == "stream") stream = request.Seq;
            await request.ReplyAsync("", request.Command == "members" ? NoMembers : []);
            if (request.Command == "stop")
                for (ulong i = 1; i < 50; i++) await request.WriteAsync([.. Request.Header("", stream), .. Request.User("late", i)]);
        });
        await using var client = await agent.ConnectAsync();
        await (await client.StreamAsync("user", default)).DisposeAsync();
        (await client.MembersAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_does_not_belong_to_any_request_ends_the_connection()
    {
        await using var agent = Greeting(request => request.WriteAsync(Request.Header("", 77)));
        await using var client = await agent.ConnectAsync();
        (await Thrown.ByAsync<SerfConnectionException>(() => client.MembersAsync(default))).Message.ShouldBe(
            $"The connection to the Serf agent at {agent.Address} has ended: what came is not Serf's protocol "
            + "(A reply to request 77, which is not under way).");
        await Thrown.ByAsync<SerfConnectionException>(() => client.MembersAsync(default));
    }

    [Fact]
    public async Task An_end_of_the_connection_ends_all_that_is_under_way()
    {
        await using var agent = Greeting(async request =>
        {
            if (request.Command == "members") request.Stream.Close();
            else await request.WriteAsync([.. Request.Header("", request.Seq), .. request.Record(Request.User("last", 1))]);
        });
        await using var client = await agent.ConnectAsync();
        await using var stream = await client.StreamAsync("*", default);
        await Thrown.ByAsync<SerfConnectionException>(() => client.MembersAsync(default));
        (await Until.ReadAsync<SerfUserRecord>(stream)).Name.ShouldBe("last");
        await Thrown.ByAsync<SerfConnectionException>(async () => await stream.WaitToReadAsync(default));
        (await client.EndedAsync()).Reason.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_slow_consumer_finds_a_gap_and_holds_up_nobody()
    {
        const int Burst = 3_000, Kept = 100;
        await using var agent = Greeting(async request =>
        {
            await request.ReplyAsync("", request.Command == "members" ? NoMembers : []);
            if (request.Command == "stream")
                for (ulong i = 1; i <= Burst; i++) await request.WriteAsync(request.Record(Request.User("e", i)));
        });
        await using var client = await agent.ConnectAsync(new SerfOptions { StreamCapacity = Kept });
        await using var stream = await client.StreamAsync("user", default);
        // The reply comes behind all records: the reader has taken them although nobody has read one.
        (await client.MembersAsync(default)).ShouldBeEmpty();
        for (ulong i = 1; i <= Kept; i++) (await Until.ReadAsync<SerfRecord>(stream)).ShouldBeOfType<SerfUserRecord>().LamportTime.ShouldBe(i);
        var gap = (await Until.ReadAsync<SerfRecord>(stream)).ShouldBeOfType<SerfGapRecord>();
        gap.Cause.ShouldBe(SerfGapCause.SlowConsumer);
        gap.Lost.ShouldBe(Burst - Kept);
        gap.From.ShouldBeLessThanOrEqualTo(gap.Until);
    }

    [Fact]
    public async Task What_is_no_agent_is_said_to_be_none()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var nobody = new SerfAddress("127.0.0.1", ((IPEndPoint)closed.LocalEndpoint).Port);
        closed.Stop();
        (await Refused(nobody)).ShouldBe(
            $"No Serf agent answers at {nobody}. Connection refused. Start one with `serf agent -rpc-addr={nobody}`, or give the address of one that runs.");

        await using var web = new FakeAgent(request => request.WriteAsync([.. "HTTP/1.1 400 Bad Request\r\n\r\n"u8]));
        (await Refused(web.Address)).ShouldBe(
            $"What answers at {web.Address} does not speak Serf's RPC protocol. It took the connection, and then: what came is not Serf's protocol "
            + "(A map is expected at byte 0, and an integer is there). Give the address of an agent's RPC, which is 7373 by default "
            + "and not the port of its gossip, and look whether the agent hangs.");

        await using var curt = new FakeAgent(request =>
        {
            request.Stream.Close();
            return Task.CompletedTask;
        });
        (await Refused(curt.Address)).ShouldContain("It took the connection, and then:");

        await using var silent = new FakeAgent(_ => Task.CompletedTask);
        (await Refused(silent.Address, TimeSpan.FromMilliseconds(50))).ShouldContain("said nothing within 0.05 s");
    }

    [Fact]
    public async Task Another_version_and_a_wrong_token_are_named()
    {
        await using var other = new FakeAgent(request => request.ReplyAsync("Unsupported IPC version"));
        (await Refused(other.Address)).ShouldBe(
            $"The Serf agent at {other.Address} speaks another version of the RPC protocol. It said \"Unsupported IPC version\" to version 1. "
            + "Run a Serf agent of version 0.8 or newer, and look whether the address is that of its RPC.");
        await using var strict = new FakeAgent(request => request.ReplyAsync(request.Command == "auth" ? "Invalid authentication token" : ""));
        (await Refused(strict.Address)).ShouldContain("requires an RPC token, and none was given.");
        (await Refused(strict.Address, token: "wrong")).ShouldContain("refuses the RPC token. It said \"Invalid authentication token\".");
    }

    [Fact]
    public async Task Giving_up_takes_effect_at_once()
    {
        var waits = new TaskCompletionSource();
        await using var agent = Greeting(_ => waits.Task);
        await using var client = await agent.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        Task[] asked =
        [
            client.MembersAsync(cancellation.Token), client.StreamAsync("*", cancellation.Token),
            client.EventAsync("e", default, false, cancellation.Token), client.QueryAsync(new SerfQueryRequest("q"), cancellation.Token),
        ];
        cancellation.Cancel();
        foreach (var one in asked) await Thrown.ByAsync<OperationCanceledException>(() => one);
        waits.SetResult();
    }

    [Theory]
    [InlineData("127.0.0.1:7373", "127.0.0.1", 7373), InlineData("serf.example", "serf.example", 7373), InlineData("[::1]:9", "::1", 9), InlineData("::1", "::1", 7373)]
    public void An_address_is_read(string text, string host, int port)
    {
        SerfAddress.Parse(text).ShouldBe(new SerfAddress(host, port));
        SerfAddress.Parse(SerfAddress.Parse(text).ToString()).ShouldBe(new SerfAddress(host, port));
    }

    [Theory]
    [InlineData(""), InlineData("host:"), InlineData("host:0"), InlineData("host:70000"), InlineData("a b:1"), InlineData(":7373")]
    public void What_is_no_address_is_refused(string text) =>
        Should.Throw<ProblemException>(() => SerfAddress.Parse(text)).Message.ShouldContain("Write host:port");

    private static async Task<string> Refused(SerfAddress address, TimeSpan? timeout = null, string? token = null)
    {
        var options = new SerfOptions { Address = address, Token = token, ConnectTimeout = timeout ?? TimeSpan.FromSeconds(30) };
        return (await Thrown.ByAsync<ProblemException>(
            () => SerfClient.ConnectAsync(new TcpSerfTransport(), options, TimeProvider.System, default))).Message;
    }
}
