using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Flotilla.EndToEnd;

/// <summary>What the commands about members and events do, and say to wrong input, on real Serf agents.</summary>
public sealed class SerfCommandTests : IClassFixture<SerfSite>
{
    private const string NextKey = "bmV4dC1uZXh0LW5leHQtbmV4dC1uZXh0LW5leHQtMTI=";

    private readonly SerfSite _site;

    public SerfCommandTests(SerfSite site)
    {
        Assert.SkipWhen(SerfSite.Missing is not null, SerfSite.Missing ?? "");
        _site = site;
    }

    [Fact]
    public async Task Keys_are_replaced_on_every_member()
    {
        string[] at = ["--rpc", _site.Rpc("n1")];
        await _site.AllKnowEachOtherAsync();
        (await KeysAsync("list", at)).ShouldBe((0, $"key                                            on members\n{SerfSite.Key}   2 of 2\n"));
        (await KeysAsync("install", [NextKey, .. at])).ShouldBe((0, "2 of 2 members did it.\n"));
        (await KeysAsync("use", [NextKey, .. at])).ShouldBe((0, "2 of 2 members did it.\n"));
        var (exitCode, output, error) = await _site.RunAsync(["keys", "remove", NextKey, .. at]);
        (exitCode, output).ShouldBe((3, "0 of 2 members did it.\n"), error);
        error.ShouldContain("n2: Removing the primary key is not allowed");
        error.ShouldContain("error: Not every member did it: 2/2 nodes reported failure.");
        (await KeysAsync("remove", [SerfSite.Key, .. at])).ShouldBe((0, "2 of 2 members did it.\n"));
        (exitCode, output, _) = await _site.RunAsync(["keys", "list", "--output", "json", .. at]);
        (exitCode, output).ShouldBe((0, $$$"""{"fleet":"site","command":"list","members":2,"answered":2,"failed":0,"keys":{"{{{NextKey}}}":2},"messages":{}}""" + "\n"));
        (exitCode, _, error) = await _site.RunAsync(["keys", "install", "c2hvcnQ=", .. at]);
        exitCode.ShouldBe(2);
        error.ShouldBe("error: This is no key for Serf's gossip.\n  because A key is 16, 24 or 32 bytes in base64.\n  fix: Make one with \"serf keygen\".\n");
    }

    [Fact]
    public async Task Keys_of_a_gossip_that_is_not_encrypted_are_told_what_is_missing()
    {
        var (exitCode, _, error) = await _site.RunAsync("keys", "list", "--rpc", _site.Rpc("p1"), "--rpc-auth-file", "token");
        exitCode.ShouldBe(3);
        error.ShouldContain("p1: Keyring is empty (encryption not enabled)");
        error.ShouldContain("fix: Members need a keyring: start their agents with -encrypt KEY or -keyring-file FILE.");
    }

    [Fact]
    public async Task A_round_trip_is_estimated_between_members()
    {
        string[] at = ["--rpc", _site.Rpc("n1")];
        await _site.UntilAsync(["rtt", "n1", "n2", .. at], output => output.StartsWith("n1 to n2 and back: ", StringComparison.Ordinal) && output.EndsWith(" ms, as Serf estimates\n", StringComparison.Ordinal));
        var (_, output, _) = await _site.RunAsync(["rtt", "n2", "--output", "json", .. at]);
        var estimate = JsonDocument.Parse(output).RootElement;
        (estimate.GetProperty("from").GetString(), estimate.GetProperty("to").GetString()).ShouldBe(("n1", "n2"));
        estimate.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
        var (exitCode, _, error) = await _site.RunAsync(["rtt", "n1", "n3", .. at]);
        exitCode.ShouldBe(2);
        error.ShouldStartWith("error: There is no member \"n3\".\n  fix: Did you mean ");
    }

