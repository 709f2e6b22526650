using System.Net;
using Flotilla.Core.Simulated;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

public sealed class SerfMemberViewTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly SerfMemberView _view = new(new HybridClock(new SimulatedWorld(1).Clock), Grace);

    [Fact]
    public void States_are_compared_and_not_what_is_said_of_them()
    {
        Changes(Alive("a"), Alive("b")).ShouldBe(["member-join a", "member-join b"]);
        Changes(Alive("b"), Alive("a")).ShouldBeEmpty();
        Changes(Alive("a", ("zone", "1")), Alive("b")).ShouldBe(["member-update a"]);
        Changes(Alive("a", ("zone", "1")), Alive("b")).ShouldBeEmpty();
        Changes(Alive("a", ("zone", "1")), In("failed", "b")).ShouldBe(["member-failed b"]);
        Changes(In("leaving", "a", ("zone", "1")), Alive("b")).ShouldBe(["member-join b"]);
        Changes(In("left", "a", ("zone", "1")), Alive("b")).ShouldBe(["member-leave a"]);
        Changes(Alive("b")).ShouldBe(["member-reap a"]);
        _view.Members.Select(member => member.Name).ShouldBe(["b"]);
    }

    [Fact]
    public void Who_is_gone_before_it_was_known_makes_no_event()
    {
        Changes(In("failed", "a"), In("left", "b"), In("none", "c")).ShouldBeEmpty();
        _view.Members.Select(member => $"{member.Name} {member.Status}").ShouldBe(["a Failed", "b Left"]);
        Changes(In("left", "a"), Alive("b")).ShouldBe(["member-leave a", "member-join b"]);
    }

    [Fact]
    public void An_announcement_is_no_tag_and_times_the_changes_of_its_member()
    {
        var joined = _view.Apply([Alive("a", ("_flotilla", Base36.Write(77)))], Now).Single();
        joined.LamportTime.ShouldBe(77UL);
        joined.Member.Tags.ShouldBeEmpty();
        _view.IsAnnounced("a").ShouldBeTrue();
        _view.Apply([In("failed", "a", ("_flotilla", Base36.Write(77)))], Now).Single().Id.ShouldBe("member-failed:a:77");
        var again = _view.Apply([Alive("a", ("_flotilla", Base36.Write(77)))], Now).Single();
        again.Change.ShouldBe(MemberChange.Join);
        again.LamportTime.ShouldBeGreaterThan(77UL);
        _view.Apply([Alive("a", ("_flotilla", Base36.Write(99)))], Now).ShouldBeEmpty();
        _view.Apply([In("failed", "a", ("_flotilla", Base36.Write(99)))], Now).Single().Id.ShouldBe("member-failed:a:99");
    }

    [Fact]
    public void Who_is_no_longer_listed_is_waited_for_then_failed_then_reaped()
    {
        Changes(Alive("a"), Alive("b"));
        Changes(Alive("a")).ShouldBeEmpty();
        Changes(Alive("a"), Alive("b")).ShouldBeEmpty();
        Changes(Alive("a")).ShouldBeEmpty();
        _view.Members.Length.ShouldBe(2);
        _view.Apply([Alive("a")], Now + Grace / 2).ShouldBeEmpty();
        _view.Apply([Alive("a")], Now + Grace).Select(e => e.ToString()).ShouldBe(["member-failed b"]);
        _view.Apply([Alive("a")], Now + Grace).Select(e => e.ToString()).ShouldBe(["member-reap b"]);
    }

    private string[] Changes(params SerfMember[] list) => [.. _view.Apply(list, Now).Select(change => change.ToString())];

    private static SerfMember Alive(string name, params (string, string)[] tags) => In("alive", name, tags);

    private static SerfMember In(string status, string name, params (string Name, string Value)[] tags) => new(
        name, IPAddress.Loopback, 7946, tags.ToDictionary(tag => tag.Name, tag => tag.Value), status, new SerfVersions(1, 5, 2), new SerfVersions(2, 5, 5));
}
