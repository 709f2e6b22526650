using System.Collections;
using System.Reflection;
using Flotilla.Core;
using Flotilla.Core.Simulated;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

/// <summary>The client on one simulated thread, where timeouts and pauses are exact.</summary>
public sealed class SerfSimulationTests
{
    private readonly SimulatedAgent _agent = new();

    [Fact]
    public void A_lost_connection_is_tried_again_with_growing_pauses_until_it_stands() => Run(async world =>
    {
        await using var connection = await OpenAsync(world, new Backoff(TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(4), Jitter: 0));
        await using var stream = await connection.StreamAsync("user", default);
        var interruptions = new List<SerfInterruption>();
        connection.Returned += interruptions.Add;
        await (await connection.ClientAsync(default)).EventAsync("before", default, false, default);
        (await NextAsync(stream)).ShouldBeOfType<SerfUserRecord>().Name.ShouldBe("before");
        var lost = world.Elapsed;
        _agent.Crash();
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        connection.IsUp.ShouldBeFalse();
        _agent.IsUp = true;
        var gap = (await NextAsync(stream)).ShouldBeOfType<SerfGapRecord>();
        // After 1, 3, 7 and 11 seconds.
        (world.Elapsed - lost).ShouldBe(TimeSpan.FromSeconds(11));
        (gap.Cause, gap.Until - gap.From).ShouldBe((SerfGapCause.Disconnected, TimeSpan.FromSeconds(11)));
        await (await connection.ClientAsync(default)).EventAsync("after", default, false, default);
        (await NextAsync(stream)).ShouldBeOfType<SerfUserRecord>().Name.ShouldBe("after");
        interruptions.Single().ShouldBe(new SerfInterruption("the agent closed it", gap.From, gap.Until, 4));
    });

    [Theory]
    [InlineData(0.2)]
    [InlineData(3)]
    [InlineData(60)]
    public void An_agent_that_is_back_is_connected_to_within_two_seconds_however_long_it_was_away(double seconds) => Run(async world =>
    {
        await using var connection = await OpenAsync(world);
        await using var stream = await connection.StreamAsync("user", default);
        _agent.Crash();
        await Task.Delay(TimeSpan.FromSeconds(seconds), world.Clock);
        _agent.IsUp = true;
        var back = world.Elapsed;
        (await NextAsync(stream)).ShouldBeOfType<SerfGapRecord>().Cause.ShouldBe(SerfGapCause.Disconnected);
        (world.Elapsed - back).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    });

    [Fact]
    public void A_stream_ends_with_its_connection_though_one_who_was_told_of_its_return_threw() => Run(async world =>
    {
        var connection = await OpenAsync(world);
        var stream = await connection.StreamAsync("user", default);
        connection.Returned += _ => throw new InvalidOperationException("oops");
        _agent.Crash();
        _agent.IsUp = true;
        (await NextAsync(stream)).ShouldBeOfType<SerfGapRecord>();
        await Task.Delay(TimeSpan.FromSeconds(10), world.Clock);
        (await Thrown.ByAsync<InvalidOperationException>(async () => await connection.DisposeAsync())).Message.ShouldBe("oops");
        (await stream.WaitToReadAsync(default)).ShouldBeFalse();
    });

    [Fact]
    public void Who_asks_meanwhile_waits_for_the_next_connection_or_the_timeout() => Run(async world =>
    {
        await using var connection = await OpenAsync(world);
        _agent.Crash();
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        var begin = world.Elapsed;
        await Thrown.ByAsync<SerfConnectionException>(async () => await connection.ClientAsync(default));
        (world.Elapsed - begin).ShouldBe(TimeSpan.FromSeconds(10));
        var waiting = connection.ClientAsync(default);
        _agent.IsUp = true;
        (await (await waiting).MembersAsync(default)).ShouldBeEmpty();
    });

