using System.Net;
using System.Collections;
using System.Reflection;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Core.Machines.Real;
using Flotilla.Events;
using Flotilla.Events.Serf;
using Flotilla.Running;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

/// <summary>
/// The program as the <c>-event-handler</c> of a Serf agent: hands what Serf tells it to what runs of the fleet on this machine,
/// or runs the handlers itself.
/// </summary>
internal static class HandleCommand
{
    private static readonly TimeSpan AgentWait = TimeSpan.FromSeconds(1);

    /// <summary>Says where the <c>flotilla</c> command lies that has started this fleet's program.</summary>
    private const string CommandVariable = "FLOTILLA_COMMAND";

    /// <summary>True when Serf has started this program.</summary>
    public static bool IsCalled(IReadOnlyList<string> args) => args.Count == 0 && Environment.GetEnvironmentVariable(SerfScriptCall.EventVariable) is { Length: > 0 };

    public static Task<int> RunAsync(FleetContext context, string? state, CancellationToken cancellationToken) => MembershipCommands.GuardAsync(async () =>
    {
        var call = SerfScriptCall.Read(Variables(), await ReadAsync(cancellationToken));
        using var said = new StringWriter();
        // Serf takes all that a program prints for its answer; what handlers print themselves is none.
        if (call.IsQuery) System.Console.SetOut(said);
        var folder = state ?? Environment.GetEnvironmentVariable("FLOTILLA_STATE") ?? FleetState.FolderOf(context.Folder);
        // Another host's agent on this machine has the event from its own node.
        foreach (var socket in new[] { FleetState.Socket(FleetState.AgentFolder(folder, call.Node)), FleetState.Socket(FleetState.FolderOf(context.Folder)) })
            if (File.Exists(socket) && await ControlClient.AskAsync(socket, new ControlRequest(ControlRequest.Deliver, Call: call), cancellationToken) is { Script: { } reply })
                return Finish(ScriptOutcome.Of(call, reply));
        if (call.WhyIncomplete is not null) return Finish(ScriptOutcome.Of(call, new ScriptReply(null, null)));
        return await RunHereAsync(context, call, folder, cancellationToken);
    });

    /// <summary>Prints the script that stands before this program and starts faster.</summary>
    public static int PrintScript(FleetContext context, string? state)
    {
        var fleet = context.Fleet.Build();
        var folder = Path.GetFullPath(state ?? FleetState.FolderOf(context.Folder));
        var sockets = fleet.Hosts.Select(host => KeyValuePair.Create(host.Name, FleetState.Socket(FleetState.AgentFolder(folder, host.Name))));
        var runtime = Environment.ProcessPath!;
        // The command builds the fleet again when it has changed; a program alone is what it is.
        string[] program = Environment.GetEnvironmentVariable(CommandVariable) is { Length: > 0 } command
            ? [runtime, command, "handle", Path.GetFullPath(context.Folder)]
            : Path.GetFileNameWithoutExtension(runtime) == "dotnet" ? [runtime, Assembly.GetEntryAssembly()!.Location, "handle"] : [runtime, "handle"];
        context.Terminal.Output.Write(ForwarderScript.Write(fleet.Name, sockets, FleetState.Socket(FleetState.FolderOf(context.Folder)),
            state is null ? program : [.. program, "--state", folder]));
        return ExitCodes.Done;
    }

    private static async Task<int> RunHereAsync(FleetContext context, SerfScriptCall call, string state, CancellationToken cancellationToken)
    {
        // Asked for first, as Serf needs a while for them.
        var members = TryMembersAsync(call, cancellationToken);
        var fleet = context.Fleet.Build();
        var host = HostOf(fleet, call);
        var folder = FleetState.AgentFolder(state, host.Name);
        Directory.CreateDirectory(folder);
        var memory = new MemoryJournal();
        await using var file = new FileJournal(FleetState.Journal(folder));
        await using var bus = new ScriptBus(call, await members);
        var inlet = new InletBus(bus);
        await using var world = new HostWorld(folder, new LocalMachine(host.Name, "/"), inlet, new CompositeJournal(memory, file), IPAddress.Loopback.ToString(), _ => { });
        await using var agent = new HostAgent(fleet, host, world, new Timeline(TimeProvider.System));
        agent.Listen();
        var answer = new ScriptAnswer();
        foreach (var happened in call.Events(TimeProvider.System))
            inlet.Deliver(new BusDelivery(happened, happened is QueryEvent ? answer : null));
        await agent.IdleAsync(cancellationToken);
        var failed = memory.Runs.GroupBy(run => (run.EventId, run.Handler)).Select(runs => runs.Last())
            .Where(run => run.Outcome is not HandlerOutcome.Completed).Select(run => $"{run.Handler}: {run.Error}").ToList();
        var reply = call.IsQuery && answer.Said.IsCompleted ? await answer.Said : new ScriptReply(null, null);
        return Finish(ScriptOutcome.Of(call, reply, failed.Count == 0 ? null : string.Join('\n', failed)));
    }

    private static int Finish(ScriptOutcome outcome)
    {
        if (!outcome.Output.IsEmpty)
        {
            using var output = System.Console.OpenStandardOutput();
            output.Write(outcome.Output.Span);
        }
        if (outcome.Error is not null) System.Console.Error.WriteLine(outcome.Error);
        return outcome.Code;
    }

    private static HostDescription HostOf(FleetDescription fleet, SerfScriptCall call)
    {
        var declared = fleet.Hosts.FirstOrDefault(host => host.Name == call.Node);
        var roles = call.Self.Roles.Count > 0 ? call.Self.Roles : declared?.Roles ?? [];
        var known = roles.Where(role => fleet.Roles.Any(other => other.Name == role)).ToList();
        return new HostDescription(call.Node.Length > 0 ? call.Node : Environment.MachineName, known,
            call.Tags.Where(tag => tag.Key != Member.RoleTag).ToDictionary(), fleet.Declared);
    }

    // Who has which role is for handlers that ask for the role of an event's origin; without it, they do not run.
    private static async Task<IReadOnlyList<Member>> TryMembersAsync(SerfScriptCall call, CancellationToken cancellationToken)
    {
        try
        {
            await using var guest = await SerfGuest.ConnectAsync(new TcpSerfTransport(), new DoorChoice().Serf with { ConnectTimeout = AgentWait, RequestTimeout = AgentWait },
                TimeProvider.System, Random.Shared, cancellationToken);
            return guest.Name == call.Node ? await guest.MembersAsync(cancellationToken) : [];
        }
        catch (Exception e) when (e is ProblemException or SerfException or IOException or TimeoutException)
        {
            return [];
        }
    }

    private static async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await using var input = System.Console.OpenStandardInput();
        await input.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
}
