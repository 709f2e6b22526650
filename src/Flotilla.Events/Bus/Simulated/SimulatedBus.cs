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
    private readonly SortedDictionary<string, SimulatedMember> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Identity> _identities = new(StringComparer.Ordinal);

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
        if (!_running.TryGetValue(name, out var member)) return;
        Suspect(name);
        foreach (var other in Others(name)) After(Detection(), () => member.Lose(other.Name));
    }

    /// <summary>
    /// Puts a host back on the network. It and the others find each other again; who had counted as failed joins
    /// anew.
    /// </summary>
    public void Reconnect(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Network.SetCutOff(name, cutOff: false);
        if (!_running.TryGetValue(name, out var member)) return;
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

    /// <summary>True when chance takes a message between two hosts.</summary>
    internal bool IsLost(SimulatedMember from, SimulatedMember to) =>
        Options.Loss > 0 && from != to && Network.World.Random.NextDouble() < Options.Loss;

    internal void After(TimeSpan delay, Action act) =>
        Time.CreateTimer(static state => ((Action)state!)(), act, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Someone notices after a while that a member does not answer, and tells the others.</summary>
    private void Suspect(string name) =>
        After(Detection(), () =>
        {
            foreach (var other in Others(name)) After(Network.Delay(name, other.Name), () => other.Lose(name));
        });

    /// <summary>One member notices by itself that another does not answer.</summary>
    internal void Suspect(SimulatedMember observer, string name) => After(Detection(), () => observer.Lose(name));

    /// <summary>The time of the latest announcement under a name.</summary>
    internal ulong LatestAnnouncement(string name) => _identities[name].AnnouncedAt;

    private TimeSpan Detection() =>
        Options.DetectionMinOrDefault
        + (Options.DetectionMaxOrDefault - Options.DetectionMinOrDefault) * Network.World.Random.NextDouble();

    private List<SimulatedMember> Others(string name) => [.. _running.Values.Where(other => other.Name != name)];

    /// <summary>A member and all others tell each other what they know.</summary>
    private void Greet(SimulatedMember member)
    {
        foreach (var other in Others(member.Name)) other.TellAll(member);
        foreach (var other in Others(member.Name)) member.TellAll(other);
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
