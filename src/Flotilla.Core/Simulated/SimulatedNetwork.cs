namespace Flotilla.Core.Simulated;

/// <summary>What lies between the hosts of a simulated world: delays, and who can reach whom.</summary>
public sealed class SimulatedNetwork(SimulatedWorld world)
{
    private readonly List<string> _cutOff = [];

    /// <summary>The world whose clock and randomness rule here.</summary>
    public SimulatedWorld World { get; } = world;

    /// <summary>The shortest delay of a message between two hosts; half a millisecond unless set.</summary>
    public TimeSpan LatencyMin { get; set; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>The mean of the exponentially distributed delay on top of <see cref="LatencyMin"/>.</summary>
    public TimeSpan LatencyExtraMean { get; set; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>True when a message from one host arrives at the other; a host always reaches itself.</summary>
    public bool CanReach(string from, string to) =>
        from == to || (!_cutOff.Contains(from) && !_cutOff.Contains(to));

    /// <summary>Takes a host off the network, or puts it back.</summary>
    public void SetCutOff(string host, bool cutOff)
    {
        _cutOff.Remove(host);
        if (cutOff) _cutOff.Add(host);
    }

    /// <summary>The delay of the next message between two hosts; nothing within one host.</summary>
    public TimeSpan Delay(string from, string to) =>
        from == to
            ? TimeSpan.Zero
            : LatencyMin + LatencyExtraMean * -Math.Log(1 - World.Random.NextDouble());
}
