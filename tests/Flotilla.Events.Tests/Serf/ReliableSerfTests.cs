using System.Collections.Concurrent;
using Flotilla.Core;
using Flotilla.Events.Serf;
using Flotilla.Testing;

namespace Flotilla.Events.Tests.Serf;

/// <summary>Reliable events and handlers that run exactly once, on real agents and real files.</summary>
public sealed class ReliableSerfTests
{
    public ReliableSerfTests() => Assert.SkipWhen(SerfAgent.Missing is not null, SerfAgent.Missing ?? "");

    [Fact]
    public async Task Through_a_partition_and_restarts_of_a_receiver_and_of_the_sender_each_event_is_handled_once()
    {
        await using var fleet = new ReliableSerfFleet("ctl-1", "web-1", "web-2", "web-3");
        await fleet.StartAsync();
        fleet.Send(100);
        await fleet.Agent("web-3").SuspendAsync();
        fleet.Send(100);
        await fleet.HandledAsync("web-1", 200);
        await fleet.HandledAsync("web-2", 200);
        fleet.HandledBy("web-3").ShouldBeLessThan(200);

        fleet.Send(100);
        await fleet.HandledAsync("web-1", 210);
        await fleet.StopProgramAsync("web-1");
        await fleet.StartProgramAsync("web-1");

        fleet.Send(100);
        await fleet.StopProgramAsync("ctl-1");
        await fleet.StartProgramAsync("ctl-1");

        fleet.Agent("web-3").Resume();
        await fleet.EverybodyHasAsync(400);
        await fleet.AllAcknowledgedAsync();
        foreach (var host in new[] { "web-1", "web-2", "web-3" })
        {
            var kept = fleet.ReadKept(host);
            (kept.Outgoing.Count, kept.Unfinished.Count).ShouldBe((0, 0), host);
        }
    }

    [Fact]
    public async Task Long_names_of_hosts_leave_room_for_what_is_sent_to_them()
    {
        var names = Enumerable.Range(1, 3).Select(i => $"web-{i}.{string.Join('.', Enumerable.Repeat("rack-seventeen", 6))}").ToArray();
        await using var fleet = new ReliableSerfFleet(["ctl-1." + new string('c', 60), .. names]);
        await fleet.StartAsync();
        fleet.Send(60);
        await fleet.EverybodyHasAsync(60);
        await fleet.AllAcknowledgedAsync();
    }

    /// <summary>A host that sends, and others of the role web that handle, each an agent, a file and a program that can be restarted.</summary>
    private sealed class ReliableSerfFleet(params string[] names) : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Dictionary<string, SerfAgent> _agents = [];
        private readonly Dictionary<string, ProgramOfHost> _programs = [];
        private readonly ConcurrentDictionary<(string Host, string Payload), int> _handled = new();
        private int _sent;

        public SerfAgent Agent(string host) => _agents[host];

        public int HandledBy(string host) => _handled.Keys.Count(key => key.Host == host);

        public KeptEvents ReadKept(string host) => SqliteJournal.ReadKept(_folder.File(host + ".db"));

        public async Task StartAsync()
        {
            foreach (var name in names)
                _agents.Add(name, new SerfAgent(name, new Dictionary<string, string> { ["role"] = name[..3] }, join: _agents.Count == 0 ? null : _agents[names[0]].Gossip));
            await Task.WhenAll(_agents.Values.Select(agent => agent.StartAsync()));
            foreach (var name in names) await StartProgramAsync(name);
            foreach (var name in names)
                await Until.HoldsAsync(() => _programs[name].Bus.Members.Count(member => member.Status == MemberStatus.Alive) == names.Length, $"{name} knows all");
        }

        public async Task StartProgramAsync(string host)
        {
            var bus = await SerfBus.AttachAsync(await _agents[host].OpenAsync(), new SerfBusOptions(), TimeProvider.System, CancellationToken.None);
            var store = new SqliteJournal(_folder.File(host + ".db"), TimeProvider.System);
            var reliable = new ReliableEvents(bus, store, TimeProvider.System, new Random(1));
            var dispatcher = new HandlerDispatcher(reliable.Bus,
                [
                    new HandlerRegistration("h", EventFilter.User("e"), (e, run, _) =>
                    {
                        _handled.AddOrUpdate((run.Self.Name, ((UserEvent)e).Payload.Text), 1, (_, times) => times + 1);
                        return Task.FromResult<object?>(null);
                    }, new HandlerOptions(ExactlyOnce: true), null),
                ],
                new MemoryJournal(1), TimeProvider.System, new Random(1), Invariants.Throwing, store);
            dispatcher.Start();
            reliable.Start();
            _programs[host] = new ProgramOfHost(bus, store, reliable, dispatcher);
        }

        public async Task StopProgramAsync(string host)
        {
            _programs.Remove(host, out var program);
            await program!.DisposeAsync();
        }

        /// <summary>Sends events from the first host; what is under way when its program stops goes on with the next.</summary>
        public void Send(int count)
        {
            var reliable = _programs[names[0]].Reliable;
            for (var i = 0; i < count; i++)
                _ = IgnoreAsync(reliable.SendAsync("e", EventPayload.FromText($"{_sent++}"), ReliableTargets.OfRole("web"), null, CancellationToken.None));
        }

        public Task HandledAsync(string host, int count) => Until.HoldsAsync(() => HandledBy(host) >= count, $"{host} has handled {count}");

        /// <summary>Ends when each host of the role has handled all, and requires that it handled each once.</summary>
        public async Task EverybodyHasAsync(int count)
        {
            string[] hosts = [.. names.Skip(1)];
            await Until.HoldsAsync(() => Task.FromResult(hosts.All(host => HandledBy(host) >= count)),
                () => $"all have handled {count}; they have {string.Join(", ", hosts.Select(host => $"{host} {HandledBy(host)}"))}");
            foreach (var host in hosts)
                _handled.Keys.Where(key => key.Host == host).Select(key => int.Parse(key.Payload)).Order().ShouldBe(Enumerable.Range(0, count), host);
            _handled.Values.ShouldAllBe(times => times == 1);
        }

        public async Task AllAcknowledgedAsync()
        {
            await Until.HoldsAsync(() => _programs[names[0]].Reliable.Outgoing == 0, "all is acknowledged");
            ReadKept(names[0]).Outgoing.ShouldBeEmpty();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var program in _programs.Values) await program.DisposeAsync();
            foreach (var agent in _agents.Values) await agent.DisposeAsync();
            _folder.Dispose();
        }

        private static async Task IgnoreAsync(Task<ReliableDelivery> delivery)
        {
            try
            {
                await delivery;
            }
            catch (EventBusClosedException)
            {
                // The sender's program was stopped; the event is kept.
            }
        }

        private sealed record ProgramOfHost(SerfBus Bus, SqliteJournal Store, ReliableEvents Reliable, HandlerDispatcher Dispatcher) : IAsyncDisposable
        {
            public async ValueTask DisposeAsync()
            {
                await Dispatcher.DisposeAsync();
                await Reliable.DisposeAsync();
                await Bus.DisposeAsync();
                Store.Dispose();
            }
        }
    }
}
