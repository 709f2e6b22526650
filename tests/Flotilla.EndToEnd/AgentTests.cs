using System.Diagnostics;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>The agent of a host on a real Serf agent, and the commands that speak through it.</summary>
public sealed class AgentTests : IDisposable
{
    private const int Gossip = 17_846, Rpc = 17_273;

    private static int _count;

    private readonly TemporaryFolder _folder = new();
    private readonly List<FlotillaCommand> _running = [];
    private readonly string _network = $"127.{100 + Environment.ProcessId / 250 % 100}.{Environment.ProcessId % 250 + 1}";
    private readonly int _first = Interlocked.Add(ref _count, 10);

    public AgentTests()
    {
        Assert.SkipWhen(Peer.Missing("serf", "serf") is not null, Peer.Missing("serf", "serf") ?? "");
        Directory.CreateDirectory(_folder.File("root"));
        _folder.Write("fleet.cs", $$"""
            #:project {{Repository.File("src", "Flotilla", "Flotilla.csproj")}}
            #:property PublishAot=false
            using Flotilla;
            using Flotilla.Events;
            var tags = new Dictionary<string, string>();
            if (Environment.GetEnvironmentVariable("FAULT") == "tags") tags["notes"] = new string('x', 600);
            var fleet = new Fleet("site").Host("a-1", ["a"], tags).Host("b-1", ["b"]);
            fleet.Role("a", a =>
            {
                a.On<UserEvent>("deploy", (e, host) => { host.Note($"got {e.Payload.Length} bytes: {e.Payload}"); return Task.CompletedTask; });
                a.Answer("load", (query, host) => { Console.WriteLine("noise"); return Task.FromResult($"{host.Name} {query.Payload.Text}"); });
                a.Answer("broken", Task<string> (query, host) => throw new InvalidOperationException("no disk"));
            });
            fleet.Role("b", b => b.Answer("load", (query, host) => Task.FromResult("b")));
            return await fleet.RunAsync(args);
            """);
    }

