using FsCheck;
using FsCheck.Fluent;
using Flotilla.Running;

namespace Flotilla.Tests.Running;

public sealed class PlacementTests
{
    /// <summary>How many instances, and for each host of the role whether it is away.</summary>
    private sealed record Situation(int Instances, bool[] Away)
    {
        public string[] Hosts => [.. Away.Select((_, index) => $"host-{index}")];

        public bool IsAway(string host) => Away[Array.IndexOf(Hosts, host)];

        public int Here => Away.Count(away => !away);

        public IReadOnlyDictionary<string, IReadOnlyList<int>> Placed => Placement.Of(Instances, Hosts, IsAway);
    }

    private static readonly Arbitrary<Situation> Situations = Arb.From(
        from instances in Gen.Choose(0, 40)
        from hosts in Gen.Choose(1, 8)
        from away in Gen.Elements(true, false).ArrayOf(hosts)
        select new Situation(instances, away));

    [Fact]
    public void Every_slot_is_on_exactly_one_host_that_is_there() => Holds(situation =>
        situation.Placed.SelectMany(entry => entry.Value).Order().SequenceEqual(situation.Here == 0 ? [] : Enumerable.Range(0, situation.Instances))
        && situation.Placed.Keys.Order().SequenceEqual(situation.Hosts.Where(host => !situation.IsAway(host))));

    [Fact]
    public void No_host_has_more_than_one_slot_above_another() => Holds(situation =>
        situation.Here == 0 || situation.Placed.Max(entry => entry.Value.Count) - situation.Placed.Min(entry => entry.Value.Count) <= 1);

    [Fact]
    public void A_slot_whose_home_is_there_is_at_home() => Holds(situation =>
        situation.Hosts.Select((host, index) => (host, index)).Where(entry => !situation.IsAway(entry.host)).All(entry =>
            Enumerable.Range(0, situation.Instances).Where(slot => slot % situation.Hosts.Length == entry.index).All(situation.Placed[entry.host].Contains)));

    [Fact]
    public void The_slots_of_a_host_ascend() => Holds(situation =>
        situation.Placed.Values.All(slots => slots.SequenceEqual(slots.Order())));

    [Fact]
    public void A_host_that_comes_back_takes_nothing_but_from_those_that_stood_in() => Holds(situation =>
    {
        if (Array.IndexOf(situation.Away, true) is var back && back < 0) return true;
        var after = situation with { Away = [.. situation.Away.Select((away, index) => away && index != back)] };
        return situation.Placed.All(entry => entry.Value.Where(slot => situation.Hosts[slot % situation.Hosts.Length] == entry.Key).All(after.Placed[entry.Key].Contains));
    });

    [Fact]
    public void Nobody_has_a_slot_when_all_are_away() => Placement.Of(3, ["a", "b"], _ => true).ShouldBeEmpty();

    [Fact]
    public void The_homeless_go_to_the_one_with_the_fewest()
    {
        var placed = Placement.Of(5, ["a", "b", "c"], host => host == "a");
        placed["b"].ShouldBe([1, 3, 4]);
        placed["c"].ShouldBe([0, 2]);
    }

    private static void Holds(Func<Situation, bool> law) => Prop.ForAll(Situations, law).QuickCheckThrowOnFailure();
}
