using Flotilla.Core;
using Flotilla.Core.Simulated;
using Flotilla.Testing;

namespace Flotilla.Events.Tests;

public sealed class HandlerDispatcherTests
{
    private static readonly EventFilter All = EventFilter.User("*");

    private static readonly HandlerBody Nothing = (_, _, _) => Task.FromResult<object?>(null);

    [Fact]
    public void Every_handler_that_fits_runs_and_no_other() => Rig.InSimulation(async rig =>
    {
        List<string> notes = [];
        rig.Note("a", EventFilter.User("slow"), notes).Note("b", EventFilter.User("s*"), notes).Note("c", EventFilter.User("fast"), notes);
        await using var dispatcher = rig.Start();
        await rig.SendAsync("slow");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["a: Completed", "b: Completed"]);
        notes.ShouldBe(["user \"slow\"", "user \"slow\""]);
    });

    [Fact]
    public void A_default_handler_runs_only_when_no_other_fits() => Rig.InSimulation(async rig =>
    {
        rig.On("named", EventFilter.User("known"), Nothing).On("rest", EventFilter.User("*") with { IsDefault = true }, Nothing);
        await using var dispatcher = rig.Start();
        await rig.SendAsync("known");
        await rig.SendAsync("unknown");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["named: Completed", "rest: Completed"]);
        dispatcher.Matching(new UserEvent("known", EventPayload.Empty, "web-1", 1, default)).Single().Name.ShouldBe("named");
        dispatcher.Matching(new UserEvent("other", EventPayload.Empty, "web-1", 1, default)).Single().Name.ShouldBe("rest");
    });

    [Fact]
    public void The_journal_says_what_ran_for_how_long_and_with_what_result() => Rig.InSimulation(async rig =>
    {
        rig.On("restart", All, async (e, run, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(3), rig.Time, token);
            return new { Restarted = ((UserEvent)e).Payload.Text, run.Attempt };
        });
        await using var dispatcher = rig.Start();
        await rig.SendAsync("slow", "shop-0");
        await rig.SendAsync("slow", "shop-1");
        await dispatcher.IdleAsync(default);
        Snapshot.Matches(string.Join('\n', rig.Journal.Records), "journal");
        rig.Journal.Count(HandlerOutcome.Started).ShouldBe(2);
        rig.Journal.Count(HandlerOutcome.Completed).ShouldBe(2);
    });

    [Fact]
    public void A_slow_handler_delays_no_other() => Rig.InSimulation(async rig =>
    {
        rig.On("slow", All, async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), rig.Time, token);
            return null;
        });
        rig.On("quick", All, Nothing);
        await using var dispatcher = rig.Start();
        for (var i = 0; i < 10; i++) await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Journal.Runs.Where(run => run.Handler == "quick").ShouldAllBe(run => run.Waited == TimeSpan.Zero);
        rig.Journal.Runs.Where(run => run.Handler == "slow").Select(run => run.Waited.TotalSeconds)
            .ShouldBe(Enumerable.Range(0, 10).Select(i => 2.0 * i));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Concurrency_is_kept_and_used(int concurrency) => Rig.InSimulation(async rig =>
    {
        int running = 0, most = 0;
        rig.On("h", All, async (_, _, token) =>
        {
            most = Math.Max(most, ++running);
            await Task.Delay(TimeSpan.FromSeconds(1), rig.Time, token);
            running--;
            return null;
        }, new HandlerOptions(Concurrency: concurrency));
        await using var dispatcher = rig.Start();
        for (var i = 0; i < 20; i++) await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        most.ShouldBe(Math.Min(concurrency, 20));
        rig.Journal.Count(HandlerOutcome.Completed).ShouldBe(20);
    });

    [Fact]
    public void A_body_that_ends_with_its_token_is_recorded_as_timed_out_at_once() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), rig.Time, token);
            return null;
        }, new HandlerOptions(Timeout: TimeSpan.FromSeconds(10)));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        var run = rig.Journal.Runs.Single();
        (run.Outcome, run.Took, run.Error).ShouldBe((HandlerOutcome.TimedOut, TimeSpan.FromSeconds(10), "It did not end within 10 s."));
    });

    // With the real clock: the simulated one has timers of any length.
    [Fact]
    public async Task A_limit_longer_than_a_timer_lasts_harms_no_run()
    {
        var rig = new Rig(TimeProvider.System);
        rig.On("h", All, Nothing, new HandlerOptions(Timeout: TimeSpan.FromDays(60)));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["h: Completed"]);
    }

    [Fact]
    public void A_limit_of_days_ends_a_body_when_they_are_over()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            var rig = new Rig(world.Clock);
            rig.On("h", All, async (_, _, token) =>
            {
                for (var day = 0; day < 100; day++) await Task.Delay(TimeSpan.FromDays(1), rig.Time, token);
                return null;
            }, new HandlerOptions(Timeout: TimeSpan.FromDays(60.5)));
            await using var dispatcher = rig.Start();
            await rig.SendAsync("e");
            await dispatcher.IdleAsync(default);
            var run = rig.Journal.Runs.Single();
            (run.Outcome, run.Took).ShouldBe((HandlerOutcome.TimedOut, TimeSpan.FromDays(60.5)));
        }, TimeSpan.FromDays(200));
    }

    [Fact]
    public void A_body_that_ignores_its_token_is_given_up_and_the_next_event_runs() => Rig.InSimulation(async rig =>
    {
        var first = true;
        rig.On("h", All, async (_, _, _) =>
        {
            if (!first) return null;
            first = false;
            await Task.Delay(TimeSpan.FromHours(1), rig.Time, CancellationToken.None);
            throw new InvalidOperationException("nobody hears this");
        }, new HandlerOptions(Timeout: TimeSpan.FromSeconds(10)));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["h: TimedOut", "h: Completed"]);
        rig.Journal.Runs[0].Took.ShouldBe(TimeSpan.FromSeconds(10.1));
        rig.Journal.Runs[1].Waited.ShouldBe(TimeSpan.FromSeconds(10.1));
        await Task.Delay(TimeSpan.FromHours(2), rig.Time);
        rig.Journal.Records.Count.ShouldBe(4);
    });

    [Fact]
    public void A_failure_is_tried_again_after_growing_delays_and_then_recorded() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, (_, run, _) => throw new InvalidOperationException($"attempt {run.Attempt}"),
            new HandlerOptions(Attempts: 4, RetryAfter: new Backoff(TimeSpan.FromSeconds(1), Jitter: 0)));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Journal.Runs.Select(run => (run.Attempt, run.Outcome)).ShouldBe(Enumerable.Range(1, 4).Select(i => (i, HandlerOutcome.Failed)));
        rig.Journal.Runs.Select(run => run.Waited.TotalSeconds).ShouldBe([0, 1, 3, 7]);
        rig.Journal.Runs[3].Error!.ShouldContain("attempt 4");
        rig.Journal.Runs[3].Error!.ShouldContain(nameof(HandlerDispatcherTests));
    });

    [Fact]
    public void A_retry_that_succeeds_ends_the_trying() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, async (_, run, token) =>
        {
            if (run.Attempt == 1) await Task.Delay(TimeSpan.FromHours(1), rig.Time, CancellationToken.None);
            if (run.Attempt == 2) throw new InvalidOperationException();
            return $"attempt {run.Attempt}";
        }, new HandlerOptions(Attempts: 5, Timeout: TimeSpan.FromSeconds(1)));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["h: TimedOut", "h: Failed", "h: Completed"]);
        rig.Journal.Runs[2].Result.ShouldBe("attempt 3");
    });

    [Fact]
    public void A_full_queue_drops_what_comes_and_says_so() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), rig.Time, token);
            return null;
        }, new HandlerOptions(QueueLimit: 2));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("running");
        await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Time);
        for (var i = 0; i < 5; i++) await rig.SendAsync($"e{i}");
        await dispatcher.IdleAsync(default);
        dispatcher.Dropped.ShouldBe(3);
        rig.Journal.Count(HandlerOutcome.Completed).ShouldBe(3);
        var dropped = rig.Journal.Runs.First(run => run.Outcome == HandlerOutcome.Dropped);
        (dropped.EventText, dropped.Attempt).ShouldBe(("user \"e2\"", 0));
        dropped.Error.ShouldBe("2 events were waiting for handler h, which is its limit.");
    });

    [Fact]
    public void An_event_that_comes_twice_is_handled_once() => Rig.InSimulation(async rig =>
    {
        var twice = new TwiceBus(rig.Bus);
        List<HandlerRegistration> handlers = [new("h", All, Nothing, HandlerOptions.Default, null)];
        await using var dispatcher = new HandlerDispatcher(twice, handlers, rig.Journal, rig.Time, rig.Random, Invariants.Throwing);
        dispatcher.Start();
        await rig.SendAsync("e");
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Journal.Count(HandlerOutcome.Completed).ShouldBe(2);
    });

    [Fact]
    public void The_memory_of_ids_is_bounded_and_tells_when_a_handler_begins_twice()
    {
        var ids = new RecentIds(capacity: 2);
        ids.Add("a");
        ids.Add("b");
        ids.Begin("a").ShouldBeTrue();
        ids.Begin("a").ShouldBeFalse();
        ids.Add("c");
        ids.Contains("a").ShouldBeFalse();
        ids.Contains("b").ShouldBeTrue();
        ids.Begin("a").ShouldBeTrue();
    }

    [Fact]
    public void A_key_that_cannot_be_made_is_recorded_as_a_failure() => Rig.InSimulation(async rig =>
    {
        rig.On("h", EventFilter.Query("*"), Nothing, new HandlerOptions(SerialBy: _ => throw new InvalidOperationException("no key")));
        await using var dispatcher = rig.Start();
        var result = await rig.AskAsync("q");
        result.Failures.Single().Message.ShouldContain("no key");
        rig.Outcomes.ShouldBe(["h: Failed"]);
    });

    [Fact]
    public void Stopping_cancels_what_runs_and_what_waits() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), rig.Time, token);
            return null;
        }, new HandlerOptions(Timeout: Timeout.InfiniteTimeSpan));
        var dispatcher = rig.Start();
        await rig.SendAsync("runs");
        await rig.SendAsync("waits");
        await Task.Delay(TimeSpan.FromSeconds(1), rig.Time);
        await dispatcher.DisposeAsync();
        await dispatcher.DisposeAsync();
        rig.Journal.Runs.Select(run => (run.EventText, run.Attempt, run.Outcome, run.Error)).ShouldBe(
        [
            ("user \"waits\"", 0, HandlerOutcome.Cancelled, "The host stopped before it began."),
            ("user \"runs\"", 1, HandlerOutcome.Cancelled, "The host stopped before it ended."),
        ]);
        await rig.SendAsync("late");
        rig.Journal.Records.Count.ShouldBe(3);
    });

    [Fact]
    public void Stopping_waits_at_most_five_seconds_for_a_body_that_ignores_it() => Rig.InSimulation(async rig =>
    {
        rig.On("h", EventFilter.Query("*"), async (_, _, _) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), rig.Time, CancellationToken.None);
            return null;
        }, new HandlerOptions(Timeout: Timeout.InfiniteTimeSpan));
        var dispatcher = rig.Start();
        var asked = rig.AskAsync("q", TimeSpan.FromHours(3));
        await Task.Delay(TimeSpan.FromSeconds(1), rig.Time);
        var begin = rig.Time.GetTimestamp();
        await dispatcher.DisposeAsync();
        rig.Time.GetElapsedTime(begin).ShouldBe(TimeSpan.FromSeconds(5));
        rig.Outcomes.ShouldBe(["h: Cancelled"]);
        (await asked).Failures.Single().Message.ShouldBe("Handler h: The host stopped, and it went on although it was cancelled.");
        await Task.Delay(TimeSpan.FromHours(2), rig.Time);
        rig.Journal.Records.Count.ShouldBe(2);
    });

    [Fact]
    public void Stopping_ends_the_wait_for_a_retry() => Rig.InSimulation(async rig =>
    {
        rig.On("h", EventFilter.Query("*"), (_, _, _) => throw new InvalidOperationException("broken"),
            new HandlerOptions(Attempts: 2, RetryAfter: new Backoff(TimeSpan.FromHours(1), Max: TimeSpan.FromHours(1))));
        var dispatcher = rig.Start();
        var asked = rig.AskAsync("q", TimeSpan.FromHours(3));
        await Task.Delay(TimeSpan.FromSeconds(1), rig.Time);
        await dispatcher.DisposeAsync();
        (await asked).Failures.Single().Message.ShouldBe("Handler h: InvalidOperationException: broken");
    });

    [Fact]
    public void What_must_never_happen_is_thrown_to_who_waits() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, Nothing);
        var dispatcher = new HandlerDispatcher(
            rig.Bus, [new("h", All, Nothing, HandlerOptions.Default, null)], new BrokenJournal(), rig.Time, rig.Random, Invariants.Throwing);
        dispatcher.Start();
        await rig.SendAsync("e");
        var error = await Thrown.ByAsync<InvalidOperationException>(async () => await dispatcher.IdleAsync(default));
        error.InnerException!.Message.ShouldBe("disk");
        await Thrown.ByAsync<InvalidOperationException>(async () => await dispatcher.DisposeAsync());
    });

    [Fact]
    public void Waiting_for_idleness_can_be_given_up() => Rig.InSimulation(async rig =>
    {
        rig.On("h", All, async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), rig.Time, token);
            return null;
        });
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), rig.Time);
        await Thrown.ByAsync<OperationCanceledException>(async () => await dispatcher.IdleAsync(limit.Token));
    });

    [Fact]
    public void A_dispatcher_starts_once() => Rig.InSimulation(async rig =>
    {
        await using var dispatcher = rig.Start();
        Should.Throw<InvalidOperationException>(dispatcher.Start);
    });

    [Fact]
    public void All_mistakes_in_handlers_are_told_at_once()
    {
        var here = new SourceLocation("/home/me/fleet.cs", 14);
        var there = new SourceLocation("/home/me/fleet.cs", 20);
        HandlerRegistration[] handlers =
        [
            new("restart", All, Nothing, HandlerOptions.Default, here),
            new("restart", EventFilter.Query("x"), Nothing, new HandlerOptions(Concurrency: 0, Attempts: 0), there),
            new("", EventFilter.Members(MemberChange.Failed), Nothing, new HandlerOptions(Timeout: TimeSpan.Zero, QueueLimit: 0), null),
        ];
        var world = new SimulatedWorld(1);
        var bus = new LocalBus(world.Clock).Join("a", new Dictionary<string, string>());
        var error = Should.Throw<ProblemException>(
            () => new HandlerDispatcher(bus, handlers, new MemoryJournal(), world.Clock, world.Random, Invariants.Throwing));
        Snapshot.Matches(error.Message, "handler-mistakes");
    }

    /// <summary>A bus that delivers everything twice.</summary>
    private sealed class TwiceBus(IEventBus inner) : IEventBus
    {
        public Member Self => inner.Self;

        public IReadOnlyList<Member> Members => inner.Members;

        public ValueTask<ulong> SendAsync(string name, EventPayload payload, CancellationToken cancellationToken) =>
            inner.SendAsync(name, payload, cancellationToken);

        public Task<QueryResult> QueryAsync(Query query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public IDisposable Subscribe(Action<BusDelivery> receive) => inner.Subscribe(delivery =>
        {
            receive(delivery);
            receive(delivery);
        });

        public Task SetTagsAsync(IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
            inner.SetTagsAsync(tags, cancellationToken);

        public Task LeaveAsync(CancellationToken cancellationToken) => inner.LeaveAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class BrokenJournal : IHandlerJournal
    {
        public void Started(HandlerRecord record) => throw new IOException("disk");

        public void Finished(HandlerRecord record)
        {
        }
    }
}
