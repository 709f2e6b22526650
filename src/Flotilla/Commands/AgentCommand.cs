using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Reflection;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;
using Flotilla.Running;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

/// <summary>What the user said about the agent beside <see cref="DoorChoice"/>.</summary>
/// <param name="WithSerf">Starts the Serf agent, too.</param>
/// <param name="Bind">Where that one gossips.</param>
/// <param name="Join">Whom it joins.</param>
/// <param name="Root">The tree that is acted on; null for this machine.</param>
/// <param name="Leave">Lets also a Serf agent leave that was there before.</param>
internal sealed record AgentChoice(bool WithSerf, string? Bind, IReadOnlyList<string> Join, string? Root, bool Leave);

/// <summary>Runs one host of the fleet on this machine, as a member of a cluster of Serf.</summary>
internal static class AgentCommand
{
    private static readonly TimeSpan JoinMax = TimeSpan.FromSeconds(10);
    private static readonly string[] OwnTags = [Running.Tags.Role, Running.Tags.Version];

    public static Task<int> RunAsync(FleetContext context, DoorChoice door, AgentChoice choice, CancellationToken cancellationToken) =>
        MembershipCommands.GuardAsync(() => RunCheckedAsync(context, door, choice, cancellationToken));

    private static async Task<int> RunCheckedAsync(FleetContext context, DoorChoice door, AgentChoice choice, CancellationToken cancellationToken)
    {
        if (choice.Bind is not null && !choice.WithSerf)
            throw new ProblemException(new Problem("--bind says where a Serf agent gossips, and none is started.", Fix: "Add --with-serf, or leave out --bind."));
        var fleet = context.Fleet.Build();
        var timeline = new Timeline(TimeProvider.System);
        TimelinePrinter.Follow(timeline, context.Terminal, isResult: true);
        var serf = door.Serf;
        var node = choice.WithSerf ? null : await NodeAsync(serf, cancellationToken);
        var (host, isDeclared) = HostOf(fleet, door.Host, node);
        if (!isDeclared) fleet = fleet with { Hosts = [.. fleet.Hosts, host] };
        if (node is not null && node.Name != host.Name)
            throw new ProblemException(new Problem($"The Serf agent at {serf.Address} is node \"{node.Name}\", and this is host \"{host.Name}\".",
                Why: "Members know a host by the name of its node.", Fix: $"Start it with serf agent -node={host.Name}, or say --host {node.Name}."));
        var machine = PlanCommand.MachineOf(host, choice.Root);

        using var state = FleetState.OpenAgent(door.State ?? FleetState.FolderOf(context.Folder), host.Name);
        var own = node is null ? [] : NodeTags.Own(state.Folder, node.Tags).ToDictionary();
        var tags = TagsOf(host, own);
        EventLimitsCheck(host, tags);
        if (node is not null) new NodeTags(own, tags).Keep(state.Folder);
        await using var process = choice.WithSerf
            ? await SerfProcess.StartAsync(new SerfProcessOptions(host.Name, serf.Address, choice.Bind, choice.Join, tags, serf.Token, state.Folder),
                text => timeline.Add(TimelineKinds.Note, host.Name, text), cancellationToken)
            : null;
        var connection = await SerfConnection.OpenAsync(new TcpSerfTransport(), serf, TimeProvider.System, Random.Shared, null, cancellationToken);
        var attached = await SerfBus.AttachAsync(connection, new SerfBusOptions
        {
            Tags = tags,
            // Who starts together comes up in any order: the Serf agent that is started here tries until one answers.
            Join = choice.WithSerf ? [] : choice.Join,
            Report = text => timeline.Add(TimelineKinds.Note, host.Name, text),
        }, TimeProvider.System, cancellationToken);
        if (choice.WithSerf && choice.Join.Count > 0) await UntilJoinedAsync(attached, choice.Join, text => timeline.Add(TimelineKinds.Note, host.Name, text), cancellationToken);
        var bus = new InletBus(attached, token => LeaveAsync(attached, process, choice.Leave, serf, host.Name, own, state.Folder, token));
        await using var journal = new FileJournal(FleetState.Journal(state.Folder));
        await using var world = new HostWorld(state.Folder, machine, bus, journal, AddressOf(attached.Self.Address, text => timeline.Add(TimelineKinds.Note, host.Name, text)), violation => timeline.Add(TimelineKinds.Violation, "flotilla", violation));
        context.Interruption.AtOnce.Register(() => _ = world.DisposeAsync().AsTask());
        var runtime = new FleetRuntime(fleet, world, timeline, host);
        var place = new SerfPlace(serf.Address.ToString(), door.AuthFile is null ? null : Path.GetFullPath(door.AuthFile));
        using var control = ControlServer.Start(FleetState.Socket(state.Folder), runtime, place);
        try
        {
            await runtime.StartAsync(handlersOnly: !isDeclared, cancellationToken);
            context.Terminal.Note($"{host.Name} of {fleet.Name} runs ({Roles(host)}){(isDeclared ? "" : ", only its handlers: fleet.cs does not declare it")}. Ctrl-C stops it.", Tone.Faint);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            await runtime.StopAsync(context.Interruption.AtOnce);
        }
        return ExitCodes.Done;
    }

