using System.CommandLine;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

/// <content>Members, events, queries, and the agent that joins a host to them.</content>
public sealed partial class FleetCommands
{
    private Command Agent()
    {
        var door = new DoorOptions();
        var withSerf = new Option<bool>("--with-serf") { Description = "Start the Serf agent, too, and again whenever it ends" };
        var bind = new Option<string?>("--bind") { Description = "Where the Serf agent that is started gossips", HelpName = "ADDR:PORT" };
        var join = new Option<string[]>("--join") { Description = "Hosts to join: addresses of their gossip", HelpName = "HOST", AllowMultipleArgumentsPerToken = true };
        var root = Root;
        var leave = new Option<bool>("--leave") { Description = "At the end let also a Serf agent leave and end that was there before" };
        return Create("agent", "Run this host of the fleet as a member of a Serf cluster, until Ctrl-C", (_, parsed) =>
            (context, token) => AgentCommand.RunAsync(context, door.Of(parsed),
                new AgentChoice(parsed.GetValue(withSerf), parsed.GetValue(bind), parsed.GetValue(join) ?? [], parsed.GetValue(root), parsed.GetValue(leave)), token),
            [.. door.All, withSerf, bind, join, root, leave]);
    }

    private Command Members()
    {
        var door = new DoorOptions();
        return Create("members", "Show the members, their state, roles and tags", (_, parsed) =>
            (context, token) => MembershipCommands.MembersAsync(context, door.Of(parsed), token), [.. door.All]);
    }

    private Command Event()
    {
        var door = new DoorOptions();
        var (name, payload) = (Name, Payload);
        return CreateNamed("event", "Send a user event to all members", [name, payload], parsed =>
            (context, token) => MembershipCommands.EventAsync(context, door.Of(parsed), parsed.GetValue(name)!, parsed.GetValue(payload), token), door.All);
    }

    private Command Query()
    {
        var door = new DoorOptions();
        var (name, payload) = (Name, Payload);
        var role = new Option<string?>("--role") { Description = "Ask only members with this role", HelpName = "ROLE" };
        var timeout = new Option<double?>("--timeout") { Description = "How many seconds to wait for who has not answered [default: 5]", HelpName = "S" };
        return CreateNamed("query", "Ask the members; done when all have answered, 1 when one failed or was silent", [name, payload], parsed =>
            (context, token) => MembershipCommands.QueryAsync(context, door.Of(parsed), parsed.GetValue(name)!, parsed.GetValue(payload),
                parsed.GetValue(role), parsed.GetValue(timeout), token), [.. door.All, role, timeout]);
    }

    private Command Tail()
    {
        var door = new DoorOptions();
        return CreateNamed("tail", "Show events, queries and changes of members as they come, until Ctrl-C", [], parsed =>
            (context, token) => MembershipCommands.TailAsync(context, door.Of(parsed), token), door.All);
    }

    private Command Explain()
    {
        var host = Host;
        var from = new Option<string?>("--from") { Description = "The host that the event comes from", HelpName = "NAME" };
        var what = new Argument<string>("EVENT") { Description = "NAME, query:NAME or member-join:MEMBER" };
        return CreateNamed("explain", "Say which handlers would run on an event, and why not the others", [what], parsed =>
            (context, _) => Task.FromResult(HandlersCommand.Explain(context, parsed.GetValue(what)!, parsed.GetValue(host), parsed.GetValue(from))), [host, from]);
    }

    private Command Kept()
    {
        var host = new Option<string?>("--host") { Description = "Only what this host keeps", HelpName = "NAME" };
        var state = new DoorOptions().State;
        return CreateNamed("kept", "Show events that wait on this machine's hosts: to be acknowledged, to be handled, begun and not ended", [], parsed =>
            (context, _) => Task.FromResult(KeptCommand.Run(context, parsed.GetValue(host), parsed.GetValue(state))), [host, state]);
    }

    private Command Handlers()
    {
        var host = new Option<string?>("--host") { Description = "Only those of this host", HelpName = "NAME" };
        return Create("handlers", "Show what would run, where, on which event", (_, parsed) =>
            (context, _) => Task.FromResult(HandlersCommand.List(context, parsed.GetValue(host))), host);
    }