    [Fact]
    public async Task What_happens_is_followed_as_text_and_as_json_also_past_a_restart_of_the_agent()
    {
        string[] at = ["--rpc", _site.Rpc("n2")];
        using var text = _site.Start(["events", "tail", .. at]);
        using var json = _site.Start(["events", "tail", "--output", "json", .. at]);
        await text.SeesAsync($"Listening through the Serf agent at {_site.Rpc("n2")}. Ctrl-C ends it.");
        await json.SeesAsync("Listening through");
        await SerfSite.UntilAsync(async () =>
        {
            await _site.RunAsync(["event", "ready", .. at]);
            return text.Output.Contains("ready", StringComparison.Ordinal) && json.Output.Contains("ready", StringComparison.Ordinal);
        }, () => text.Output + json.Output);
        (await _site.RunAsync(["event", "deploy", "v2", .. at])).ExitCode.ShouldBe(0);
        (await _site.ShellAsync($"printf '\\377' | flotilla event bytes - --rpc {_site.Rpc("n2")}")).ExitCode.ShouldBe(0);
        (await _site.RunAsync(["event", "large", new string('x', 3000), .. at])).ExitCode.ShouldBe(0);
        var (exitCode, silent, _) = await _site.RunAsync(["query", "load", "now", "--timeout", "1", .. at]);
        (exitCode, silent).ShouldBe((1, "n1 was silent\nn2 was silent\n"));
        foreach (var tail in new[] { text, json })
            foreach (var name in new[] { "deploy", "bytes", "large", "load" }) await tail.SeesAsync(name);
        text.Output.Split('\n').ShouldContain(line => line.EndsWith("  user           deploy  v2", StringComparison.Ordinal) && line.Length == "HH:mm:ss.fff".Length + "  user           deploy  v2".Length);
        text.Output.Split('\n').ShouldContain(line => line.EndsWith("  query          load  now", StringComparison.Ordinal));
        JsonElement Line(string name) => SerfSite.Lines(json).Last(line => line.GetProperty("name").GetString() == name);
        Line("deploy").GetProperty("text").GetString().ShouldBe("v2");
        Line("bytes").GetProperty("base64").GetString().ShouldBe("/w==");
        Line("large").GetProperty("text").GetString()!.Length.ShouldBe(3000);
        Line("load").GetProperty("kind").GetString().ShouldBe("query");

        await _site.KillAsync("n2");
        await _site.StartAsync("n2", "-tag=zone=b");
        await json.SeesAsync("\"kind\":\"gap\"");
        await text.SeesAsync("without a connection");
        await json.SeesAsync("zone=b");
        (await _site.RunAsync(["event", "after", .. at])).ExitCode.ShouldBe(0);
        await json.SeesAsync("\"after\"");
        foreach (var tail in new[] { text, json })
        {
            tail.Signal(2);
            (await tail.ExitAsync()).ShouldBe(130);
        }
    }

    [Fact]
    public async Task The_agent_of_a_host_is_spoken_to_and_outlives_a_restart_of_its_Serf_with_a_gap()
    {
        using var agent = _site.Start("agent", "--rpc", _site.Rpc("n1"), "--root", "root");
        await agent.SeesAsync("Ctrl-C stops it.");
        var (exitCode, output, error) = await _site.RunAsync("events", "send", "deploy", "v2");
        (exitCode, output).ShouldBe((0, "Sent \"deploy\". \"flotilla events\" shows which handlers ran.\n"), error);
        await agent.SeesAsync("got 2 bytes: v2");
        (_, output, _) = await _site.RunAsync("members", "--output", "json");
        var members = JsonDocument.Parse(output).RootElement;
        members.GetProperty("via").GetString().ShouldBe("the agent of n1");
        var one = members.GetProperty("members").EnumerateArray().Single(member => member.GetProperty("name").GetString() == "n1");
        (one.GetProperty("status").GetString(), one.GetProperty("address").GetString()).ShouldBe(("alive", _site.Rpc("n1").Split(':')[0]));
        one.GetProperty("roles").EnumerateArray().Select(role => role.GetString()).ShouldBe(["a"]);
        one.GetProperty("tags").GetProperty("version").GetString().ShouldNotBeNullOrEmpty();

        using var tail = _site.Start("events", "tail", "--output", "json");
        await tail.SeesAsync("Listening through the agent of n1.");
        await SerfSite.UntilAsync(async () =>
        {
            await _site.RunAsync("events", "send", "ready");
            return tail.Output.Contains("ready", StringComparison.Ordinal);
        }, () => tail.Output);
        await _site.KillAsync("n1");
        await _site.StartAsync("n1");
        await tail.SeesAsync("\"kind\":\"gap\"");
        // Its tags are back, so that it is asked by its role.
        await _site.UntilAsync(["query", "load", "again", "--role", "a", "--rpc", _site.Rpc("n1")], answer => answer == "n1: n1 again\n");
        agent.Signal(2);
        (await agent.ExitAsync()).ShouldBe(130);
        (await tail.ExitAsync()).ShouldBe(3);
        tail.Error.ShouldContain("Nothing more comes: the agent of n1 has stopped.");
    }

