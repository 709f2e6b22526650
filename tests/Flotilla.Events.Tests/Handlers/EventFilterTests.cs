using Flotilla.Core;
using System.Text.RegularExpressions;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Events.Tests;

public sealed class EventFilterTests
{
    private static readonly Member Web = Named("web-1", ("role", "web:shop"), ("zone", "a"));
    private static readonly Member Db = Named("db-1", ("role", "db"));

    [Fact]
    public void A_pattern_matches_as_the_equal_regular_expression()
    {
        var letters = Gen.Elements('a', 'b', '*', '?', '.', '\n', 'é');
        var texts = Gen.ArrayOf(letters).Select(characters => new string(characters));
        Prop.ForAll(texts.ToArbitrary(), texts.Select(text => text.Replace("*", "").Replace("?", "")).ToArbitrary(), (pattern, name) =>
        {
            var reference = "\\A" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "\\z";
            return NamePattern.Matches(pattern, name) == Regex.IsMatch(name, reference, RegexOptions.Singleline);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_exponential_time() =>
        NamePattern.Matches(string.Concat(Enumerable.Repeat("a*", 100)) + "b", new string('a', 256)).ShouldBeFalse();

    [Theory]
    [InlineData("slow", "slow", true)]
    [InlineData("slow", "slower", false)]
    [InlineData("slow", "Slow", false)]
    [InlineData("s*", "s", true)]
    [InlineData("*-web", "deploy-web", true)]
    [InlineData("deploy-?", "deploy-", false)]
    [InlineData("*", "", true)]
    public void A_pattern_fits_whole_names(string pattern, string name, bool fits) => NamePattern.Matches(pattern, name).ShouldBe(fits);

    [Fact]
    public void A_filter_is_for_one_kind_of_event()
    {
        FleetEvent[] events =
        [
            User("member-join"), Query("member-join"), Changed(MemberChange.Join, Db), Changed(MemberChange.Failed, Db),
        ];
        Fitting(EventFilter.Any).ShouldBe([0, 1, 2, 3]);
        Fitting(EventFilter.User("*")).ShouldBe([0]);
        Fitting(EventFilter.Query("*")).ShouldBe([1]);
        Fitting(EventFilter.Members()).ShouldBe([2, 3]);
        Fitting(EventFilter.Members(MemberChange.Failed, MemberChange.Leave)).ShouldBe([3]);

        IEnumerable<int> Fitting(EventFilter filter) =>
            Enumerable.Range(0, events.Length).Where(i => filter.Matches(events[i], Web, Find));
    }

    [Fact]
    public void A_filter_selects_hosts_by_role_and_tags()
    {
        bool Fits(EventFilter filter, Member host) => filter.Matches(User("e"), host, Find);
        Fits(EventFilter.Any with { HostRole = "shop" }, Web).ShouldBeTrue();
        Fits(EventFilter.Any with { HostRole = "sho" }, Web).ShouldBeFalse();
        Fits(EventFilter.Any with { HostTags = Tags(("zone", "a")) }, Web).ShouldBeTrue();
        Fits(EventFilter.Any with { HostTags = Tags(("zone", "b")) }, Web).ShouldBeFalse();
        Fits(EventFilter.Any with { HostTags = Tags(("zone", "*")) }, Web).ShouldBeTrue();
        Fits(EventFilter.Any with { HostTags = Tags(("zone", "*")) }, Db).ShouldBeFalse();
    }

    [Fact]
    public void A_filter_selects_events_by_the_role_of_their_origin()
    {
        var fromDb = EventFilter.Any with { OriginRole = "db" };
        fromDb.Matches(User("e", "db-1"), Web, Find).ShouldBeTrue();
        fromDb.Matches(User("e", "web-1"), Web, Find).ShouldBeFalse();
        fromDb.Matches(User("e", "nobody"), Web, Find).ShouldBeFalse();
        fromDb.Matches(Query("e", "db-1"), Web, Find).ShouldBeTrue();
        fromDb.Matches(Changed(MemberChange.Failed, Db), Web, Find).ShouldBeTrue();
        fromDb.Matches(Changed(MemberChange.Failed, Web), Web, Find).ShouldBeFalse();
    }

    [Fact]
    public void Filters_read_as_people_would_say_them()
    {
        EventFilter[] filters =
        [
            EventFilter.Any,
            EventFilter.User("slow*"),
            EventFilter.Query("load") with { HostRole = "web" },
            EventFilter.Members(MemberChange.Failed, MemberChange.Leave) with { OriginRole = "db" },
            EventFilter.Members(),
            EventFilter.User("slow") with { OriginRole = "db", HostRole = "web", HostTags = Tags(("zone", "a"), ("disk", "*")), IsDefault = true },
        ];
        Snapshot.Matches(string.Join('\n', filters.Select(filter => filter.ToString())), "filters");
    }

    [Fact]
    public void A_filter_that_no_event_can_fit_is_found()
    {
        Never(EventFilter.User("")).ShouldBe("Its filter is for a user event without a name, and every user event has one. Name it, or write * for any name.");
        Never(EventFilter.Query("")).ShouldStartWith("Its filter is for a query without a name");
        Never(EventFilter.User("de\nploy")).ShouldStartWith("Its filter has the control character U+000A");
        Never(EventFilter.Query("_serf_ping*")).ShouldStartWith("Names that begin with \"_serf_\" belong to Serf");
        Never(EventFilter.User(new string('n', 300))).ShouldBe("Its filter asks for a name of 300 bytes; the limit is 256. Shorten it.");
        Never(EventFilter.Any with { OriginRole = "" }).ShouldStartWith("Its filter asks for a role without a name");
        Never(EventFilter.Any with { HostTags = Tags(("", "x")) }).ShouldStartWith("Its filter asks for a tag without a name");
        EventFilter.User(new string('*', 300)).Check("one").ShouldBeEmpty();
        foreach (var filter in new[] { EventFilter.Any, EventFilter.Members(), EventFilter.User("*"), EventFilter.Query("load?") }) filter.Check("one").ShouldBeEmpty();
    }

    private static string Never(EventFilter filter)
    {
        var problem = filter.Check("one", new SourceLocation("fleet.cs", 7)).ShouldHaveSingleItem();
        problem.ToString().ShouldStartWith("fleet.cs(7): Handler \"one\" can never run. ");
        return $"{problem.Why} {problem.Fix}";
    }

    private static Member? Find(string name) => name switch { "web-1" => Web, "db-1" => Db, _ => null };

    private static UserEvent User(string name, string origin = "db-1") => new(name, EventPayload.Empty, origin, 1, default);

    private static QueryEvent Query(string name, string origin = "db-1") => new(name, EventPayload.Empty, origin, default, 1, default);

    private static MemberEvent Changed(MemberChange change, Member member) => new(change, member, 1, default);

    private static Dictionary<string, string> Tags(params (string Name, string Value)[] tags) => tags.ToDictionary(tag => tag.Name, tag => tag.Value);

    private static Member Named(string name, params (string, string)[] tags) => new(name, Tags(tags), MemberStatus.Alive, "127.0.0.1");
}
