using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>
/// A fleet, and real Serf agents for a class of tests: <c>n1</c> and <c>n2</c>, whose gossip is encrypted, and <c>p1</c> apart from
/// them, whose RPC wants a token.
/// </summary>
public sealed class SerfSite : IAsyncLifetime
{
    public const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
    public const string Token = "open-sesame";
    private const int Gossip = 17_646, RpcPort = 17_073;

    private readonly string _network = $"127.{100 + Environment.ProcessId / 250 % 100}.{Environment.ProcessId % 250 + 1}";
    private readonly Dictionary<string, FlotillaCommand> _agents = [];

    public TemporaryFolder Folder { get; } = new();

    public static string? Missing => Peer.Missing("serf", "serf");

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        Folder.Write("fleet.cs", $$"""
            #:project {{Repository.File("src", "Flotilla", "Flotilla.csproj")}}
            #:property PublishAot=false
            using Flotilla;
            using Flotilla.Events;
            var fault = Environment.GetEnvironmentVariable("FAULT");
            var tags = new Dictionary<string, string>();
            if (fault == "tags") tags["notes"] = new string('x', 600);
            var fleet = new Fleet("site").Host("n1", ["a"], tags).Host("n2", ["b"]);
            fleet.Role("a", a =>
            {
                a.On<UserEvent>("deploy", (e, host) => { host.Note($"got {e.Payload.Length} bytes: {e.Payload}"); return Task.CompletedTask; });
                a.Answer("load", (query, host) => Task.FromResult($"{host.Name} {query.Payload.Text}"));
                a.Answer("large", (query, host) => Task.FromResult(new string('x', int.Parse(query.Payload.Text))));
                if (fault == "constructor") a.Handle<Broken>();
                if (fault == "filter") a.On<UserEvent>("", (_, _) => Task.CompletedTask);
            });
            fleet.Role("b", _ => { });
            return await fleet.RunAsync(args);

            sealed class Broken : IHandler
            {
                public Broken() => throw new InvalidOperationException("no disk");
                public EventFilter Filter => EventFilter.Any;
                public Task<object?> HandleAsync(FleetEvent e, IHost host, CancellationToken token) => Task.FromResult<object?>(null);
            }
            """);
        Folder.Write("auth.json", $$"""{"rpc_auth": "{{Token}}"}""");
        Folder.Write("token", Token + "\n");
        Directory.CreateDirectory(Folder.File("root"));
        foreach (var node in new[] { "n1", "n2" }) Folder.Write($"{node}.keys", $"[\"{Key}\"]");
        await StartAsync("n1");
        await StartAsync("n2");
        await StartAsync("p1", $"-tag=notes={new string('y', 450)}");
        await AllKnowEachOtherAsync();
    }

    /// <summary>Waits until <c>n1</c> and <c>n2</c> do, as after a restart of one.</summary>
    public async Task AllKnowEachOtherAsync()
    {
        foreach (var node in new[] { "n1", "n2" }) await UntilAsync(["members", "--rpc", Rpc(node)], output => output.Split("alive").Length == 3);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var agent in _agents.Values) agent.Dispose();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    public string Rpc(string node) => $"{Ip(node)}:{RpcPort}";

    /// <summary>An address at which nothing answers.</summary>
    public string Nowhere => $"{_network}.99:{RpcPort}";

    /// <summary>As if the agent's host had lost power.</summary>
    public async Task KillAsync(string node)
    {
        _agents[node].Signal(9);
        await _agents[node].ExitAsync();
    }

    public async Task StartAsync(string node, params string[] more)
    {
        string[] arguments =
        [
            $"-node={node}", $"-bind={Ip(node)}:{Gossip}", $"-rpc-addr={Rpc(node)}", "-profile=local",
            .. node == "p1" ? new[] { $"-config-file={Folder.File("auth.json")}" } : [$"-keyring-file={Folder.File($"{node}.keys")}"],
            .. node == "p1" ? [] : new[] { $"-retry-join={Ip(node == "n1" ? "n2" : "n1")}:{Gossip}", "-retry-interval=1s" },
            .. more,
        ];
        var agent = FlotillaCommand.Shell("/", "exec serf agent " + string.Join(' ', arguments.Select(argument => $"'{argument}'")));
        _agents[node] = agent;
        await agent.SeesAsync("Serf agent running!");
    }

    public FlotillaCommand Start(params string[] arguments) => FlotillaCommand.Start(Folder.Path, null, arguments);

    public Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => FlotillaCommand.RunAsync(Folder.Path, null, arguments);

    public Task<(int ExitCode, string Output, string Error)> FaultyAsync(string fault, params string[] arguments) =>
        FlotillaCommand.RunAsync(Folder.Path, new Dictionary<string, string> { ["FAULT"] = fault }, arguments);

    public async Task<(int ExitCode, string Output, string Error)> ShellAsync(string line)
    {
        using var shell = FlotillaCommand.Shell(Folder.Path, line.Replace("flotilla ", Repository.File("flotilla") + " ", StringComparison.Ordinal));
        return (await shell.ExitAsync(), shell.Output, shell.Error);
    }

    /// <summary>Runs a command again and again until what it prints is right.</summary>
    public Task UntilAsync(string[] arguments, Func<string, bool> holds) =>
        UntilAsync(async () => await RunAsync(arguments) is var run && run.ExitCode == 0 && holds(run.Output), () => string.Join(' ', arguments));

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"In vain: {what()}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>The complete lines of JSON that a command has printed so far.</summary>
    public static IReadOnlyList<JsonElement> Lines(FlotillaCommand command) =>
        [.. command.Output.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement)];

    private string Ip(string node) => $"{_network}.{node switch { "n1" => 1, "n2" => 2, _ => 3 } + 200}";
}
