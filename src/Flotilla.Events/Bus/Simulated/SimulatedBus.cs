using Flotilla.Core;
using Flotilla.Core.Simulated;

namespace Flotilla.Events;

/// <summary>
/// The members of a simulated fleet: messages take the network's delays, may overtake each other and may get lost; each
/// member has its own view of the others and its own Lamport clock; failures are noticed after a while.
/// </summary>
/// <remarks>
/// Modelled on Serf: a member announces itself with a rising time and a later announcement beats an earlier one; who cannot
/// be reached counts as failed after the detection time; who is reachable again announces itself anew. Belongs to the thread of its world.
/// </remarks>
public sealed class SimulatedBus
{
    /// <summary>The time over which the rate of events is taken.</summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(0.5);

    private readonly SortedDictionary<string, SimulatedMember> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Identity> _identities = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _sent = new();

    /// <summary>An empty fleet on a network.</summary>
    public SimulatedBus(SimulatedNetwork network, SimulatedBusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Network = network;
        Options = options ?? new SimulatedBusOptions();
        Options.Check();
    }

    internal SimulatedNetwork Network { get; }

    internal SimulatedBusOptions Options { get; }

    internal TimeProvider Time => Network.World.Clock;

    /// <summary>Starts a member. The others learn of it, and it of them, as messages arrive.</summary>
    /// <exception cref="ProblemException">The name or the tags are not allowed, or a member of that name is running.</exception>
    public IEventBus Join(string name, IReadOnlyDictionary<string, string> tags, string address = "127.0.0.1")
    {
        EventLimits.CheckMemberName(name);
        EventLimits.CheckTags(name, tags);
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (_running.TryGetValue(name, out var before))
            throw new ProblemException(new Problem(
                $"A member \"{name}\" is already there.", Why: $"It is alive at {before.Self.Address}.",
                Fix: "Give each host its own name."));
        if (!_identities.TryGetValue(name, out var identity)) _identities.Add(name, identity = new Identity());
        var joined = new SimulatedMember(this, new Member(name, Tags.Copy(tags), MemberStatus.Alive, address), identity);
        _running.Add(name, joined);
        joined.Announce(MemberStatus.Alive);
        Greet(joined);
        return joined;
    }