    [Fact]
    public async Task Events_of_another_Serf_are_handed_to_the_fleet_that_is_up()
    {
        using var up = _site.Start("up");
        await _site.UntilAsync(["members", "--output", "json"], members => members.Contains("the fleet that is up", StringComparison.Ordinal));
        const string Serf = "SERF_SELF_NAME=old-1 SERF_TAG_ROLE=a";
        var (exitCode, output, error) = await _site.ShellAsync($"printf v3 | SERF_EVENT=user SERF_USER_EVENT=deploy SERF_USER_LTIME=3 {Serf} flotilla handle");
        (exitCode, output).ShouldBe((0, ""), error);
        await up.SeesAsync("got 2 bytes: v3");
        (exitCode, output, error) = await _site.ShellAsync($"printf x | SERF_EVENT=query SERF_QUERY_NAME=load SERF_QUERY_LTIME=5 {Serf} flotilla handle");
        (exitCode, output).ShouldBe((0, "n1 x"), error);
        await PrintScriptAsync();
        (exitCode, output, error) = await _site.ShellAsync($"printf y | SERF_EVENT=query SERF_QUERY_NAME=load SERF_QUERY_LTIME=6 {Serf} ./forward");
        (exitCode, output, error).ShouldBe((0, "n1 y", ""));
        (exitCode, output, error) = await _site.ShellAsync($"printf '\\377\\0' | SERF_EVENT=user SERF_USER_EVENT=deploy SERF_USER_LTIME=4 {Serf} ./forward");
        (exitCode, output, error).ShouldBe((0, "", ""));
        await up.SeesAsync("got 2 bytes: ");
        (exitCode, _, error) = await _site.ShellAsync($"SERF_EVENT=lunch {Serf} ./forward");
        exitCode.ShouldBe(2);
        error.ShouldContain("Serf tells of an event of the kind \"lunch\"");
        up.Signal(2);
        await up.ExitAsync();
        // Without a fleet that is up, the program handles it, with all of its input.
        (exitCode, output, error) = await _site.ShellAsync($"printf z | SERF_EVENT=query SERF_QUERY_NAME=load SERF_QUERY_LTIME=7 {Serf} ./forward");
        (exitCode, output).ShouldBe((0, "old-1 z"), error);
    }

    [Fact]
    public async Task A_host_that_answers_through_the_script_says_what_does_not_reach_it_and_what_it_cannot_say()
    {
        using var agent = _site.Start("agent", "--rpc", _site.Rpc("n1"), "--root", "root");
        await agent.SeesAsync("Ctrl-C stops it.");
        await PrintScriptAsync();
        await _site.KillAsync("n2");
        await _site.StartAsync("n2", "-tag=role=a", $"-event-handler={_site.Folder.File("forward")}");
        // The host has no agent on this machine, and its program answers.
        string[] ask = ["--host", "n1", "--timeout", "30"];
        await _site.UntilAsync(["query", "load", "x", .. ask], output => output == "n1: n1 x\nn2: n2 x\n");
        var (exitCode, output, _) = await _site.RunAsync(["query", "load", new string('x', 2000), .. ask]);
        exitCode.ShouldBe(1);
        output.ShouldStartWith($"n1: n1 {new string('x', 2000)}\nn2 failed: n2 answers through a program that Serf starts, and what is larger than one query of Serf, about 800 bytes, does not reach it. Send less");
        (exitCode, output, _) = await _site.RunAsync(["query", "large", "3000", .. ask]);
        exitCode.ShouldBe(1);
        output.ShouldStartWith($"n1: {new string('x', 3000)}\nn2 failed: The answer to the query \"large\" is too large for Serf. It has 3,");
        agent.Signal(2);
        (await agent.ExitAsync()).ShouldBe(130);
        await _site.KillAsync("n2");
        await _site.StartAsync("n2");
    }