    private Command Keys()
    {
        var keys = new Command("keys", "Manage the keys that encrypt the gossip");
        Command Create(string command, string description, bool takesKey)
        {
            var door = new DoorOptions();
            var key = new Argument<string>("KEY") { Description = "16, 24 or 32 bytes in base64; \"serf keygen\" makes one" };
            return CreateNamed(command, description, takesKey ? [key] : [], parsed =>
                (context, token) => MembershipCommands.KeysAsync(context, door.Of(parsed), command, takesKey ? parsed.GetValue(key) : null, token), door.All);
        }
        keys.Subcommands.Add(Create("list", "Show the keys, and how many members have each", takesKey: false));
        keys.Subcommands.Add(Create("install", "Let every member learn a key", takesKey: true));
        keys.Subcommands.Add(Create("use", "Let every member encrypt with a key that all have learned", takesKey: true));
        keys.Subcommands.Add(Create("remove", "Let every member forget a key", takesKey: true));
        return keys;
    }

    private Command RoundTrip()
    {
        var door = new DoorOptions();
        var a = new Argument<string>("A") { Description = "A member" };
        var b = new Argument<string?>("B") { Description = "Another one [default: the Serf agent that is asked, as the first]", Arity = ArgumentArity.ZeroOrOne };
        return CreateNamed("rtt", "Estimate the round trip time between two members", [a, b], parsed =>
            (context, token) => MembershipCommands.RoundTripAsync(context, door.Of(parsed), parsed.GetValue(a)!, parsed.GetValue(b), token), door.All);
    }

    private Command Handle()
    {
        var state = new DoorOptions().State;
        var script = new Option<bool>("--print-script") { Description = "Print an -event-handler that starts in milliseconds and hands the event to what runs of the fleet here" };
        return Create("handle", "Handle the event that a Serf agent tells: be its -event-handler", (_, parsed) =>
            (context, token) => parsed.GetValue(script)
                ? Task.FromResult(HandleCommand.PrintScript(context, parsed.GetValue(state)))
                : HandleCommand.RunAsync(context, parsed.GetValue(state), token), state, script);
    }

    private static Argument<string> Name => new("NAME") { Description = "The event's or the query's name" };

    private static Argument<string?> Payload => new("PAYLOAD") { Description = "Text that goes with it; - reads it from standard input", Arity = ArgumentArity.ZeroOrOne };

    // Where the arguments are taken, the fleet is named by an option.
    private Command CreateNamed(string name, string description, IReadOnlyList<Argument> arguments,
        Func<ParseResult, Func<FleetContext, CancellationToken, Task<int>>> bind, IReadOnlyList<Option> options)
    {
        var fleet = new Option<string?>("--fleet") { Description = "The fleet [default: the current folder's]", HelpName = "DIR|FILE" };
        var command = new Command(name, description) { fleet };
        foreach (var argument in arguments) command.Arguments.Add(argument);
        foreach (var option in options) command.Options.Add(option);
        command.SetAction((parsed, token) => _run(parsed.GetValue(fleet), bind(parsed), token));
        return command;
    }

    /// <summary>The options that say how to reach the members.</summary>
    private sealed class DoorOptions
    {
        private readonly Option<string?> _rpc = new("--rpc")
        {
            Description = "The RPC address of a Serf agent [default: what runs of the fleet here, then SERF_RPC_ADDR, then 127.0.0.1:7373]",
            HelpName = "ADDR:PORT",
        };

        private readonly Option<string?> _authFile = new("--rpc-auth-file") { Description = "A file with its RPC token [default: SERF_RPC_AUTH]", HelpName = "FILE" };

        private readonly Option<string?> _host = new("--host") { Description = "The host of the fleet that this machine is", HelpName = "NAME" };

        public Option<string?> State { get; } = new("--state") { Description = "Where agents keep their state [default: .flotilla beside fleet.cs]", HelpName = "DIR" };

        public IReadOnlyList<Option> All => [_rpc, _authFile, _host, State];

        public DoorChoice Of(ParseResult parsed) => new(parsed.GetValue(_rpc), parsed.GetValue(_authFile), parsed.GetValue(_host), parsed.GetValue(State));
    }
}
