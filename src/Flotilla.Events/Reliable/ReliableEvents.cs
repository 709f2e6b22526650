using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>
/// Events that reach their targets for sure, over a bus that may lose them: kept by the sender until each target has acknowledged
/// that it keeps them too, sent again until then, and handed to the handlers of a target once.
/// </summary>
/// <remarks>
/// Handlers listen to <see cref="Bus"/> in place of the bus itself, and get reliable events as <see cref="UserEvent"/>s with a
/// <see cref="UserEvent.ReliableId"/>; the order in which two of them arrive is not that in which they were sent. The sender carries on after a restart with
/// what its store has, and a <see cref="HandlerDispatcher"/> over the same store with what was not yet handled. Several events travel in
/// one query, addressed to the members they are for; a member that does not acknowledge is left to a lane of its own, so that the
/// others do not wait for it. How two hosts come to agree that an event was received, when any message may be lost, is that of
/// J. H. Saltzer, D. P. Reed and D. D. Clark, "End-to-End Arguments in System Design" (1984): repeat, and suppress duplicates at the end.
/// </remarks>
public sealed class ReliableEvents : IAsyncDisposable
{
    /// <summary>The largest payload of a reliable event: a kibibyte below that of others.</summary>
    public const int PayloadBytesMax = EventLimits.PayloadBytesMax - 1024;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ReliableBus _bus;
    private readonly ReliableOptions _options;
    private readonly ReliableReceiver _receiver;
    private readonly ReliableSender _sender;
    private Task _running = Task.CompletedTask;
    private bool _started;
    private bool _stopped;

    /// <summary>Reliable events that do not travel until <see cref="Start"/>.</summary>
    /// <param name="bus">What they travel on. Nobody else listens to it; it stays the caller's to dispose of.</param>
    /// <param name="store">What keeps them. It stays the caller's to dispose of.</param>
    /// <param name="time">Times resending and expiry.</param>
    /// <param name="random">Spreads the delays before resending; locked while in use.</param>
    /// <param name="options">How they travel.</param>
    /// <exception cref="ProblemException">The options make no sense: all mistakes at once.</exception>
    public ReliableEvents(IEventBus bus, IEventStore store, TimeProvider time, Random random, ReliableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        _options = options ?? new ReliableOptions();
        Problem[] mistakes = [.. _options.Mistakes()];
        if (mistakes.Length > 0) throw new ProblemException(mistakes);
        _receiver = new ReliableReceiver(store, _options, received => _bus!.Deliver(received));
        _sender = new ReliableSender(bus, store, time, random, _options);
        _bus = new ReliableBus(bus, _receiver.Offer, _sender.MemberChanged);
    }

    /// <summary>The bus for handlers: everything that the bus beneath delivers, and the reliable events.</summary>
    public IEventBus Bus => _bus;

    /// <summary>How many events are kept for targets that have not acknowledged them.</summary>
    public int Outgoing => _sender.Count;

    /// <summary>How many events have come that this host had before, since it was started: each was acknowledged once more, and handled once.</summary>
    public long Duplicates => _receiver.Duplicates;

    /// <summary>Sends and receives from now on, on the context of the caller; begins with what the store still has to send.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        lock (_gate)
        {
            if (_started || _stopped) throw new InvalidOperationException("Reliable events start once.");
            _started = true;
        }
        _sender.Resume();
        _running = Task.WhenAll(_receiver.RunAsync(_stopping.Token), _sender.RunAsync(_stopping.Token));
    }

    /// <summary>
    /// Sends an event until each target has acknowledged it or it expires. When this returns its task the event is kept, and goes on
    /// also when nobody waits for the task, and after a restart.
    /// </summary>
    /// <param name="name">As for <see cref="IEventBus.SendAsync"/>.</param>
    /// <param name="payload">At most <see cref="PayloadBytesMax"/>.</param>
    /// <param name="targets">
    /// Who is to get it. A role and tags choose among the members as they are known now, the failed ones included.
    /// </param>
    /// <param name="expires">How long it is tried; <see cref="ReliableOptions.Expires"/> when null.</param>
    /// <param name="cancellationToken">Stops waiting; the event goes on.</param>
    /// <exception cref="ProblemException">Name, payload or expiry is not allowed, nobody is a target, or too many events wait.</exception>
    /// <exception cref="IOException">The store could not keep it; it was not sent.</exception>
    /// <exception cref="EventBusClosedException">This member is gone while it waited; the event goes on after its restart.</exception>
    public Task<ReliableDelivery> SendAsync(
        string name, EventPayload payload, ReliableTargets targets, TimeSpan? expires, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(targets);
        EventLimits.CheckEvent("event", name, payload);
        if (payload.Length > PayloadBytesMax)
            throw new ProblemException(new Problem(
                $"The payload of the reliable event \"{name}\" is too large.",
                Why: $"It has {payload.Length:N0} bytes; the limit is {PayloadBytesMax:N0}.",
                Fix: "Send where the content is to be found instead of the content."));
        var expiry = expires ?? _options.Expires;
        if (expiry <= TimeSpan.Zero)
            throw new ProblemException(new Problem(
                $"The reliable event \"{name}\" expires after {expiry.TotalSeconds:0.###} s.", Fix: "Give it a time above zero."));
        cancellationToken.ThrowIfCancellationRequested();
        var names = targets.Resolve(_bus.Members);
        if (_sender.Count >= _options.OutgoingMax)
            throw new ProblemException(new Problem(
                $"The reliable event \"{name}\" cannot be kept.",
                Why: $"{_sender.Count:N0} events wait to be acknowledged by their targets, which is the limit.",
                Fix: "Wait for their deliveries before sending more, or see why the targets do not acknowledge."));
        lock (_gate)
            if (_stopped) throw new EventBusClosedException(_bus.Self.Name, "has stopped");
        return WaitAsync(_sender.Add(name, payload, names, expiry), cancellationToken);
    }

    /// <summary>Ends when every event has reached its targets or expired.</summary>
    public Task IdleAsync(CancellationToken cancellationToken) => WaitAsync(_sender.Idle(), cancellationToken);

    /// <summary>
    /// Stops sending and receiving. What is not acknowledged stays in the store; who waits for it gets an <see cref="EventBusClosedException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
        }
        _bus.Detach();
        _stopping.Cancel();
        _receiver.Stop();
        _sender.Stop();
        await _running;
        _stopping.Dispose();
    }

    private static async Task<T> WaitAsync<T>(TaskCompletionSource<T> done, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled) return await done.Task;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (waiter, token) => ((TaskCompletionSource)waiter!).TrySetCanceled(token), waiter);
        _ = ForwardAsync(done.Task, waiter);
        await waiter.Task;
        return await done.Task;
    }

    private static async Task ForwardAsync(Task done, TaskCompletionSource waiter)
    {
        try
        {
            await done;
        }
        catch (EventBusClosedException)
        {
            // The one who waits sees it when it looks at the task itself.
        }
        waiter.TrySetResult();
    }
}