    [Fact]
    public async Task Where_no_agent_answers_it_says_what_was_tried_and_how_to_start_one()
    {
        foreach (var command in new[] { new[] { "members" }, ["event", "deploy"], ["query", "load"], ["events", "tail"], ["keys", "list"], ["rtt", "n1"], ["agent"] })
        {
            var (exitCode, output, error) = await _site.RunAsync([.. command, "--rpc", _site.Nowhere]);
            (exitCode, output).ShouldBe((2, ""), command[0]);
            error.ShouldBe($"error: No Serf agent answers at {_site.Nowhere}.\n  because Connection refused.\n"
                + $"  fix: Start one with `serf agent -rpc-addr={_site.Nowhere}`, or give the address of one that runs.\n");
        }
        var environment = new Dictionary<string, string> { ["SERF_RPC_ADDR"] = _site.Nowhere };
        (await FlotillaCommand.RunAsync(_site.Folder.Path, environment, "members")).Error.ShouldBe(
            $"error: Nothing of fleet site runs on this machine, and no Serf agent answers at {_site.Nowhere}.\n  because Connection refused.\n"
            + "  fix: Start the fleet with \"flotilla up\", or this host of it with \"flotilla agent --with-serf\", or name a Serf agent with --rpc ADDR:PORT.\n");
    }

