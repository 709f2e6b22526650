using System.Threading.Channels;
using FsCheck;
using FsCheck.Fluent;
using Flotilla.Core.Simulated;

namespace Flotilla.Core.Tests;

public sealed class SimulatedWorldTests
{
    [Fact]
    public void Time_leaps_to_the_next_timer_when_nothing_else_can_run()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            await world.Clock.Delay(TimeSpan.FromHours(5), CancellationToken.None);
            world.Elapsed.ShouldBe(TimeSpan.FromHours(5));
        });
    }

    [Fact]
    public void Timers_that_are_due_together_run_in_the_order_in_which_they_were_set()
    {
        var world = new SimulatedWorld(1);
        var order = new List<int>();
        world.Run(() => Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await world.Clock.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            order.Add(i);
        })));
        order.ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public void A_timer_that_was_changed_or_disposed_of_does_not_fire_as_it_was_set()
    {
        var world = new SimulatedWorld(1);
        var fired = new List<double>();
        world.Run(async () =>
        {
            var changed = world.Clock.CreateTimer(_ => fired.Add(world.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            changed.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
            var disposed = world.Clock.CreateTimer(_ => fired.Add(-1), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            await disposed.DisposeAsync();
            await world.Clock.Delay(TimeSpan.FromSeconds(10), CancellationToken.None);
        });
        fired.ShouldBe([3]);
    }

    [Fact]
    public void A_periodic_timer_fires_at_every_period()
    {
        var world = new SimulatedWorld(1);
        var at = new List<double>();
        world.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), world.Clock);
            while (at.Count < 3 && await timer.WaitForNextTickAsync()) at.Add(world.Elapsed.TotalSeconds);
        });
        at.ShouldBe([2, 4, 6]);
    }

    [Fact]
    public void What_waits_for_something_that_never_comes_is_said_to_be_stuck_and_names_the_seed()
    {
        var world = new SimulatedWorld(42);
        var stuck = Should.Throw<SimulationStuckException>(() => world.Run(() => new TaskCompletionSource().Task));
        stuck.Message.ShouldContain("seed 42");
    }

    [Fact]
    public void The_limit_of_virtual_time_ends_a_run_that_would_go_on_for_ever()
    {
        var world = new SimulatedWorld(1);
        Should.Throw<SimulationStuckException>(() => world.Run(async () =>
        {
            while (true) await world.Clock.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        }, TimeSpan.FromMinutes(1)));
        world.Elapsed.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_continuation_from_another_thread_is_refused()
    {
        var world = new SimulatedWorld(1);
        Should.Throw<SimulationEscapedException>(() => world.Run(async () =>
        {
            // The timer fires once the body waits, and waits until another thread has let it go on.
            var release = new TaskCompletionSource();
            using var timer = world.Clock.CreateTimer(_ =>
            {
                var other = new Thread(release.SetResult);
                other.Start();
                other.Join();
            }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            await release.Task;
        }));
    }

    [Fact]
    public void An_exception_in_the_body_reaches_the_caller_as_it_is()
    {
        var world = new SimulatedWorld(1);
        Should.Throw<InvalidTimeZoneException>(() => world.Run(async () =>
        {
            await world.Clock.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            throw new InvalidTimeZoneException();
        }));
    }

    [Fact]
    public void A_signal_and_a_delay_may_be_combined_and_cancelled_without_leaving_the_world()
    {
        var world = new SimulatedWorld(1);
        world.Run(async () =>
        {
            using var cancel = new CancellationTokenSource();
            var signal = new Signal<int>();
            var either = Task.WhenAny(signal.GivenAsync(), world.Clock.Delay(TimeSpan.FromHours(1), cancel.Token));
            cancel.Cancel();
            await either;
            var both = Task.WhenAll(signal.GivenAsync(), world.Clock.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
            signal.Give(1);
            await both;
        });
    }

    [Fact]
    public void A_world_runs_only_on_the_thread_that_made_it()
    {
        var world = new SimulatedWorld(1);
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => world.Run(() => Task.CompletedTask)));
        thread.Start();
        thread.Join();
        thrown.ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public void Two_runs_of_one_seed_are_equal_step_by_step() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Log(seed).SequenceEqual(Log(seed))).QuickCheckThrowOnFailure();

    // Workers that race for items at random moments: every interleaving is the seed's.
    private static List<string> Log(int seed)
    {
        var world = new SimulatedWorld(seed);
        var log = new List<string>();
        world.Run(async () =>
        {
            var queue = Channel.CreateUnbounded<int>();
            var workers = Enumerable.Range(0, 4).Select(async worker =>
            {
                // Not ReadAllAsync: it goes on in the thread pool.
                while (await queue.Reader.WaitToReadAsync())
                {
                    if (!queue.Reader.TryRead(out var item)) continue;
                    log.Add($"{world.Elapsed.Ticks} {worker} {item}");
                    await world.Clock.Delay(TimeSpan.FromMilliseconds(world.Random.Next(10)), CancellationToken.None);
                }
            }).ToList();
            for (var item = 0; item < 40; item++)
            {
                await world.Clock.Delay(TimeSpan.FromMilliseconds(world.Random.Next(3)), CancellationToken.None);
                await queue.Writer.WriteAsync(item);
            }
            queue.Writer.Complete();
            await Task.WhenAll(workers);
        });
        return log;
    }
}
