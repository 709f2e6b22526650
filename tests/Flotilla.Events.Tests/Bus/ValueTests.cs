using Flotilla.Core;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Events.Tests;

public sealed class EventPayloadTests
{
    [Fact]
    public void Text_and_bytes_come_back_as_they_were() => Prop.ForAll<byte[], NonNull<string>>((bytes, text) =>
    {
        var wellFormed = string.Concat(text.Get.EnumerateRunes());
        return EventPayload.FromBytes(bytes).Bytes.Span.SequenceEqual(bytes) && EventPayload.FromText(wellFormed).Text == wellFormed;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Json_comes_back_as_it_was()
    {
        var scale = new Scale("shop ⛵", 3, DayOfWeek.Friday);
        var payload = EventPayload.FromJson(scale);
        payload.Text.ShouldBe("""{"app":"shop ⛵","instances":3,"day":"friday"}""");
        payload.Read<Scale>().ShouldBe(scale);
        EventPayload.FromText("""{"App":"x","unknown":1}""").Read<Scale>().App.ShouldBe("x");
    }

    [Fact]
    public void A_payload_does_not_change_with_its_source()
    {
        byte[] source = [1, 2];
        var payload = EventPayload.FromBytes(source);
        source[0] = 9;
        payload.Bytes.ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Payloads_with_equal_bytes_are_equal()
    {
        EventPayload.FromText("a").ShouldBe(EventPayload.FromBytes("a"u8));
        EventPayload.FromText("a").GetHashCode().ShouldBe(EventPayload.FromBytes("a"u8).GetHashCode());
        EventPayload.FromText("a").ShouldNotBe(EventPayload.FromText("b"));
        EventPayload.FromText("").ShouldBeSameAs(EventPayload.Empty);
    }

    [Fact]
    public void What_cannot_be_read_says_what_it_is_and_what_to_do()
    {
        string[] texts = ["", "shop-1", "null", "[1,2]", """{"app":3}""", new('x', 200)];
        var messages = texts.Select(text => Should.Throw<ProblemException>(() => EventPayload.FromText(text).Read<Scale>()).Message);
        Snapshot.Matches(string.Join('\n', messages), "payload-problems");
    }

    [Fact]
    public void A_payload_shows_itself_on_one_short_line()
    {
        EventPayload.Empty.ToString().ShouldBe("");
        EventPayload.FromText("a\nb").ToString().ShouldBe("a b");
        EventPayload.FromBytes([0xff, 0xfe]).ToString().ShouldBe("<2 bytes>");
        EventPayload.FromBytes([0, 1, 2]).ToString().ShouldBe("<3 bytes>");
        EventPayload.FromText(new string('x', 500)).ToString().ShouldBe(new string('x', 79) + "…");
        EventPayload.FromText(new string('x', 78) + "⛵🚢🚢").ToString().ShouldBe(new string('x', 78) + "⛵…");
        EventPayload.FromText(new string('x', 78) + "🚢🚢").ToString().ShouldBe(new string('x', 78) + "…");
    }

    private sealed record Scale(string App, int Instances, DayOfWeek Day);
}

public sealed class MemberTests
{
    [Theory]
    [InlineData("web", "web")]
    [InlineData("web,db", "web db")]
    [InlineData("web:db", "web db")]
    [InlineData(" web , :db:", "web db")]
    [InlineData("", "")]
    public void Roles_are_what_the_tag_separates(string tag, string roles)
    {
        var member = new Member("a", new Dictionary<string, string> { ["role"] = tag }, MemberStatus.Alive, "::1");
        member.Roles.ShouldBe(roles.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        foreach (var role in member.Roles) member.HasRole(role).ShouldBeTrue();
        member.HasRole("").ShouldBeFalse();
        member.HasRole("we").ShouldBeFalse();
    }

    [Fact]
    public void A_member_without_the_tag_has_no_role()
    {
        var member = new Member("a", new Dictionary<string, string>(), MemberStatus.Alive, "::1");
        member.Roles.ShouldBeEmpty();
        member.HasRole("web").ShouldBeFalse();
    }

    [Fact]
    public void Members_are_equal_by_their_tags()
    {
        Member Make(string zone) => new("a", new Dictionary<string, string> { ["zone"] = zone }, MemberStatus.Alive, "::1");
        Make("x").ShouldBe(Make("x"));
        Make("x").GetHashCode().ShouldBe(Make("x").GetHashCode());
        Make("x").ShouldNotBe(Make("y"));
        Make("x").ToString().ShouldBe("a (alive, ::1, zone=x)");
    }
}

public sealed class LamportClockTests
{
    [Fact]
    public void Times_given_out_rise_and_exceed_all_seen() => Prop.ForAll<(bool Sees, uint Time)[]>(steps =>
    {
        var clock = new LamportClock();
        ulong given = 0, seen = 0;
        foreach (var (sees, time) in steps)
        {
            if (sees)
            {
                clock.Witness(time);
                seen = Math.Max(seen, time);
                continue;
            }
            var next = clock.Tick();
            if (next <= given || next <= seen) return false;
            given = next;
        }
        return clock.Time >= given && clock.Time >= seen;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Witnessing_is_idempotent_and_in_any_order_the_same() => Prop.ForAll<uint[]>(times =>
    {
        LamportClock one = new(), other = new();
        foreach (var time in times) one.Witness(time);
        foreach (var time in times.Reverse().Concat(times)) other.Witness(time);
        return one.Time == other.Time;
    }).QuickCheckThrowOnFailure();
}

public sealed class EventLimitsTests
{
    [Fact]
    public void Messages_say_what_is_wrong_and_what_to_do()
    {
        Action[] mistakes =
        [
            () => EventLimits.CheckEvent("event", "", EventPayload.Empty),
            () => EventLimits.CheckEvent("event", "_serf_ping", EventPayload.Empty),
            () => EventLimits.CheckEvent("query", "a\nb", EventPayload.Empty),
            () => EventLimits.CheckEvent("event", new string('é', 129), EventPayload.Empty),
            () => EventLimits.CheckEvent("event", "deploy", EventPayload.FromBytes(new byte[70_000])),
            () => EventLimits.CheckQuery(new Query("load", EventPayload.Empty, TimeSpan.Zero)),
            () => EventLimits.CheckMemberName(""),
            () => EventLimits.CheckMemberName(new string('x', 129)),
            () => EventLimits.CheckMemberName("web 1"),
            () => EventLimits.CheckMemberName("web:1"),
            () => EventLimits.CheckTags("web-1", new Dictionary<string, string> { ["a"] = new('x', 600) }),
        ];
        Snapshot.Matches(string.Join('\n', mistakes.Select(mistake => Should.Throw<ProblemException>(mistake).Message)), "limits");
    }

    [Fact]
    public void The_longest_names_are_allowed()
    {
        EventLimits.CheckEvent("event", new string('é', 128), EventPayload.Empty);
        EventLimits.CheckEvent("event", new string('x', 256), EventPayload.Empty);
        Should.Throw<ProblemException>(() => EventLimits.CheckEvent("event", new string('x', 257), EventPayload.Empty));
        EventLimits.CheckMemberName(new string('x', 128));
    }

    [Fact]
    public void Ids_of_different_events_differ()
    {
        // Only the last part, the member's name, is without a colon; so the parts can be told apart.
        var one = new UserEvent("a:1", EventPayload.Empty, "b", 2, default);
        var other = new UserEvent("a", EventPayload.Empty, "b", 1, default);
        one.Id.ShouldBe("user:a:1:2:b");
        other.Id.ShouldNotBe(one.Id);
        new QueryEvent("a", EventPayload.Empty, "b", default, 1, default).Id.ShouldBe("query:a:1:b");
        new MemberEvent(MemberChange.Failed, new Member("b", new Dictionary<string, string>(), MemberStatus.Failed, "x"), 7, default).Id
            .ShouldBe("member-failed:b:7");
    }
}
