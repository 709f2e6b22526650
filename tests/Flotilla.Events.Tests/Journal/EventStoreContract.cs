using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Events.Tests;

/// <summary>What every store of events does, also when its program is killed at any point.</summary>
public abstract class EventStoreContract
{
    private protected static readonly DateTimeOffset At = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A new store.</summary>
    protected abstract IEventStore Create();

    /// <summary>The store as the next program finds it after this one was killed.</summary>
    protected abstract IEventStore Killed(IEventStore store);

    [Fact]
    public void What_has_begun_and_not_ended_is_known_after_a_crash()
    {
        var store = Create();
        store.Begin("h", "a", At).ShouldBe(EventClaim.New);
        store.Begin("h", "b", At).ShouldBe(EventClaim.New);
        store.Done("h", "b", HandlerOutcome.Completed);
        store = Killed(store);
        store.Unfinished().ShouldBe([new UnfinishedRun("h", "a", At, 1)]);
        store.Begin("h", "b", At).ShouldBe(EventClaim.Done);
        store.Begin("h", "a", At).ShouldBe(EventClaim.Unfinished);
        store.Begin("other", "b", At).ShouldBe(EventClaim.New);
        store.Dispose();
    }

    [Fact]
    public void What_was_received_and_not_handled_waits_after_a_crash_as_it_came()
    {
        var store = Create();
        var plain = new UserEvent("deploy", EventPayload.FromBytes([0, 255, 7]), "db-1", ulong.MaxValue, At.AddTicks(1));
        store.Keep(plain);
        store.Keep(plain);
        store.Receive("web-1/a", 1, [Numbered(1), Numbered(2)]).Count.ShouldBe(2);
        store = Killed(store);
        store.Waiting().ShouldBe([plain, Numbered(1).Event, Numbered(2).Event]);
        store.Handled(plain.Id);
        store.Handled(Numbered(1).Event.Id);
        store.Handled("nobody knows");
        store = Killed(store);
        store.Waiting().ShouldBe([Numbered(2).Event]);
        store.WaitingCount.ShouldBe(1);
        store.Dispose();
    }

    [Fact]
    public void A_reliable_event_is_new_once_even_after_it_was_handled_and_below_the_floor()
    {
        var store = Create();
        store.Receive("web-1/a", 1, [Numbered(3)]).Count.ShouldBe(1);
        store.Handled(Numbered(3).Event.Id);
        store = Killed(store);
        store.Receive("web-1/a", 3, [Numbered(3), Numbered(4)]).ShouldBe([Numbered(4).Event]);
        store.Receive("web-1/a", 4, []).ShouldBeEmpty();
        store = Killed(store);
        store.Receive("web-1/a", 1, [Numbered(1), Numbered(3)]).ShouldBeEmpty("the sender had said that it sends no lower number");
        store.Receive("web-1/b", 1, [Numbered(3, "web-1/b")]).Count.ShouldBe(1, "another incarnation counts for itself");
        store.Dispose();
    }

    [Fact]
    public void What_is_to_be_sent_is_known_after_a_crash_and_numbers_never_come_twice()
    {
        var store = Create();
        var first = store.Enqueue("a", EventPayload.FromText("1"), ["web-2", "web-1"], At, At.AddHours(1));
        var second = store.Enqueue("b", EventPayload.Empty, ["web-1"], At, At.AddHours(1));
        store.Acknowledge([first.Number, 99], "web-2");
        store.Acknowledge([first.Number], "nobody");
        store.Tried([first.Number, 99]);
        store.Close([second.Number]);
        var incarnation = store.Incarnation;
        store = Killed(store);
        var left = store.Outgoing().ShouldHaveSingleItem();
        (left.Number, left.Name, left.Payload.Text, left.At, left.ExpiresAt).ShouldBe((first.Number, "a", "1", At, At.AddHours(1)));
        left.Targets.ShouldBe(["web-1", "web-2"]);
        left.Acknowledged.ShouldBe(["web-2"]);
        left.Missing.ShouldBe(["web-1"]);
        left.Tries.ShouldBe(1);
        store.Enqueue("c", EventPayload.Empty, ["web-1"], At, At).Number.ShouldBeGreaterThan(second.Number);
        store.Incarnation.ShouldBe(incarnation);
        store.Dispose();
    }

    /// <summary>Any sequence of calls, with crashes anywhere, leaves what the plain store in memory says.</summary>
    [Fact]
    public void Any_calls_with_crashes_between_leave_what_the_model_says() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte What, byte A, byte B)[]>(), calls =>
        {
            var model = new MemoryEventStore();
            var store = Create();
            foreach (var call in calls)
            {
                if (call.What % 10 == 9)
                {
                    store = Killed(store);
                    continue;
                }
                Do(store, call).ShouldBe(Do(model, call));
            }
            store = Killed(store);
            State(store).ShouldBe(State(model));
            store.Dispose();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Tests));

    /// <summary>How many sequences are tried.</summary>
    protected virtual int Tests => 200;

    private static string Do(IEventStore store, (byte What, byte A, byte B) call)
    {
        var (a, b) = (call.A % 3 + 1, call.B % 3 + 1);
        switch (call.What % 10)
        {
            case 0: return store.Begin($"h{a}", $"e{b}", At.AddSeconds(a)).ToString();
            case 1:
                store.Done($"h{a}", $"e{b}", HandlerOutcome.Completed);
                return "";
            case 2:
                store.Keep(new UserEvent($"n{a}", EventPayload.Empty, "x", (ulong)b, At));
                return "";
            case 3: return Text(store.Receive($"s{a % 2}", b - 1, [Numbered(b, $"s{a % 2}"), Numbered(a, $"s{a % 2}")]));
            case 4:
                store.Handled(a % 2 == 0 ? $"user:n{a}:{b}:x" : Numbered(b, $"s{a % 2}").Event.Id);
                return "";
            case 5: return store.Enqueue($"n{a}", EventPayload.FromText($"{b}"), [$"m{a}", "m9"], At, At.AddMinutes(b)).Number.ToString();
            case 6:
                store.Acknowledge([a, b], $"m{a}");
                return "";
            case 7:
                store.Tried([a, b]);
                return "";
            default:
                store.Close([a + b]);
                return "";
        }
    }

    private static string State(IEventStore store) =>
        $"{string.Join("; ", store.Unfinished())} | {Text(store.Waiting())} {store.WaitingCount} | "
        + string.Join("; ", store.Outgoing().Select(outgoing =>
            $"{outgoing.Number} {outgoing.Name} {outgoing.Payload} {string.Join(",", outgoing.Targets)} {string.Join(",", outgoing.Acknowledged)} {outgoing.Tries}"));

    private static string Text(IReadOnlyList<UserEvent> events) => string.Join("; ", events.Select(e => e.Id));

    private protected static NumberedEvent Numbered(long number, string source = "web-1/a") => new(number,
        new UserEvent("e", EventPayload.FromText($"{number}"), "web-1", (ulong)number, At) { ReliableId = $"reliable:{source}/{number}" });
}

public sealed class MemoryEventStoreTests : EventStoreContract
{
    protected override IEventStore Create() => new MemoryEventStore();

    protected override IEventStore Killed(IEventStore store) => store;
}
