using BenchmarkDotNet.Attributes;
using Flotilla.Events;

namespace Flotilla.Benchmarks.Micro;

/// <summary>An event on the local bus, handed to every member; no handlers.</summary>
public class PublishBenchmark
{
    private IEventBus? _sender;
    private long _received;

    /// <summary>How many members listen.</summary>
    [Params(1, 10, 100)]
    public int Members { get; set; }

    /// <summary>Joins them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var bus = new LocalBus(TimeProvider.System);
        for (var i = 0; i < Members; i++)
        {
            var member = bus.Join($"host-{i}", new Dictionary<string, string>());
            member.Subscribe(_ => _received++);
            _sender = member;
        }
    }

    /// <summary>Sends one.</summary>
    [Benchmark]
    public ValueTask<ulong> PublishAsync() => _sender!.SendAsync("tick", EventPayload.Empty, CancellationToken.None);
}
