using System.Text;
using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events.Tests;

/// <summary>What must hold under every schedule: runs in virtual time with many seeds, and in real time under load.</summary>
public sealed class HandlerOrderTests
{
    [Fact]
    public void Events_of_one_key_run_in_order_and_one_at_a_time_under_every_schedule()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var run = Schedule(seed);
            run.Overlaps.ShouldBe(0, $"seed {seed}");
            foreach (var (key, sent) in run.Sent) run.Begun[key].ShouldBe(sent, $"seed {seed}, key {key}");
            run.MostAtOnce.ShouldBeLessThanOrEqualTo(run.Concurrency, $"seed {seed}");
            if (run.Sent.Count > 1 && run.Concurrency > 1) run.MostAtOnce.ShouldBeGreaterThan(1, $"seed {seed}");
        }
    }

    [Fact]
    public void Two_runs_of_one_seed_write_the_same_journal()
    {
        for (var seed = 0; seed < 20; seed++) Schedule(seed).Journal.ShouldBe(Schedule(seed).Journal, $"seed {seed}");
        Schedule(1).Journal.ShouldNotBe(Schedule(2).Journal);
    }

    [Fact]
    public async Task Under_real_load_every_event_is_handled_once_and_keys_stay_in_order()
    {
        const int Keys = 7, Each = 2_000;
        var begun = Enumerable.Range(0, Keys).Select(_ => new List<int>()).ToArray();
        var rig = new Rig(TimeProvider.System);
        var total = 0;
        rig.On("keyed", EventFilter.User("*"), async (e, _, _) =>
        {
            var user = (UserEvent)e;
            var number = int.Parse(user.Payload.Text);
            begun[int.Parse(user.Name)].Add(number);
            if (number % 3 == 0) await Task.Yield();
            return null;
        }, new HandlerOptions(Concurrency: 4, SerialBy: e => ((UserEvent)e).Name, QueueLimit: Keys * Each));
        rig.On("counted", EventFilter.User("*"), (_, _, _) =>
        {
            Interlocked.Increment(ref total);
            return Task.FromResult<object?>(null);
        }, new HandlerOptions(Concurrency: 3, QueueLimit: Keys * Each));
        await using var dispatcher = rig.Start();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await rig.SendAsync($"{key}", $"{i}");
        })));
        await dispatcher.IdleAsync(default);
        total.ShouldBe(Keys * Each);
        foreach (var numbers in begun) numbers.ShouldBe(Enumerable.Range(0, Each));
        rig.Journal.Count(HandlerOutcome.Completed).ShouldBe(2 * Keys * Each);
        dispatcher.Dropped.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_that_blocks_its_thread_stalls_no_other_handler()
    {
        var rig = new Rig(TimeProvider.System);
        using var release = new ManualResetEventSlim();
        var reached = 0;
        rig.On("blocks", EventFilter.User("*"), (_, _, _) =>
        {
            release.Wait(CancellationToken.None);
            return Task.FromResult<object?>(null);
        });
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.On("quick", EventFilter.User("*"), (_, _, _) =>
        {
            if (Interlocked.Increment(ref reached) == 100) all.SetResult();
            return Task.FromResult<object?>(null);
        });
        await using var dispatcher = rig.Start();
        for (var i = 0; i < 100; i++) await rig.SendAsync("e");
        await all.Task;
        rig.Journal.Runs.ShouldAllBe(run => run.Handler == "quick");
        release.Set();
        await dispatcher.IdleAsync(default);
        rig.Journal.Count(HandlerOutcome.Completed).ShouldBe(200);
    }

    [Fact]
    public async Task A_body_that_blocks_its_thread_beyond_the_timeout_is_given_up()
    {
        var rig = new Rig(TimeProvider.System);
        using var release = new ManualResetEventSlim();
        var first = true;
        rig.On("h", EventFilter.User("*"), (_, _, _) =>
        {
            if (first)
            {
                first = false;
                release.Wait(CancellationToken.None);
            }
            return Task.FromResult<object?>(null);
        }, new HandlerOptions(Timeout: TimeSpan.FromMilliseconds(50)));
        await using var dispatcher = rig.Start();
        await rig.SendAsync("e");
        await rig.SendAsync("e");
        await dispatcher.IdleAsync(default);
        rig.Outcomes.ShouldBe(["h: TimedOut", "h: Completed"]);
        release.Set();
    }

    [Fact]
    public async Task Bodies_run_where_the_dispatcher_was_started_and_without_what_the_sender_carries()
    {
        var rig = new Rig(TimeProvider.System);
        var carried = new AsyncLocal<string> { Value = "of the test" };
        var seen = new List<(SynchronizationContext?, string?)>();
        rig.On("h", EventFilter.User("*"), (_, _, _) =>
        {
            seen.Add((SynchronizationContext.Current, carried.Value));
            return Task.FromResult<object?>(null);
        });
        HandlerDispatcher dispatcher = await Task.Run(rig.Start);
        carried.Value = "of the sender";
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        var sent = rig.SendAsync("e").AsTask();
        SynchronizationContext.SetSynchronizationContext(null);
        await sent;
        await dispatcher.IdleAsync(default);
        seen.ShouldBe([(null, null)]);
        await dispatcher.DisposeAsync();
    }

    private static ScheduleResult Schedule(int seed)
    {
        var world = new SimulatedWorld(seed);
        var result = new ScheduleResult(Concurrency: 1 + world.Random.Next(5));
        world.Run(async () =>
        {
            var rig = new Rig(world.Clock, world.Random);
            var running = new HashSet<string>();
            var atOnce = 0;
            rig.On("h", EventFilter.User("*"), async (e, run, token) =>
            {
                var user = (UserEvent)e;
                if (run.Attempt == 1) result.Begun[user.Name].Add(user.Payload.Text);
                if (!running.Add(user.Name)) result.Overlaps++;
                result.MostAtOnce = Math.Max(result.MostAtOnce, ++atOnce);
                try
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(1 + world.Random.Next(60)), rig.Time, token);
                    if (world.Random.Next(10) == 0) throw new InvalidOperationException("chance");
                    return user.Payload.Text;
                }
                finally
                {
                    atOnce--;
                    running.Remove(user.Name);
                }
            }, new HandlerOptions(result.Concurrency, e => ((UserEvent)e).Name, TimeSpan.FromMilliseconds(50), 3, new Backoff(TimeSpan.FromMilliseconds(20))));
            await using var dispatcher = rig.Start();
            var keys = 1 + world.Random.Next(4);
            for (var i = 0; i < 40; i++)
            {
                var key = $"k{world.Random.Next(keys)}";
                if (!result.Sent.TryGetValue(key, out var sent))
                {
                    result.Sent[key] = sent = [];
                    result.Begun[key] = [];
                }
                sent.Add($"{i}");
                await rig.SendAsync(key, $"{i}");
                if (world.Random.Next(4) == 0) await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(20)), world.Clock);
            }
            await dispatcher.IdleAsync(default);
            foreach (var record in rig.Journal.Records)
                result.Text.Append(record.StartedAt.ToString("O")).Append(record with { Error = record.Error?.Split('\n')[0] }).Append('\n');
        });
        return result;
    }

    private sealed record ScheduleResult(int Concurrency)
    {
        public Dictionary<string, List<string>> Sent { get; } = [];

        public Dictionary<string, List<string>> Begun { get; } = [];

        public int Overlaps { get; set; }

        public int MostAtOnce { get; set; }

        public StringBuilder Text { get; } = new();

        public string Journal => Text.ToString();
    }
}