    [Fact]
    public async Task A_token_that_is_missing_or_wrong_is_told_with_the_way_to_give_it()
    {
        var (exitCode, _, error) = await _site.RunAsync("members", "--rpc", _site.Rpc("p1"));
        exitCode.ShouldBe(2);
        error.ShouldBe($"error: The Serf agent at {_site.Rpc("p1")} requires an RPC token, and none was given.\n  because It said \"Invalid authentication token\".\n"
            + "  fix: Give the token that its rpc_auth says (--rpc-auth-file FILE, or the variable SERF_RPC_AUTH).\n");
        (exitCode, _, error) = await _site.ShellAsync($"SERF_RPC_AUTH=guess flotilla members --rpc {_site.Rpc("p1")}");
        exitCode.ShouldBe(2);
        error.ShouldContain("refuses the RPC token.");
        (exitCode, _, error) = await _site.RunAsync("members", "--rpc", _site.Rpc("p1"), "--rpc-auth-file", "nowhere");
        exitCode.ShouldBe(2);
        error.ShouldContain("The file nowhere with the RPC token cannot be read.");
        (await _site.ShellAsync($"SERF_RPC_AUTH={SerfSite.Token} flotilla members --rpc {_site.Rpc("p1")}")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_of_another_protocol_version_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = RefuseVersionAsync(listener);
        var address = listener.LocalEndpoint;
        var (exitCode, _, error) = await _site.RunAsync("members", "--rpc", $"{address}");
        exitCode.ShouldBe(2);
        error.ShouldBe($"error: The Serf agent at {address} speaks another version of the RPC protocol.\n  because It said \"Unsupported IPC version\" to version 1.\n"
            + "  fix: Run a Serf agent of version 0.8 or newer, and look whether the address is that of its RPC.\n");
        await answering;
    }

    [Fact]
    public async Task What_is_too_large_is_told_with_limit_and_size_before_anybody_is_connected_to()
    {
        foreach (var command in new[] { "event", "query" })
        {
            var (exitCode, output, error) = await _site.RunAsync(command, "deploy", new string('x', 70_000), "--rpc", _site.Nowhere);
            (exitCode, output).ShouldBe((2, ""));
            error.ShouldBe($"error: The payload of the {command} \"deploy\" is too large.\n  because It has 70,000 bytes; the limit is 65,536.\n"
                + "  fix: Send where the content is to be found instead of the content.\n");
            (exitCode, _, error) = await _site.RunAsync(command, new string('n', 300), "--rpc", _site.Nowhere);
            exitCode.ShouldBe(2);
            error.ShouldBe($"error: The name of the {command} is too long.\n  because It has 300 bytes; the limit is 256.\n  fix: Put what varies into the payload.\n");
        }
        (await _site.RunAsync("events", "send", "deploy", new string('x', 70_000))).Error.ShouldContain("the limit is 65,536");
    }

    [Fact]
    public async Task A_query_that_nobody_matches_says_who_is_there()
    {
        var (exitCode, output, error) = await _site.RunAsync("query", "load", "--role", "none", "--rpc", _site.Rpc("p1"), "--rpc-auth-file", "token");
        (exitCode, output).ShouldBe((2, ""));
        error.ShouldStartWith($"error: No member that is alive has role \"none\", so nobody was asked \"load\".\n  because 1 member is known to the Serf agent at {_site.Rpc("p1")}.\n");
    }

    [Fact]
    public async Task Tags_beyond_the_limit_are_refused_as_declared_and_together_with_those_that_the_node_has()
    {
        var (exitCode, _, error) = await _site.FaultyAsync("tags", "describe");
        exitCode.ShouldBe(2);
        error.ShouldStartWith("error: fleet.cs(8): The tags of host \"n1\" are too large for Serf.\n  because Encoded they take ");
        error.ShouldContain("the limit is 512.\n  fix: Keep in tags only what selects hosts.");
        // 450 bytes of the node and what the agent adds are too much, and nothing of it is set.
        (exitCode, _, error) = await _site.ShellAsync($"serf tags -rpc-addr={_site.Rpc("p1")} -rpc-auth={SerfSite.Token} -set role={new string('a', 8)} -set more={new string('z', 60)}");
        exitCode.ShouldNotBe(0);
        (exitCode, _, error) = await _site.ShellAsync($"serf tags -rpc-addr={_site.Rpc("p1")} -rpc-auth={SerfSite.Token} -set role=a -set more={new string('z', 25)}");
        exitCode.ShouldBe(0, error);
        (exitCode, _, error) = await _site.RunAsync("agent", "--rpc", _site.Rpc("p1"), "--rpc-auth-file", "token", "--root", "root");
        exitCode.ShouldBe(2);
        error.ShouldContain("The tags of host \"p1\" are too large for Serf.");
        (await _site.RunAsync("members", "--rpc", _site.Rpc("p1"), "--rpc-auth-file", "token")).Output.ShouldNotContain("version=");
    }

    [Theory]
    [InlineData("constructor", "error: fleet.cs(14): Handler Broken of role \"a\" cannot be made.\n  because Its constructor threw InvalidOperationException: no disk, at fleet.cs(22).\n  fix: ")]
    [InlineData("filter", "error: fleet.cs(15): Handler \"on user \"\"\" can never run.\n  because Its filter is for a user event without a name, and every user event has one.\n  fix: ")]
    public async Task A_handler_that_cannot_be_is_a_mistake_in_the_fleet_with_its_place(string fault, string says)
    {
        foreach (var command in new[] { new[] { "handlers" }, ["agent", "--rpc", _site.Rpc("n1")] })
        {
            var (exitCode, output, error) = await _site.FaultyAsync(fault, command);
            (exitCode, output).ShouldBe((2, ""), error);
            error.ShouldStartWith(says);
        }
    }

    private async Task PrintScriptAsync()
    {
        var (exitCode, _, error) = await _site.ShellAsync("flotilla handle --print-script > forward && chmod +x forward");
        exitCode.ShouldBe(0, error);
    }

    private async Task<(int ExitCode, string Output)> KeysAsync(string command, string[] arguments)
    {
        var (exitCode, output, error) = await _site.RunAsync(["keys", command, .. arguments]);
        error.ShouldBeEmpty();
        return (exitCode, output);
    }

    private static async Task RefuseVersionAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        // {"Command": "handshake", "Seq": n} {"Version": 1}, as the golden bytes of the protocol have it.
        var request = new byte[33];
        await stream.ReadExactlyAsync(request);
        await stream.WriteAsync((byte[])[0x82, 0xA5, .. "Error"u8, 0xB7, .. "Unsupported IPC version"u8, 0xA3, .. "Seq"u8, request[23]]);
        while (await stream.ReadAsync(request) > 0) { }
    }
}