    public void Dispose()
    {
        foreach (var command in _running) command.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task With_a_Serf_of_its_own_it_joins_runs_handlers_answers_and_leaves()
    {
        var a = await AgentAsync(0, "a-1", "--with-serf", "--bind", Address(0, Gossip));
        var b = await AgentAsync(1, "b-1", "--with-serf", "--bind", Address(1, Gossip), "--join", Address(0, Gossip));
        await UntilAsync(["members", "--host", "a-1", "--output", "json"], output => output.Split("\"alive\"").Length == 3);

        (await RunAsync("event", "deploy", "v2", "--host", "b-1")).ExitCode.ShouldBe(0);
        await a.SeesAsync("got 2 bytes: v2");
        (await RunAsync("event", "deploy", new string('x', 5000), "--host", "b-1")).ExitCode.ShouldBe(0);
        await a.SeesAsync("got 5000 bytes");

        var (exitCode, output, error) = await RunAsync("query", "load", "now", "--rpc", Address(1, Rpc));
        (exitCode, output).ShouldBe((0, "a-1: a-1 now\nb-1: b\n"), error);
        (exitCode, output, _) = await RunAsync("query", "broken", "--role", "a", "--host", "b-1");
        exitCode.ShouldBe(1);
        output.ShouldStartWith("a-1 failed: ");
        output.ShouldContain("no disk");
        (exitCode, _, error) = await RunAsync("query", "load", "--role", "c", "--host", "b-1");
        exitCode.ShouldBe(2);
        error.ShouldContain("No member that is alive has role \"c\"");
        (exitCode, output, _) = await RunAsync("rtt", "a-1", "b-1", "--host", "a-1");
        exitCode.ShouldBe(0);
        output.ShouldStartWith("a-1 to b-1 and back: ");

        b.Signal(2);
        (await b.ExitAsync()).ShouldBe(130);
        await UntilAsync(["members", "--host", "a-1"], members => members.Contains("left", StringComparison.Ordinal));
        await a.SeesAsync("b-1  left");
    }

    [Fact]
    public async Task A_Serf_that_dies_is_started_again_and_the_member_is_back_with_its_tags()
    {
        var a = await AgentAsync(0, "a-1", "--with-serf", "--bind", Address(0, Gossip));
        Kill($"^serf agent -node=a-1 -rpc-addr={Address(0, Rpc)}");
        await a.SeesAsync("the Serf agent ended with code");
        await UntilAsync(["query", "load", "--rpc", Address(0, Rpc), "--role", "a"], output => output.StartsWith("a-1: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_that_is_killed_takes_its_Serf_with_it_and_the_next_one_starts()
    {
        var a = await AgentAsync(0, "a-1", "--with-serf", "--bind", Address(0, Gossip));
        a.Signal(9);
        await a.ExitAsync();
        await UntilAsync(["members", "--rpc", Address(0, Rpc)], _ => true, exitCode: 2);
        await AgentAsync(0, "a-1", "--with-serf", "--bind", Address(0, Gossip));
    }

    [Fact]
    public async Task Beside_a_Serf_that_was_there_it_sets_its_tags_and_takes_them_back()
    {
        await SerfAsync(0, "a-1", "-tag=zone=x");
        var a = await AgentAsync(0, null);
        (await RunAsync("members", "--rpc", Address(0, Rpc))).Output.ShouldContain("zone=x");
        (await RunAsync("members", "--rpc", Address(0, Rpc), "--output", "json")).Output.ShouldContain("\"roles\":[\"a\"]");
        var (exitCode, _, error) = await RunAsync("agent", "--rpc", Address(0, Rpc), "--root", _folder.File("root"));
        exitCode.ShouldBe(2);
        error.ShouldContain("Host \"a-1\" has an agent already.");
        (exitCode, _, error) = await RunAsync("agent", "--rpc", Address(0, Rpc), "--host", "b-1");
        exitCode.ShouldBe(2);
        error.ShouldContain("is node \"a-1\", and this is host \"b-1\"");
        a.Signal(15);
        (await a.ExitAsync()).ShouldBe(130);
        (await RunAsync("members", "--rpc", Address(0, Rpc), "--output", "json")).Output.ShouldContain("\"roles\":[],\"tags\":{\"zone\":\"x\"}");
    }

    [Fact]
    public async Task Tags_that_a_killed_agent_left_are_not_taken_for_those_of_the_node()
    {
        await SerfAsync(0, "a-1", "-tag=zone=x");
        var killed = await AgentAsync(0, null);
        killed.Signal(9);
        await killed.ExitAsync();
        (await RunAsync("members", "--rpc", Address(0, Rpc), "--output", "json")).Output.ShouldContain("\"roles\":[\"a\"]");
        var next = await AgentAsync(0, null);
        next.Signal(15);
        (await next.ExitAsync()).ShouldBe(130);
        (await RunAsync("members", "--rpc", Address(0, Rpc), "--output", "json")).Output.ShouldContain("\"roles\":[],\"tags\":{\"zone\":\"x\"}");
    }

    [Fact]
    public async Task As_the_handler_of_a_Serf_without_an_agent_it_runs_the_handlers_of_the_roles()
    {
        await SerfAsync(0, "old-1", "-tag=role=web,a", $"-event-handler={Repository.File("flotilla")} handle {_folder.Path}");
        await UntilAsync(["query", "load", "x", "--rpc", Address(0, Rpc), "--timeout", "20"], output => output == "old-1: old-1 x\n");
        (await RunAsync("event", "deploy", "v2", "--rpc", Address(0, Rpc))).ExitCode.ShouldBe(0);
        await UntilAsync(["events", "--output", "json"], output => output.Contains("user \\u0022deploy\\u0022", StringComparison.Ordinal));
        (await RunAsync("query", "broken", "--rpc", Address(0, Rpc), "--timeout", "5")).Output.ShouldBe("old-1 was silent\n");
    }

    [Fact]
    public async Task Beside_the_agent_of_its_node_the_handler_does_nothing_and_an_event_is_handled_once()
    {
        await SerfAsync(0, "a-1", $"-event-handler={Repository.File("flotilla")} handle {_folder.Path}");
        await AgentAsync(0, null);
        // Serf runs its scripts one after the other, and a query waits behind those of the members that have just joined.
        (await RunAsync("query", "load", "x", "--host", "a-1", "--timeout", "120")).Output.ShouldBe("a-1: a-1 x\n");
        (await RunAsync("event", "deploy", "v2", "--host", "a-1")).ExitCode.ShouldBe(0);
        (await RunAsync("query", "load", "y", "--host", "a-1", "--timeout", "120")).Output.ShouldBe("a-1: a-1 y\n");
        await UntilAsync(["events", "--output", "json"], output => output.Contains("user \\u0022deploy\\u0022\",\"handler\"", StringComparison.Ordinal));
        (await RunAsync("events", "--output", "json")).Output.Split("user \\u0022deploy\\u0022\",\"handler\"").Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_wrong_is_told_before_anything_starts()
    {
        var (exitCode, _, error) = await RunAsync("agent", "--rpc", Address(5, Rpc));
        exitCode.ShouldBe(2);
        error.ShouldContain($"No Serf agent answers at {Address(5, Rpc)}");
        (exitCode, _, error) = await RunAsync("event", "deploy", new string('x', 70_000), "--rpc", Address(5, Rpc));
        exitCode.ShouldBe(2);
        _folder.Write("token", "secret\n");
        await SerfAsync(0, "a-1", $"-config-file={_folder.Write("auth.json", "{\"rpc_auth\": \"secret\"}")}");
        (exitCode, _, error) = await RunAsync("agent", "--rpc", Address(0, Rpc));
        exitCode.ShouldBe(2);
        error.ShouldContain("requires an RPC token, and none was given");
        (exitCode, _, error) = await RunAsync("members", "--rpc", Address(0, Rpc), "--rpc-auth-file", _folder.Write("wrong", "guess"));
        exitCode.ShouldBe(2);
        error.ShouldContain("refuses the RPC token");
        (await RunAsync("members", "--rpc", Address(0, Rpc), "--rpc-auth-file", _folder.File("token"))).ExitCode.ShouldBe(0);
        (exitCode, _, error) = await RunAsync("event", "deploy", new string('x', 70_000), "--rpc", Address(0, Rpc), "--rpc-auth-file", _folder.File("token"));
        exitCode.ShouldBe(2);
        error.ShouldContain("It has 70,000 bytes; the limit is 65,536.");
        (exitCode, _, error) = await FlotillaCommand.RunAsync(_folder.Path, new Dictionary<string, string> { ["FAULT"] = "tags" },
            "agent", "--rpc", Address(0, Rpc), "--rpc-auth-file", _folder.File("token"));
        exitCode.ShouldBe(2);
        error.ShouldContain("The tags of host \"a-1\" are too large for Serf.");
        error.ShouldContain("the limit is 512");
    }

    private string Address(int member, int port) => $"{_network}.{_first + member}:{port}";

    private async Task<FlotillaCommand> AgentAsync(int member, string? host, params string[] more)
    {
        var agent = FlotillaCommand.Start(_folder.Path, null,
            ["agent", "--rpc", Address(member, Rpc), "--root", _folder.File("root"), .. host is null ? Array.Empty<string>() : ["--host", host], .. more]);
        _running.Add(agent);
        await agent.SeesAsync("Ctrl-C stops it.");
        return agent;
    }

    private async Task SerfAsync(int member, string node, params string[] more)
    {
        var serf = FlotillaCommand.Shell("/", string.Join(' ', new[]
        {
            "exec", "serf", "agent", $"-node={node}", $"-bind={Address(member, Gossip)}", $"-rpc-addr={Address(member, Rpc)}", "-profile=local",
        }.Concat(more.Select(argument => $"'{argument}'"))));
        _running.Add(serf);
        await serf.SeesAsync("Serf agent running!");
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => FlotillaCommand.RunAsync(_folder.Path, null, arguments);

    private async Task UntilAsync(string[] arguments, Func<string, bool> holds, int exitCode = 0)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var run = await RunAsync(arguments);
            if (run.ExitCode == exitCode && holds(run.Output)) return;
            if (limit.IsCancellationRequested) throw new TimeoutException($"{string.Join(' ', arguments)}: {run}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static void Kill(string commandLine)
    {
        using var kill = Process.Start("pkill", ["-9", "-f", commandLine]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }
}
