namespace Flotilla.Events.Tests;

/// <summary>A member of the fleet under test, with everything that it received.</summary>
internal sealed class Host : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly List<BusDelivery> _deliveries = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Waiter)> _waiting = [];
    private readonly IDisposable _subscription;

    public Host(IEventBus bus, TimeProvider time)
    {
        Bus = bus;
        Name = bus.Self.Name;
        _time = time;
        _subscription = bus.Subscribe(Receive);
    }

    public string Name { get; }

    public IEventBus Bus { get; }

    /// <summary>Called on each query, by default without a reaction.</summary>
    public Func<QueryEvent, IQueryResponder, Task> OnQuery { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<FleetEvent> Events
    {
        get
        {
            lock (_gate) return [.. _deliveries.Select(delivery => delivery.Event)];
        }
    }

    public IReadOnlyList<UserEvent> UserEvents => [.. Events.OfType<UserEvent>()];

    public IReadOnlyList<string> Changes => [.. Events.OfType<MemberEvent>().Select(e => e.ToString())];

    public MemberStatus? StatusOf(string member) => Bus.Members.FirstOrDefault(m => m.Name == member)?.Status;

    public int CountOf(MemberChange change, string member) =>
        Events.OfType<MemberEvent>().Count(e => e.Change == change && e.Member.Name == member);

    public Task SeesAsync(MemberChange change, string member, int times = 1) =>
        UntilAsync(() => CountOf(change, member) >= times, $"{Name} sees {change} of {member} {times} times");

    public Task ReceivesAsync(string name, int times = 1) =>
        UntilAsync(() => UserEvents.Count(e => e.Name == name) >= times, $"{Name} receives {name} {times} times");

    public ValueTask<ulong> SendAsync(string name, string payload = "") =>
        Bus.SendAsync(name, EventPayload.FromText(payload), CancellationToken.None);

    /// <summary>Ends when the condition holds; it is looked at after each delivery.</summary>
    public async Task UntilAsync(Func<bool> holds, string what)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (holds()) return;
            _waiting.Add((holds, waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
        await using var limit = _time.CreateTimer(
            _ => waiter.TrySetException(new TimeoutException($"In vain: {what}. Received: {string.Join(", ", Events)}")),
            null, Patience, Timeout.InfiniteTimeSpan);
        await waiter.Task;
    }

    public void Dispose() => _subscription.Dispose();

    private void Receive(BusDelivery delivery)
    {
        lock (_gate)
        {
            _deliveries.Add(delivery);
            foreach (var waiting in _waiting.Where(waiting => waiting.Holds()).ToArray())
            {
                waiting.Waiter.TrySetResult();
                _waiting.Remove(waiting);
            }
        }
        if (delivery is { Event: QueryEvent query, Respond: { } respond }) _ = OnQuery(query, respond);
    }
}
