using System.Text;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests;

/// <summary>What a Serf agent tells a program that it starts.</summary>
public sealed class SerfScriptCallTests
{
    [Fact]
    public void A_user_event_has_its_name_time_and_payload_without_the_line_feed_that_Serf_adds()
    {
        var e = Read("v2\n", ("SERF_EVENT", "user"), ("SERF_USER_EVENT", "deploy-web 1.0"), ("SERF_USER_LTIME", "17")).Events(TimeProvider.System).ShouldHaveSingleItem().ShouldBeOfType<UserEvent>();
        (e.Name, e.Payload.Text, e.LamportTime, e.Origin).ShouldBe(("deploy-web 1.0", "v2", 17UL, ""));
    }

    [Theory]
    [InlineData("web,db")]
    [InlineData("web:db")]
    public void A_node_has_several_roles(string tag)
    {
        var call = Read("", ("SERF_EVENT", "user"), ("SERF_SELF_NAME", "n1"), ("SERF_TAG_ROLE", tag), ("SERF_TAG_DC", "eu"));
        call.Self.Roles.ShouldBe(["web", "db"]);
        call.Tags["dc"].ShouldBe("eu");
    }

    [Fact]
    public void Without_a_tag_the_role_of_the_node_counts() =>
        Read("", ("SERF_EVENT", "user"), ("SERF_SELF_ROLE", "web")).Self.Roles.ShouldBe(["web"]);

    [Fact]
    public void Each_member_that_changed_is_an_event_and_a_comma_in_a_role_is_no_end_of_a_tag()
    {
        var events = Read("n1\t10.0.0.1\tweb,db\trole=web,db,dc=eu\nn2\t10.0.0.2\t\t\n", ("SERF_EVENT", "member-failed")).Events(TimeProvider.System).Cast<MemberEvent>().ToList();
        events.Select(e => (e.Change, e.Member.Name, e.Member.Address, e.Member.Status)).ShouldBe(
            [(MemberChange.Failed, "n1", "10.0.0.1", MemberStatus.Failed), (MemberChange.Failed, "n2", "10.0.0.2", MemberStatus.Failed)]);
        events[0].Member.Roles.ShouldBe(["web", "db"]);
        events[0].Member.Tags["dc"].ShouldBe("eu");
        events[1].Member.Tags.ShouldBeEmpty();
    }

    [Fact]
    public void A_user_event_called_as_a_change_of_members_is_a_user_event() =>
        Read("", ("SERF_EVENT", "user"), ("SERF_USER_EVENT", "member-join")).Events(TimeProvider.System).ShouldHaveSingleItem().ShouldBeOfType<UserEvent>();

    [Fact]
    public void A_query_of_Flotilla_is_unwrapped_and_answered_wrapped_also_when_it_ends_in_a_line_feed()
    {
        foreach (var text in new[] { "x", "x\n" })
        {
            var asked = new SerfQueryMessage("n2", 5, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(5), null, EventPayload.FromText(text));
            var sent = SerfEnvelope.Write(asked).ToArray();
            var call = Read(sent is [.., (byte)'\n'] ? sent : [.. sent, (byte)'\n'], ("SERF_EVENT", "query"), ("SERF_QUERY_NAME", "load"));
            var query = call.Events(TimeProvider.System).ShouldHaveSingleItem().ShouldBeOfType<QueryEvent>();
            (query.Origin, query.Payload.Text, query.LamportTime).ShouldBe(("n2", text, 5UL));
            SerfEnvelope.Read(call.Answer(EventPayload.FromText("idle"))).ShouldBe(new SerfAnswerMessage(EventPayload.FromText("idle")));
            SerfEnvelope.Read(call.Failure("no disk").ShouldNotBeNull()).ShouldBe(new SerfFailureMessage("no disk"));
            call.Decline().ShouldNotBeNull();
        }
    }

    [Fact]
    public void A_query_of_a_person_is_answered_with_the_bytes_alone_and_a_failure_not_at_all()
    {
        var call = Read("", ("SERF_EVENT", "query"), ("SERF_QUERY_NAME", "load"));
        Encoding.UTF8.GetString(call.Answer(EventPayload.FromText("idle")).Span).ShouldBe("idle");
        call.Failure("no disk").ShouldBeNull();
        call.Decline().ShouldBeNull();
        Should.Throw<ProblemException>(() => call.Answer(EventPayload.FromBytes(new byte[2000]))).Problems[0].Why!.ShouldContain("2,000 bytes");
    }

    [Fact]
    public void Of_a_query_in_parts_no_handler_sees_garbage_and_the_asker_is_told_why()
    {
        var asked = new SerfQueryMessage("n2", 5, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(5), null, null);
        var call = Read([.. SerfEnvelope.Write(asked).Span, (byte)'\n'], ("SERF_EVENT", "query"), ("SERF_QUERY_NAME", "load"), ("SERF_SELF_NAME", "old-1"));
        call.Events(TimeProvider.System).ShouldBeEmpty();
        var why = call.WhyIncomplete.ShouldNotBeNull();
        why.ShouldBe("old-1 answers through a program that Serf starts, and what is larger than one query of Serf, about 800 bytes, does not reach it. "
            + "Send less, or run \"flotilla agent\" there.");
        SerfEnvelope.Read(call.Failure(why).ShouldNotBeNull()).ShouldBe(new SerfFailureMessage(why));
        var part = new SerfPartMessage("n2", 5, 0, 3, new byte[100]);
        Read([.. SerfEnvelope.Write(part).Span], ("SERF_EVENT", "user"), ("SERF_USER_EVENT", SerfEnvelope.PartName)).Events(TimeProvider.System).ShouldBeEmpty();
        Read("", ("SERF_EVENT", "query"), ("SERF_QUERY_NAME", "load")).WhyIncomplete.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "SERF_EVENT is not set")]
    [InlineData("lunch", "\"lunch\"")]
    public void What_is_no_call_is_refused(string kind, string says) =>
        Should.Throw<ProblemException>(() => Read("", ("SERF_EVENT", kind))).Message.ShouldContain(says);

    private static SerfScriptCall Read(string input, params (string, string)[] variables) => Read(Encoding.UTF8.GetBytes(input), variables);

    private static SerfScriptCall Read(byte[] input, params (string Name, string Value)[] variables) =>
        SerfScriptCall.Read(variables.ToDictionary(variable => variable.Name, variable => variable.Value), input);
}