    /// <summary>
    /// Which host this is: the one that was named, else the one of the node's or the machine's name, else the only one. A node that the
    /// fleet does not declare is a host with the roles of its tag.
    /// </summary>
    internal static (HostDescription Host, bool IsDeclared) HostOf(FleetDescription fleet, string? named, Member? node)
    {
        if (named is null && node is not null)
        {
            if (fleet.Hosts.FirstOrDefault(host => host.Name == node.Name) is { } same) return (same, true);
            var roles = node.Roles.Where(role => fleet.Roles.Any(known => known.Name == role)).ToList();
            if (roles.Count > 0) return (new HostDescription(node.Name, roles, Others(node.Tags), fleet.Declared), false);
            throw new ProblemException(new Problem($"The fleet has no host \"{node.Name}\", as the node of Serf is called, and its tag role names no role of the fleet.",
                Why: node.Roles.Count == 0 ? "It has no tag role." : $"Its tag role is \"{node.Tags[Member.RoleTag]}\"; the fleet has {string.Join(", ", fleet.Roles.Select(role => role.Name))}.",
                Fix: $"Declare it in fleet.cs, or give the node a role: serf tags -set role={fleet.Roles.Select(role => role.Name).FirstOrDefault("NAME")}."));
        }
        return PlanCommand.Targets(fleet, named) is [var host]
            ? (host, true)
            : throw new ProblemException(new Problem($"Which host of the fleet is this machine? Its name, {Environment.MachineName}, is none of them.",
                Fix: $"Say it: --host NAME. {Suggestion.Sentence("", [.. fleet.Hosts.Select(known => known.Name)])}"));
    }

    /// <summary>What stands in the tag <c>version</c>: that of the program, and unless it was given one, what tells its builds apart.</summary>
    internal static string VersionOf(Assembly program)
    {
        var version = program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return version is null or "1.0.0" ? program.ManifestModule.ModuleVersionId.ToString("N")[..8] : version;
    }

    // Who does not know the others yet would start what one of them may be running in its place.
    private static async Task UntilJoinedAsync(SerfBus bus, IReadOnlyList<string> join, Action<string> report, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var begin = Stopwatch.GetTimestamp();
        while (bus.Members.Count(member => member.Status is MemberStatus.Alive) < 2)
        {
            if (Stopwatch.GetElapsedTime(begin) > JoinMax)
            {
                report($"nobody has answered at {string.Join(", ", join)} for {JoinMax.TotalSeconds} s: this host begins alone, and goes on trying to join");
                return;
            }
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    // Where Serf says that the host is, its instances are too: the others know that address.
    private static string AddressOf(string member, Action<string> report)
    {
        if (IPAddress.TryParse(member, out var address) && NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Any(known => known.Address.Equals(address) || (IPAddress.IsLoopback(known.Address) && IPAddress.IsLoopback(address))))
            return address.ToString();
        report($"the address by which members know this host, {member}, is none of its own: its instances listen on {IPAddress.Loopback} only");
        return IPAddress.Loopback.ToString();
    }

    private static async Task<Member> NodeAsync(SerfOptions serf, CancellationToken cancellationToken)
    {
        await using var guest = await SerfGuest.ConnectAsync(new TcpSerfTransport(), serf, TimeProvider.System, Random.Shared, cancellationToken);
        return (await guest.MembersAsync(cancellationToken)).First(member => member.Name == guest.Name);
    }

    private static Dictionary<string, string> TagsOf(HostDescription host, Dictionary<string, string> own)
    {
        var tags = new Dictionary<string, string>(own);
        foreach (var (name, value) in Running.Tags.Of(host)) tags[name] = value;
        tags[Running.Tags.Version] = VersionOf(Assembly.GetEntryAssembly() ?? typeof(AgentCommand).Assembly);
        return tags;
    }

    private static void EventLimitsCheck(HostDescription host, IReadOnlyDictionary<string, string> tags)
    {
        var size = tags.Sum(tag => System.Text.Encoding.UTF8.GetByteCount(tag.Key) + System.Text.Encoding.UTF8.GetByteCount(tag.Value) + 2) + 2;
        if (size > EventLimits.TagsBytesMax)
            throw new ProblemException(new Problem($"The tags of host \"{host.Name}\" are too large for Serf.", host.Declared,
                $"Encoded they take about {size:N0} bytes, role and version included; the limit is {EventLimits.TagsBytesMax}.", "Keep in tags only what selects hosts."));
    }

    // A Serf agent that this program did not start outlives it. Its tags are as they were, so that nobody asks a role that is gone.
    private static async Task LeaveAsync(SerfBus bus, SerfProcess? process, bool leave, SerfOptions serf, string node,
        Dictionary<string, string> own, string folder, CancellationToken cancellationToken)
    {
        process?.ExpectEnd();
        if (process is not null || leave)
        {
            await bus.LeaveAsync(cancellationToken);
            return;
        }
        await bus.DisposeAsync();
        try
        {
            await using var client = await SerfClient.ConnectAsync(new TcpSerfTransport(), serf, TimeProvider.System, cancellationToken);
            var present = (await client.MembersAsync(cancellationToken)).FirstOrDefault(member => member.Name == node)?.Tags.Keys ?? [];
            await client.TagsAsync(own, [.. present.Where(name => !own.ContainsKey(name))], cancellationToken);
            NodeTags.Forget(folder);
        }
        catch (Exception e) when (e is ProblemException or SerfException or SerfConnectionException or SerfTimeoutException)
        {
            // The Serf agent has ended before, and its tags with it.
        }
    }

    private static Dictionary<string, string> Others(IReadOnlyDictionary<string, string> tags) =>
        tags.Where(tag => !OwnTags.Contains(tag.Key)).ToDictionary();

    private static string Roles(HostDescription host) => string.Join(", ", host.Roles.DefaultIfEmpty("no role"));
}