    /// <summary>
    /// As if the host had died: it neither sends nor receives any more, and the others see it fail after a while. A
    /// member that is not running stays as it is.
    /// </summary>
    /// <exception cref="ProblemException">There never was a member of that name.</exception>
    public void Fail(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_identities.ContainsKey(name)) throw EventLimits.NoMember(name, _identities.Keys);
        if (_running.TryGetValue(name, out var member)) Crash(member, "has failed");
    }

    /// <summary>Takes a host off the network. It and the others lose each other after a while.</summary>
    public void CutOff(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Network.SetCutOff(name, cutOff: true);
        _faults[name] = _faults.GetValueOrDefault(name) + 1;
        if (!_running.TryGetValue(name, out var member)) return;
        Suspect(name);
        foreach (var other in Others(name)) AfterSameFault(name, Detection(), () => member.Lose(other.Name));
    }

    /// <summary>
    /// Puts a host back on the network. It and the others find each other again; who had counted as failed joins
    /// anew.
    /// </summary>
    public void Reconnect(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Network.SetCutOff(name, cutOff: false);
        _faults[name] = _faults.GetValueOrDefault(name) + 1;
        if (!_running.TryGetValue(name, out var member)) return;
        var isLost = Others(name).Any(other => member.HasLost(other.Name) || other.HasLost(name));
        if (!isLost || Options.RejoinMax == TimeSpan.Zero) Rejoin(member);
        else AfterSameFault(name, Between(TimeSpan.Zero, Options.RejoinMax), () =>
        {
            if (IsRunning(member)) Rejoin(member);
        });
    }

    private void Rejoin(SimulatedMember member)
    {
        var name = member.Name;
        member.Announce(MemberStatus.Alive);
        foreach (var other in Others(name).Where(other => member.HasLost(other.Name)))
        {
            other.Announce(MemberStatus.Alive);
            // Third hosts hear of it too, or the rumour of its failure that the returning one brings would win.
            other.TellOthersOfSelf();
        }
        Greet(member);
    }

    internal IEnumerable<SimulatedMember> Running => _running.Values;

    internal bool IsRunning(SimulatedMember member) => _running.TryGetValue(member.Name, out var current) && current == member;

    internal SimulatedMember? Find(string name) => _running.GetValueOrDefault(name);

    /// <summary>True when a message would arrive.</summary>
    internal bool CanReach(SimulatedMember from, SimulatedMember to) => IsRunning(to) && Network.CanReach(from.Name, to.Name);

    internal void Crash(SimulatedMember member, string why)
    {
        if (!IsRunning(member)) return;
        _faults[member.Name] = _faults.GetValueOrDefault(member.Name) + 1;
        _running.Remove(member.Name);
        member.Close(why);
        Suspect(member.Name);
    }

    internal void Leave(SimulatedMember member) => _running.Remove(member.Name);

    /// <summary>
    /// Sends one message over the network; it is lost when the receiver is out of reach now or at its arrival.
    /// </summary>
    internal void Transmit(SimulatedMember from, SimulatedMember to, Action<SimulatedMember> arrive)
    {
        if (!Network.CanReach(from.Name, to.Name)) return;
        After(Network.Delay(from.Name, to.Name), () =>
        {
            if (CanReach(from, to)) arrive(to);
        });
    }

    /// <summary>
    /// Sends a message the way of gossip: later than the network alone takes, sometimes much later. It is lost as in <see cref="Transmit"/>.
    /// </summary>
    internal void Gossip(SimulatedMember from, SimulatedMember to, Action<SimulatedMember> arrive)
    {
        if (!Network.CanReach(from.Name, to.Name)) return;
        After(GossipDelay(from.Name, to.Name), () =>
        {
            if (CanReach(from, to)) arrive(to);
        });
    }

    /// <summary>An event on its way: as gossip, but what is too much for it does not arrive, and some of it arrives twice.</summary>
    internal void Spread(SimulatedMember from, SimulatedMember to, Action<SimulatedMember> arrive)
    {
        if (from == to)
        {
            Transmit(from, to, arrive);
            return;
        }
        if (IsLost(from, to)) return;
        // Who is overrun keeps the newest: what was sent while this one was under way counts, too.
        Gossip(from, to, member =>
        {
            if (Options.Capacity is null || Happens(Options.Delivered(Rate()))) arrive(member);
        });
        if (Happens(Options.Duplicates)) Gossip(from, to, arrive);
    }

    /// <summary>Counts an event towards the rate of all.</summary>
    internal void Count()
    {
        if (Options.Capacity is null) return;
        _sent.Enqueue(Time.GetUtcNow());
    }

    /// <summary>True when chance takes a message between two hosts.</summary>
    internal bool IsLost(SimulatedMember from, SimulatedMember to) => from != to && Happens(Options.Loss);

    /// <summary>True when chance takes an answer.</summary>
    internal bool IsAnswerLost(SimulatedMember from, SimulatedMember to) =>
        from != to && (Happens(Options.Loss) || Happens(Options.AnswerLoss));

    internal void Shuffle<T>(T[] items)
    {
        if (items.Length > 1) Network.World.Random.Shuffle(items);
    }

    internal void After(TimeSpan delay, Action act) =>
        Time.CreateTimer(static state => ((Action)state!)(), act, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Someone notices after a while that a member does not answer, and tells the others.</summary>
    private void Suspect(string name) =>
        AfterSameFault(name, Detection(), () =>
        {
            foreach (var other in Others(name)) After(GossipDelay(name, other.Name), () => other.Lose(name));
        });

    /// <summary>One member notices by itself that another does not answer.</summary>
    internal void Suspect(SimulatedMember observer, string name) => After(Detection(), () => observer.Lose(name));

    /// <summary>The time of the latest announcement under a name.</summary>
    internal ulong LatestAnnouncement(string name) => _identities[name].AnnouncedAt;

    private void Exchange(SimulatedMember from, SimulatedMember to, Action<SimulatedMember> arrive)
    {
        if (CanReach(from, to)) arrive(to);
    }

    private TimeSpan GossipDelay(string from, string to)
    {
        var delay = Network.Delay(from, to);
        if (from == to || Options.GossipMax == TimeSpan.Zero) return delay;
        return delay + (Happens(Options.Stragglers)
            ? Between(Options.GossipMax, Options.StragglerMax)
            : Between(Options.GossipMin, Options.GossipMax));
    }

    private double Rate()
    {
        var since = Time.GetUtcNow() - RateWindow;
        while (_sent.TryPeek(out var at) && at <= since) _sent.Dequeue();
        return _sent.Count / RateWindow.TotalSeconds;
    }

    /// <summary>Chance is only asked where there is one, so that what is not simulated changes nothing else.</summary>
    // What a fault brings about later comes only if nothing else has befallen the host meanwhile: a later fault has a time of its own.
    private void AfterSameFault(string name, TimeSpan time, Action act)
    {
        var fault = _faults.GetValueOrDefault(name);
        After(time, () =>
        {
            if (_faults.GetValueOrDefault(name) == fault) act();
        });
    }

    private bool Happens(double part) => part > 0 && Network.World.Random.NextDouble() < part;

    private TimeSpan Between(TimeSpan shortest, TimeSpan longest) => shortest + (longest - shortest) * Network.World.Random.NextDouble();

    private TimeSpan Detection() =>
        Options.DetectionMinOrDefault
        + (Options.DetectionMaxOrDefault - Options.DetectionMinOrDefault) * Network.World.Random.NextDouble();

    private List<SimulatedMember> Others(string name) => [.. _running.Values.Where(other => other.Name != name)];

    /// <summary>A member and all others tell each other what they know.</summary>
    private void Greet(SimulatedMember member)
    {
        // With gossip, who joins exchanges all that is known with one of the others before it goes on; to the rest the news spreads.
        foreach (var other in Others(member.Name)) other.TellAll(member, Options.GossipMax > TimeSpan.Zero ? Exchange : Transmit);
        foreach (var other in Others(member.Name)) member.TellAll(other, Gossip);
    }

    /// <summary>
    /// What outlives a program under a name, as Serf's snapshot file does: its clock, so that two events never get one id.
    /// </summary>
    internal sealed class Identity
    {
        public LamportClock Clock { get; } = new();

        public ulong AnnouncedAt { get; set; }
    }
}