    [Fact]
    public void An_agent_without_a_sign_of_life_is_given_up() => Run(async world =>
    {
        await using var connection = await OpenAsync(world);
        var client = await connection.ClientAsync(default);
        _agent.Hangs = true;
        var begin = world.Elapsed;
        var asked = client.MembersAsync(default);
        (await Thrown.ByAsync<SerfTimeoutException>(() => asked)).Command.ShouldBe("members");
        (world.Elapsed - begin).ShouldBe(TimeSpan.FromSeconds(10));
        (await client.EndedAsync()).Reason.ShouldBe("the agent has given no sign of life for 20 s");
        (world.Elapsed - begin).ShouldBe(TimeSpan.FromSeconds(25));
        _agent.Hangs = false;
        (await (await connection.ClientAsync(default)).MembersAsync(default)).ShouldBeEmpty();
    });

    [Fact]
    public void A_connection_that_is_disposed_of_ends_its_streams_and_refuses() => Run(async world =>
    {
        var connection = await OpenAsync(world);
        await using var stream = await connection.StreamAsync("user", default);
        await connection.DisposeAsync();
        await connection.DisposeAsync();
        (await stream.WaitToReadAsync(default)).ShouldBeFalse();
        (await Thrown.ByAsync<SerfConnectionException>(async () => await connection.ClientAsync(default))).Message.ShouldContain("it was closed here");
        _agent.Connects.ShouldBe(1);
    });

    [Fact]
    public void A_stream_that_is_opened_while_its_connection_is_disposed_of_is_refused() => Run(async world =>
    {
        var connection = await OpenAsync(world);
        var held = new HeldContext();
        var opening = held.Begin(() => connection.StreamAsync("user", default));
        for (var step = 0; step < 2; step++)
        {
            // The agent opens it, and then says once more that it has.
            if (step == 1) held.Go();
            await Task.Delay(TimeSpan.FromMilliseconds(1), world.Clock);
        }
        await connection.DisposeAsync();
        for (var step = 0; step < 5; step++)
        {
            held.Go();
            await Task.Delay(TimeSpan.FromMilliseconds(1), world.Clock);
        }
        (await Thrown.ByAsync<SerfConnectionException>(() => opening)).Reason.ShouldBe("it was closed here");
    });

    [Fact]
    public void A_query_that_found_no_connection_is_asked_when_there_is_one_again() => Run(async world =>
    {
        await using var bus = await AttachAsync(world);
        await using var dispatcher = Answering(bus, new MemoryJournal(), world, "here");
        _agent.Crash();
        var asked = bus.QueryAsync(new Query("load", EventPayload.Empty, TimeSpan.FromMinutes(2)), default);
        await Task.Delay(TimeSpan.FromSeconds(30), world.Clock);
        _agent.IsUp = true;
        (await asked).Answers.ShouldBe([new QueryAnswer("web-1", EventPayload.FromText("here"))]);
    });

