using System.CommandLine;

namespace Flotilla.Commands;

/// <summary>
/// The commands that a fleet has. A fleet's own program runs them; the <c>flotilla</c> command has the same tree and hands
/// its arguments on to the program that it builds.
/// </summary>
public sealed partial class FleetCommands
{
    internal delegate Task<int> Runner(string? location, Func<FleetContext, CancellationToken, Task<int>> run, CancellationToken cancellationToken);

    private readonly Runner _run;

    internal FleetCommands(Runner run) => _run = run;

    /// <summary>The same commands, each of which only says which fleet it is about.</summary>
    /// <param name="forward">Given the fleet's file or folder if one was named; its result is the exit code.</param>
    public static IReadOnlyList<Command> Forwarded(Func<string?, CancellationToken, Task<int>> forward) =>
        new FleetCommands((location, _, cancellationToken) => forward(location, cancellationToken)).All;

    internal IReadOnlyList<Command> All => [Describe(), Lock(), Plan(), Apply(), Up(), Simulate(), Rehearse(), Apps(), Agent(), Members(), Event(), Query(), Events(), Handlers(), Keys(), RoundTrip(), Handle()];

    private static Argument<string?> Location => new("DIR|FILE")
    {
        Description = "The fleet: a fleet.cs, or a folder that holds one or lies below one [default: the current folder]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static Option<string?> Host => new("--host") { Description = "Which host of the fleet this machine is [default: the one of this machine's name]", HelpName = "NAME" };

    private static Option<string?> Root => new("--root") { Description = "Act on the tree below DIR, as in a chroot, instead of on this machine", HelpName = "DIR" };

    private Command Describe() => Create("describe", "Show what the fleet declares", (_, _) => DescribeCommand.Run);

    private Command Lock()
    {
        var graph = new Option<string?>("--graph") { Description = "The graph of images [default: .flotilla/images or graph, in the fleet's folder or above]", HelpName = "DIR" };
        return Create("lock", "Pin the images that the fleet uses to their newest versions", (_, parsed) => (context, _) => Task.FromResult(LockCommand.Run(context, parsed.GetValue(graph))), graph);
    }

    private Command Plan()
    {
        var host = Host;
        var root = Root;
        var check = new Option<bool>("--check") { Description = "Exit with 1 when there are changes to make" };
        var inspect = new Option<bool>("--inspect") { Description = "Inspect the fleet's code too; exit with 1 when something is found" };
        return Create("plan", "Show what apply would change on this machine", (_, parsed) =>
            (context, token) => PlanCommand.RunAsync(context, parsed.GetValue(host), parsed.GetValue(root), parsed.GetValue(check), parsed.GetValue(inspect), token), host, root, check, inspect);
    }

    private Command Apply()
    {
        var host = Host;
        var root = Root;
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        return Create("apply", "Bring this machine to its declared state", (_, parsed) =>
            (context, token) => ApplyCommand.RunAsync(context, parsed.GetValue(host), parsed.GetValue(root), parsed.GetValue(yes), token), host, root, yes);
    }

    private Command Up()
    {
        var scenario = new Option<string?>("--scenario") { Description = "Play a scenario for real, or all of them, then stop", HelpName = "NAME|all" };
        return Create("up", "Run the whole fleet on this machine, each host in a sandbox, until Ctrl-C", (_, parsed) =>
            (context, token) => UpCommand.RunAsync(context, parsed.GetValue(scenario), token), scenario);
    }

    private Command Simulate()
    {
        var scenario = new Option<string?>("--scenario") { Description = "Play one scenario only", HelpName = "NAME" };
        var seed = new Option<int>("--seed") { Description = "Decides all that is left to chance", HelpName = "N", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int>("--seeds") { Description = "Play under N seeds, beginning with --seed", HelpName = "N", DefaultValueFactory = _ => 1 };
        seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--seeds is how many seeds to play under: at least 1.");
        });
        var network = new Option<string?>("--network") { Description = "How members hear of each other: serf (as late and lossy as Serf) or quick (milliseconds, nothing lost) [default: serf for several hosts, quick for one]", HelpName = "serf|quick" };
        network.AcceptOnlyFromAmong("quick", "serf");
        return Create("simulate", "Play the fleet's scenarios in virtual time", (_, parsed) =>
            (context, _) => Task.FromResult(SimulateCommand.Run(context, parsed.GetValue(scenario), parsed.GetValue(seed), parsed.GetValue(seeds), parsed.GetValue(network))),
            scenario, seed, seeds, network);
    }

    private Command Rehearse()
    {
        var scenario = new Option<string?>("--scenario") { Description = "Play one scenario only", HelpName = "NAME" };
        return Create("rehearse", "Play the fleet's scenarios on this machine, each host with its own network, Serf agent and agent (takes root)", (_, parsed) =>
            (context, token) => RehearseCommand.RunAsync(context, parsed.GetValue(scenario), token), scenario);
    }

    private Command Events()
    {
        var last = new Option<int>("--last") { Description = "How many runs of handlers to show", HelpName = "N", DefaultValueFactory = _ => 50 };
        var events = Create("events", "Show which handlers ran, on what, how long, with what result", (_, parsed) =>
            (context, _) => Task.FromResult(EventsCommand.List(context, parsed.GetValue(last))), last);

        var name = new Argument<string>("NAME") { Description = "The event's name" };
        var payload = new Argument<string?>("PAYLOAD") { Description = "Text that goes with it; - reads it from standard input", Arity = ArgumentArity.ZeroOrOne };
        var fleet = new Option<string?>("--fleet") { Description = "The fleet [default: the current folder's]", HelpName = "DIR|FILE" };
        var send = new Command("send", "Send a user event to the fleet that is up") { name, payload, fleet };
        send.SetAction((parsed, token) => _run(parsed.GetValue(fleet),
            (context, inner) => EventsCommand.SendAsync(context, parsed.GetValue(name)!, parsed.GetValue(payload), inner), token));
        events.Subcommands.Add(send);
        events.Subcommands.Add(Tail());
        events.Subcommands.Add(Explain());
        events.Subcommands.Add(Kept());
        return events;
    }

    private Command Apps() => Create("apps", "Show the fleet's apps and, while it is up, their instances", (_, _) => AppsCommand.RunAsync);

    private Command Create(string name, string description,
        Func<string?, ParseResult, Func<FleetContext, CancellationToken, Task<int>>> bind, params Option[] options)
    {
        var location = Location;
        var command = new Command(name, description) { location };
        foreach (var option in options) command.Options.Add(option);
        command.SetAction((parsed, token) => _run(parsed.GetValue(location), bind(parsed.GetValue(location), parsed), token));
        return command;
    }
}
