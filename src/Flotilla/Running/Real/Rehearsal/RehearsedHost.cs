using System.Diagnostics;
using System.Globalization;
using Flotilla.Apps;
using Flotilla.Commands;
using Flotilla.Core;
using Flotilla.Core.Http;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Events;
using Flotilla.Resources;

namespace Flotilla.Running.Real.Rehearsal;

/// <summary>One host of a rehearsal: a process <c>agent</c> in a network of its own, which is asked over its socket.</summary>
internal sealed class RehearsedHost : IHost, IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Asking = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<RehearsedHost, TimelineEntryOutput> _happened;
    private readonly HostDescription _host;
    private readonly Process _process;
    private readonly string _log;
    private readonly string _socket;
    private Task _following = Task.CompletedTask;
    private Known _known = new([], []);

    private RehearsedHost(HostDescription host, FleetDescription fleet, Process process, string folder, IMachine machine, Action<RehearsedHost, TimelineEntryOutput> happened)
    {
        (_host, _process, _happened, Files) = (host, process, happened, machine);
        (_log, _socket) = (Log(folder), FleetState.Socket(FleetState.AgentFolder(folder, host.Name)));
        Http = new AgentHttp(this);
        Events = new AgentEvents(this);
        Apps = new HostApps(host.Name, [.. fleet.RolesOf(host).SelectMany(role => role.Apps).Select(app => new AgentApp(this, app.App.Name))]);
    }

    public string Name => _host.Name;

    public IReadOnlyList<string> Roles => _host.Roles;

    public IHostApps Apps { get; }

    public IMachine Files { get; }

    public IHttp Http { get; }

    public IHostEvents Events { get; }

    public TimeProvider Time => TimeProvider.System;

    public Random Random => Random.Shared;

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>As the agent told last.</summary>
    public IReadOnlyList<InstanceSnapshot> Instances => Volatile.Read(ref _known).Instances;

    /// <summary>Starts the agent; it is ready after <see cref="UntilReadyAsync"/>.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="host">Which host of it.</param>
    /// <param name="network">Where it runs.</param>
    /// <param name="join">Whom it joins.</param>
    /// <param name="program">The fleet's program and its first arguments.</param>
    /// <param name="folder">Where everything of this host lies.</param>
    /// <param name="happened">Told of every entry of the agent's timeline, one after the other.</param>
    public static RehearsedHost Start(FleetDescription fleet, HostDescription host, HostNetwork network, IReadOnlyList<string> join,
        IReadOnlyList<string> program, string folder, Action<RehearsedHost, TimelineEntryOutput> happened)
    {
        var root = Path.Combine(folder, "root");
        LocalFleetWorld.PrepareRoot(root);
        var through = network.Through(host.Name);
        List<string> arguments =
        [
            // The terminal's Ctrl-C is for the rehearsal, which tells its hosts.
            .. through, "setsid", "sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", Log(folder),
            .. program, "agent", "--host", host.Name, "--with-serf", "--bind", $"{network.AddressOf(host.Name)}:7946", "--rpc", "127.0.0.1:7373",
            "--root", root, "--state", folder, "--output", "text",
            .. join.SelectMany(address => new[] { "--join", address }),
        ];
        var process = Process.Start(new ProcessStartInfo(arguments[0], arguments.Skip(1)))!;
        return new RehearsedHost(host, fleet, process, folder, new LocalMachine(host.Name, root, through), happened);
    }

    /// <summary>Waits until the agent answers, and hears it from then on.</summary>
    /// <exception cref="ProblemException">It ended, or does not answer.</exception>
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartMax);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await ControlClient.AskAsync(_socket, new ControlRequest(ControlRequest.Where), limit.Token) is null)
            {
                if (_process.HasExited) throw NotUp($"It ended with code {_process.ExitCode}.");
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotUp($"It does not answer within {StartMax.TotalSeconds} s.");
        }
        _following = FollowAsync();
    }

    /// <summary>Asks the agent to stop, and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_process.HasExited) using (Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) { }
        await _process.WaitForExitAsync(cancellationToken);
        await _following.WaitAsync(cancellationToken);
    }

    /// <summary>False when no instance of this name runs here.</summary>
    public async Task<bool> DoAsync(InstanceId instance, InstanceFault fault, CancellationToken cancellationToken) =>
        (await AskAsync(new ControlRequest(ControlRequest.Inflict, Instance: instance.ToString(), Fault: fault), cancellationToken)).IsDone == true;

    public Task<CommandResult> RunAsync(string program, params IReadOnlyList<string> arguments) => Files.RunAsync(new Command(program, arguments), Stopping);

    /// <summary>The report tells what became of each resource, without the changes in detail.</summary>
    public async Task<ApplyReport> ApplyAsync(CancellationToken cancellationToken = default) =>
        (await AskAsync(new ControlRequest(ControlRequest.Apply, TimeoutSeconds: Asking.TotalSeconds), cancellationToken)).Applied!.ToReport(Name);

    public void Note(string text) => _happened(this, new TimelineEntryOutput(Time.GetUtcNow(), TimelineKinds.Note, Name, text));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        _process.Dispose();
        _stopping.Dispose();
    }

    private static string Log(string folder) => Path.Combine(folder, "agent.log");

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var followed in ControlClient.FollowAsync(_socket, Stopping))
            {
                if (followed.State is { } state)
                    Volatile.Write(ref _known, new Known([.. state.Instances.Select(instance => instance.ToSnapshot())], [.. state.Members.Select(member => member.ToMember())]));
                foreach (var entry in followed.Entries) _happened(this, entry);
            }
        }
        catch (OperationCanceledException)
        {
            // The host is gone.
        }
        Volatile.Write(ref _known, new Known([], []));
    }

    private async Task<ControlReply> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Stopping, cancellationToken);
        return (await ControlClient.AskAsync(_socket, request, either.Token) ?? throw new IOException($"The agent of {Name} has stopped meanwhile.")).OrThrow();
    }

    private ProblemException NotUp(string why)
    {
        var last = File.Exists(_log) ? File.ReadLines(_log).Where(line => line.Trim().Length > 0).TakeLast(3).ToList() : [];
        return new ProblemException(new Problem($"The agent of {Name} cannot be started.",
            Why: last.Count == 0 ? why : $"{why} It said last: {string.Join(" / ", last.Select(line => line.Trim()))}", Fix: $"Look into {_log}."));
    }

    // As the agent told last.
    private sealed record Known(IReadOnlyList<InstanceSnapshot> Instances, IReadOnlyList<Member> Members);

    private sealed class AgentHttp(RehearsedHost host) : IHttp
    {
        public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(call);
            try
            {
                return (await host.AskAsync(new ControlRequest(ControlRequest.Http, Request: call,
                    TimeoutSeconds: (call.Timeout ?? HttpCall.DefaultTimeout).TotalSeconds), cancellationToken)).Http!;
            }
            catch (Exception e) when (e is ProblemException or IOException)
            {
                throw new HttpCallException(e.Message, e);
            }
        }
    }

    private sealed class AgentEvents(RehearsedHost host) : IHostEvents
    {
        private IEventDoor Door => new ControlDoor(host._socket, $"the agent of {host.Name}");

        public IReadOnlyList<Member> Members => Volatile.Read(ref host._known).Members;

        public Task SendAsync(string name, EventPayload payload, CancellationToken cancellationToken = default) => Door.SendAsync(name, payload, cancellationToken);

        public async Task<ReliableDelivery> SendReliablyAsync(
            string name, EventPayload payload, ReliableTargets targets, TimeSpan? expires = null, CancellationToken cancellationToken = default) =>
            (await host.AskAsync(new ControlRequest(ControlRequest.SendReliably, name, Bytes: payload.Bytes.ToArray(), Targets: targets,
                TimeoutSeconds: (expires ?? TimeSpan.FromHours(1)).TotalSeconds), cancellationToken)).Delivery!;

        public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken = default) => Door.QueryAsync(query, cancellationToken);
    }

    private sealed class AgentApp(RehearsedHost host, string name) : IHostApp
    {
        public string Name => name;

        public IReadOnlyList<InstanceSnapshot> Instances => [.. host.Instances.Where(instance => instance.Id.App == name)];

        public async Task<bool> RestartAsync(string instance, CancellationToken cancellationToken = default) =>
            (await host.AskAsync(new ControlRequest(ControlRequest.Restart, name, Instance: instance, TimeoutSeconds: Asking.TotalSeconds), cancellationToken)).IsDone == true;

        public Task RestartAsync(CancellationToken cancellationToken = default) =>
            host.AskAsync(new ControlRequest(ControlRequest.Restart, name, TimeoutSeconds: Asking.TotalSeconds), cancellationToken);
    }
}
