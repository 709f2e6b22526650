using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Flotilla.Apps;
using Flotilla.Core;
using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>
/// Tells the other hosts where the instances of this one are, and knows where theirs are: so that an app finds another one wherever it
/// runs. What a host tells is one event, sent after each change, when somebody joins, and now and then, because events may get lost.
/// </summary>
internal sealed class EndpointExchange
{
    /// <summary>The name of the event. Its payload is a line for each port: <c>shop-0 http up http://10.0.0.1:20000/</c>.</summary>
    public const string EventName = EventLimits.OwnPrefix + "endpoints";

    // Changes come in bursts: an instance starts, and is healthy.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    // Hosts that join come in bursts too, and all others answer each.
    private static readonly TimeSpan GreetMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(30);

    private readonly string _host;
    private readonly IEventBus _bus;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Func<IEnumerable<InstanceSnapshot>> _own;
    private readonly Action<Func<IReadOnlyList<Endpoint>>> _publish;
    private readonly Func<EventPayload, CancellationToken, Task> _send;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Told> _others = new(StringComparer.Ordinal);
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _hasJoined;

    /// <param name="host">This host.</param>
    /// <param name="bus">What it hears.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads what many would send at once.</param>
    /// <param name="own">The instances of this host.</param>
    /// <param name="publish">Is told that the endpoints of the fleet have changed, and how to get them.</param>
    /// <param name="send">Sends the event.</param>
    public EndpointExchange(string host, IEventBus bus, TimeProvider time, Random random, Func<IEnumerable<InstanceSnapshot>> own,
        Action<Func<IReadOnlyList<Endpoint>>> publish, Func<EventPayload, CancellationToken, Task> send)
    {
        (_host, _bus, _time, _random, _own, _publish, _send) = (host, bus, time, random, own, publish, send);
        bus.Subscribe(delivery => Receive(delivery.Event));
    }

    /// <summary>Every endpoint that this host knows of, its own first.</summary>
    public IReadOnlyList<Endpoint> All
    {
        get
        {
            var own = _own().SelectMany(Endpoint.Of).ToList();
            lock (_lock) return [.. own, .. _others.Values.SelectMany(told => told.Endpoints)];
        }
    }

    /// <summary>An instance of this host has changed.</summary>
    public void Changed()
    {
        _publish(() => All);
        _due.Writer.TryWrite(true);
    }

    /// <summary>Tells the others, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task<bool>? due = null;
        async Task<bool> DueAsync() => await _due.Reader.WaitToReadAsync(cancellationToken);
        while (true)
        {
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                due ??= DueAsync();
                await Task.WhenAny(due, WaitAsync(Repeat + _random.NextDouble() * Gather, either.Token));
                either.Cancel();
            }
            cancellationToken.ThrowIfCancellationRequested();
            if (due.IsCompleted) due = null;
            bool hasJoined;
            lock (_lock) (hasJoined, _hasJoined) = (_hasJoined, false);
            await _time.Delay(hasJoined ? Gather + _random.NextDouble() * GreetMax : Gather, cancellationToken);
            _due.Reader.TryRead(out _);
            await _send(EventPayload.FromText(Write(_own())), cancellationToken);
        }
    }

    internal static string Write(IEnumerable<InstanceSnapshot> instances)
    {
        var text = new StringBuilder();
        foreach (var endpoint in instances.SelectMany(Endpoint.Of))
            text.Append(CultureInfo.InvariantCulture, $"{endpoint.Instance} {endpoint.Port} {(endpoint.IsUp ? "up" : "down")} {endpoint.Url}\n");
        return text.ToString();
    }

    /// <summary>What another host told; lines that are none are left out: it may run a newer program.</summary>
    internal static IReadOnlyList<Endpoint> Read(string host, string text) =>
        [.. text.Split('\n').Select(line => line.Split(' ')).Select(words => words is [var instance, var port, var state, var url]
            && InstanceId.TryParse(instance, out var id) && Uri.TryCreate(url, UriKind.Absolute, out var parsed)
                ? new Endpoint(id, host, port, parsed, state == "up")
                : null).OfType<Endpoint>()];

    // A wait whose end by cancellation nobody looks at.
    private async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            await _time.Delay(time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The other one came first.
        }
    }

    private void Receive(FleetEvent heard)
    {
        switch (heard)
        {
            case UserEvent { Name: EventName } told when told.Origin != _host:
                lock (_lock)
                {
                    // An event that was overtaken by a later one of the same host says nothing any more.
                    if (_others.TryGetValue(told.Origin, out var before) && before.LamportTime >= told.LamportTime) return;
                    _others[told.Origin] = new Told(told.LamportTime, Read(told.Origin, told.Payload.Text));
                }
                _publish(() => All);
                break;
            case MemberEvent { Change: MemberChange.Join } joined when joined.Member.Name != _host:
                lock (_lock) _hasJoined = true;
                _due.Writer.TryWrite(true);
                break;
            case MemberEvent { Change: MemberChange.Failed or MemberChange.Leave or MemberChange.Reap } gone:
                lock (_lock)
                    if (!_others.Remove(gone.Member.Name)) return;
                _publish(() => All);
                break;
        }
    }

    private sealed record Told(ulong LamportTime, IReadOnlyList<Endpoint> Endpoints);
}
