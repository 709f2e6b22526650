using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Flotilla.Apps;
using Flotilla.Commands;
using Flotilla.Events;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>Answers other commands on a Unix socket: one line of JSON each way; <c>tail</c> gets a line for each event.</summary>
internal sealed class ControlServer : IDisposable
{
    private static readonly TimeSpan RequestMax = TimeSpan.FromSeconds(10);
    private const int RequestCharsMax = 1 << 20;
    private const int TailMax = 10_000;
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _socket;
    private readonly string _path;
    private readonly FleetRuntime _runtime;
    private readonly SerfPlace? _serf;

    private ControlServer(Socket socket, string path, FleetRuntime runtime, SerfPlace? serf) =>
        (_socket, _path, _runtime, _serf) = (socket, path, runtime, serf);

    /// <param name="path">Where the socket is.</param>
    /// <param name="runtime">Of what is asked.</param>
    /// <param name="serf">The agent of Serf that the fleet's bus is; null for a bus within the process.</param>
    public static ControlServer Start(string path, FleetRuntime runtime, SerfPlace? serf = null)
    {
        // The caller holds the fleet's lock, so a socket that is there was left behind by one that died.
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        var server = new ControlServer(socket, path, runtime, serf);
        _ = server.AcceptAsync();
        return server;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    _ = ServeAsync(await _socket.AcceptAsync(_stopping.Token));
                }
                catch (SocketException) when (!_stopping.IsCancellationRequested)
                {
                    // It passes: too many files are open, say.
                    await Task.Delay(AcceptPause, _stopping.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The fleet stops.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            ControlReply reply;
            try
            {
                var request = await ReadAsync(stream);
                if (request?.Do is ControlRequest.Tail or ControlRequest.Follow)
                {
                    await (request.Do is ControlRequest.Tail ? TailAsync(stream) : FollowAsync(stream));
                    return;
                }
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                limit.CancelAfter(RequestMax + TimeSpan.FromSeconds(request?.TimeoutSeconds ?? 0));
                reply = await AnswerAsync(request, limit.Token);
            }
            catch (Exception e) when (e is not (IOException or OperationCanceledException))
            {
                reply = ControlReply.Of(e);
            }
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, FleetJson.Default.ControlReply), _stopping.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The asker is gone or too slow; it is its loss alone.
        }
    }

    private async Task<ControlReply> AnswerAsync(ControlRequest? request, CancellationToken cancellationToken)
    {
        if (request?.Do is ControlRequest.Apps) return new ControlReply([.. _runtime.Instances.Select(InstanceOutput.Of)]);
        if (request?.Do is ControlRequest.Where) return new ControlReply(Serf: _serf);
        if (_runtime.Agents is not [var agent, ..]) return new ControlReply(Error: "No host of the fleet is up.");
        var payload = request?.Bytes is { } bytes ? EventPayload.FromBytes(bytes) : EventPayload.FromText(request?.Payload ?? "");
        switch (request?.Do)
        {
            case ControlRequest.Send:
                await agent.Events.SendAsync(request.Name ?? "", payload, cancellationToken);
                return new ControlReply();
            case ControlRequest.Members:
                return new ControlReply(Members: [.. agent.Bus.Members.Select(MemberOutput.Of)]);
            case ControlRequest.Query:
                var timeout = request.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
                return new ControlReply(Query: QueryReply.Of(
                    await agent.Events.QueryAsync(new Query(request.Name ?? "", payload, timeout, request.Role, Hosts: request.Hosts), cancellationToken)));
            case ControlRequest.SendReliably when request.Targets is { } targets:
                return new ControlReply(Delivery: await agent.Events.SendReliablyAsync(request.Name ?? "", payload, targets,
                    TimeSpan.FromSeconds(request.TimeoutSeconds ?? 0), cancellationToken));
            case ControlRequest.Inflict when request.Fault is { } fault && InstanceId.TryParse(request.Instance, out var id):
                return new ControlReply(IsDone: await _runtime.DoAsync(id, fault, cancellationToken));
            case ControlRequest.Restart when request.Instance is { } instance:
                return new ControlReply(IsDone: await agent.Apps[request.Name ?? ""].RestartAsync(instance, cancellationToken));
            case ControlRequest.Restart:
                await agent.Apps[request.Name ?? ""].RestartAsync(cancellationToken);
                return new ControlReply(IsDone: true);
            case ControlRequest.Http when request.Request is { } call:
                return new ControlReply(Http: await agent.Http.SendAsync(call, cancellationToken));
            case ControlRequest.Apply:
                return new ControlReply(Applied: AppliedReply.Of(await agent.ApplyAsync(cancellationToken)));
            case ControlRequest.Deliver when request.Call is { } told:
                return await DeliverAsync(told, cancellationToken);
            case ControlRequest.Forward:
                var forwarded = ForwardedCall.Read(request.Payload ?? "");
                return new ControlReply(Forwarded: ForwardedCall.Reply(ScriptOutcome.Of(forwarded, (await DeliverAsync(forwarded, cancellationToken)).Script!)));
            default:
                return new ControlReply(Error: $"\"{request?.Do}\" is nothing that a running fleet can be asked.");
        }
    }

    // What the agent of this very node of Serf has received, it has from Serf itself.
    private async Task<ControlReply> DeliverAsync(SerfScriptCall call, CancellationToken cancellationToken)
    {
        var agents = _runtime.Agents.Where(agent => agent.Name == call.Node).ToList();
        if (agents.Count == 0) agents = [.. _runtime.Agents.Where(agent => agent.Roles.Any(call.Self.HasRole))];
        if (_serf is not null && _runtime.Agents.Any(agent => agent.Bus.Self.Name == call.Node)) return new ControlReply(Script: new ScriptReply(null, null, IsElsewhere: true));
        var answer = new ScriptAnswer();
        foreach (var happened in call.Events(_runtime.Time))
        {
            if (happened is QueryEvent && agents.Count > 0)
            {
                ((InletBus)agents[0].Joined).Deliver(new BusDelivery(happened, answer));
                return new ControlReply(Script: await answer.Said.WaitAsync(cancellationToken));
            }
            foreach (var agent in agents) ((InletBus)agent.Joined).Deliver(new BusDelivery(happened, Respond: null));
        }
        return new ControlReply(Script: new ScriptReply(null, null));
    }

    private async Task TailAsync(Stream stream)
    {
        if (_runtime.Agents is not [var agent, ..]) return;
        var heard = Channel.CreateBounded<FleetEvent>(new BoundedChannelOptions(TailMax) { FullMode = BoundedChannelFullMode.DropOldest });
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var begun = _runtime.Time.GetUtcNow();
        // The first subscriber is handed what came before; a tail begins now.
        using (agent.Bus.Subscribe(delivery =>
               {
                   if (delivery.Event.At >= begun && !EventLimits.IsOwn(delivery.Event)) heard.Writer.TryWrite(delivery.Event);
               }))
        {
            var closed = WatchAsync(stream, gone);
            await stream.WriteAsync("\n"u8.ToArray(), gone.Token);
            await foreach (var happened in heard.Reader.ReadAllAsync(gone.Token))
            {
                await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(HappenedOutput.Of(happened), FleetJson.Default.HappenedOutput), gone.Token);
                await stream.WriteAsync("\n"u8.ToArray(), gone.Token);
            }
            await closed;
        }
    }

    // How it is is looked at after what was told of it, and now and then: not all that changes is told.
    private async Task FollowAsync(Stream stream)
    {
        var next = 0;
        byte[] lastState = [];
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var closed = WatchAsync(stream, gone);
        while (!gone.IsCancellationRequested)
        {
            var changed = _runtime.Timeline.Changed;
            var entries = new List<TimelineEntryOutput>();
            for (; _runtime.Timeline.TryGet(next) is { } entry; next++) entries.Add(TimelineEntryOutput.Of(entry));
            var state = new HostState([.. _runtime.Instances.Select(InstanceOutput.Of)], [.. _runtime.Agents.Take(1).SelectMany(agent => agent.Bus.Members).Select(MemberOutput.Of)]);
            var written = JsonSerializer.SerializeToUtf8Bytes(state, FleetJson.Default.HostState);
            var isSame = written.AsSpan().SequenceEqual(lastState);
            if (entries.Count > 0 || !isSame)
            {
                lastState = written;
                await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new Followed(entries, isSame ? null : state), FleetJson.Default.Followed), gone.Token);
                await stream.WriteAsync("\n"u8.ToArray(), gone.Token);
            }
            await Task.WhenAny(changed, Task.Delay(FollowInterval, gone.Token));
        }
        await closed;
    }

    private static async Task WatchAsync(Stream stream, CancellationTokenSource gone)
    {
        try
        {
            while (await stream.ReadAsync(new byte[16], gone.Token) > 0) { }
            gone.Cancel();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It ends for another reason.
        }
    }

    private static async Task<ControlRequest?> ReadAsync(Stream stream)
    {
        using var limit = new CancellationTokenSource(RequestMax);
        return JsonSerializer.Deserialize(await ReadLineAsync(stream, limit.Token), FleetJson.Default.ControlRequest);
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var text = new System.Text.StringBuilder();
        var buffer = new char[4096];
        while (text.Length < RequestCharsMax && await reader.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            text.Append(buffer, 0, read);
            if (buffer.AsSpan(0, read).Contains('\n')) break;
        }
        return text.ToString();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _socket.Dispose();
        File.Delete(_path);
        _stopping.Dispose();
    }
}