    [Fact]
    public void A_bus_whose_agent_has_become_another_keeps_nothing_of_what_still_comes() => Run(async world =>
    {
        var reports = new List<string>();
        await using var bus = await AttachAsync(world, reports);
        _agent.Crash();
        (_agent.IsUp, _agent.Name) = (true, "web-2");
        await Task.Delay(TimeSpan.FromSeconds(5), world.Clock);
        reports.ShouldHaveSingleItem().ShouldEndWith("This bus is closed.");
        await using var other = await SerfClient.ConnectAsync(_agent, new SerfOptions(), world.Clock, default);
        for (var i = 0; i < 10; i++) await other.EventAsync($"{i}", default, false, default);
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        var inbox = typeof(SerfBus).GetField("_inbox", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(bus);
        inbox.ShouldBeAssignableTo<ICollection>()!.Count.ShouldBe(0);
    });

    [Fact]
    public void An_answer_too_large_for_one_who_is_not_Flotilla_is_no_fault_of_the_handlers() => Run(async world =>
    {
        await using var bus = await AttachAsync(world);
        var journal = new MemoryJournal();
        await using var dispatcher = Answering(bus, journal, world, new string('x', 5_000));
        await using var other = await SerfClient.ConnectAsync(_agent, new SerfOptions(), world.Clock, default);
        await using var answers = await other.QueryAsync(new SerfQueryRequest("load"), default);
        await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        answers.TryRead(out _).ShouldBeFalse();
        await bus.QueryAsync(new Query("load", EventPayload.Empty, TimeSpan.FromSeconds(1)), default);
        await dispatcher.DisposeAsync();
        journal.Count(HandlerOutcome.Completed).ShouldBe(2);
    });

    [Fact]
    public void An_answer_that_an_agent_refuses_is_a_failure_that_says_so() => Run(async world =>
    {
        _agent.AnswerBytesMax = 300;
        await using var bus = await AttachAsync(world);
        await using var dispatcher = Answering(bus, new MemoryJournal(), world, new string('x', 500));
        var result = await bus.QueryAsync(new Query("load", EventPayload.Empty, TimeSpan.FromSeconds(10)), default);
        result.Failures.ShouldHaveSingleItem().Message.ShouldStartWith("The answer is too large for Serf.");
        result.Took.ShouldBe(TimeSpan.Zero);
    });

    [Fact]
    public void What_does_not_come_back_holds_up_the_next_only_for_a_while() => Run(async world =>
    {
        var window = new SendWindow(2, TimeSpan.FromSeconds(1), world.Clock);
        await window.EnterAsync(default);
        await window.EnterAsync(default);
        var third = window.EnterAsync(default);
        third.IsCompleted.ShouldBeFalse();
        window.Leave();
        await third;
        world.Elapsed.ShouldBe(TimeSpan.Zero);
        await window.EnterAsync(default);
        world.Elapsed.ShouldBe(TimeSpan.FromSeconds(1));
        using var cancellation = new CancellationTokenSource();
        await window.EnterAsync(default);
        var fifth = window.EnterAsync(cancellation.Token);
        cancellation.Cancel();
        await Thrown.ByAsync<OperationCanceledException>(async () => await fifth);
    });

    [Fact]
    public void Turns_are_taken_in_order_and_given_up_ones_passed_over() => Run(async _ =>
    {
        var turns = new Turns();
        var first = await turns.TakeAsync(default);
        using var cancellation = new CancellationTokenSource();
        var second = turns.TakeAsync(cancellation.Token);
        var third = turns.TakeAsync(default);
        cancellation.Cancel();
        await Thrown.ByAsync<OperationCanceledException>(async () => await second);
        third.IsCompleted.ShouldBeFalse();
        first.Dispose();
        (await third).Dispose();
        (await turns.TakeAsync(default)).Dispose();
    });

    private static void Run(Func<SimulatedWorld, Task> body)
    {
        var world = new SimulatedWorld(1);
        world.Run(() => body(world));
    }

    private Task<SerfConnection> OpenAsync(SimulatedWorld world, Backoff? backoff = null) =>
        SerfConnection.OpenAsync(_agent, new SerfOptions(), world.Clock, world.Random, backoff, default);

    private async Task<SerfBus> AttachAsync(SimulatedWorld world, List<string>? reports = null)
    {
        _agent.Name = "web-1";
        var options = new SerfBusOptions { Report = line => reports?.Add(line) };
        return await SerfBus.AttachAsync(await OpenAsync(world), options, world.Clock, default);
    }

    private static HandlerDispatcher Answering(SerfBus bus, MemoryJournal journal, SimulatedWorld world, string answer)
    {
        var dispatcher = new HandlerDispatcher(bus,
            [new("load", EventFilter.Query("load"), (_, _, _) => Task.FromResult<object?>(answer), HandlerOptions.Default, null)],
            journal, world.Clock, world.Random, Invariants.Throwing);
        dispatcher.Start();
        return dispatcher;
    }

    private static async Task<SerfRecord> NextAsync(SerfStream stream)
    {
        await stream.WaitToReadAsync(default);
        stream.TryRead(out var record).ShouldBeTrue();
        return record!;
    }

    /// <summary>Goes on only when it is told to.</summary>
    private sealed class HeldContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _held = new();

        public override void Post(SendOrPostCallback d, object? state) => _held.Enqueue((d, state));

        public override SynchronizationContext CreateCopy() => this;

        public T Begin<T>(Func<T> begin)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return begin();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        /// <summary>As far as it comes by itself.</summary>
        public void Go() => Begin(() =>
        {
            while (_held.TryDequeue(out var next)) next.Callback(next.State);
            return true;
        });
    }
}
