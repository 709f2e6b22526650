namespace Flotilla.Events.Tests;

/// <content>Queries.</content>
public abstract partial class EventBusContract
{
    [Fact]
    public Task A_query_ends_when_all_have_answered() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(Members);
        foreach (var host in hosts)
            host.OnQuery = async (query, respond) =>
                (await respond.AnswerAsync(EventPayload.FromText($"{host.Name} {query.Payload.Text}"), CancellationToken.None)).ShouldBeTrue();
        var begin = fleet.Time.GetTimestamp();
        var result = await hosts[0].Bus.QueryAsync(AskFor("load", "now", timeout: TimeSpan.FromMinutes(10)), CancellationToken.None);
        fleet.Time.GetElapsedTime(begin).ShouldBeLessThan(TimeSpan.FromMinutes(1));
        result.Answers.ShouldBe(hosts.Select(host => new QueryAnswer(host.Name, EventPayload.FromText($"{host.Name} now"))));
        result.Failures.ShouldBeEmpty();
        result.Silent.ShouldBeEmpty();
    });

    [Fact]
    public Task A_failure_to_answer_is_told_to_the_asker() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        hosts[0].OnQuery = async (_, respond) => await respond.AnswerAsync(EventPayload.Empty, CancellationToken.None);
        hosts[1].OnQuery = async (_, respond) => await respond.FailAsync("no disk", CancellationToken.None);
        var result = await hosts[0].Bus.QueryAsync(AskFor("load"), CancellationToken.None);
        result.Answers.ShouldBe([new QueryAnswer("web-1", EventPayload.Empty)]);
        result.Failures.ShouldBe([new QueryFailure("web-2", "no disk")]);
    });

    [Fact]
    public Task Who_says_nothing_is_silent_when_the_time_is_over() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        hosts[0].OnQuery = async (_, respond) => await respond.AnswerAsync(EventPayload.FromText("1"), CancellationToken.None);
        var timeout = TimeSpan.FromMilliseconds(200);
        var result = await hosts[0].Bus.QueryAsync(AskFor("load", timeout: timeout), CancellationToken.None);
        result.Answers.Count.ShouldBe(1);
        result.Silent.ShouldBe(["web-2"]);
        result.Took.ShouldBeGreaterThanOrEqualTo(timeout * 0.9);
    });

    [Fact]
    public Task Who_declines_is_not_waited_for() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        foreach (var host in hosts) host.OnQuery = async (_, respond) => await respond.DeclineAsync(CancellationToken.None);
        var result = await hosts[0].Bus.QueryAsync(AskFor("load", timeout: TimeSpan.FromMinutes(10)), CancellationToken.None);
        result.Answers.ShouldBeEmpty();
        result.Silent.ShouldBe(["web-1", "web-2"]);
    });

    [Fact]
    public Task Who_dies_meanwhile_is_not_waited_for() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        hosts[0].OnQuery = async (_, respond) => await respond.AnswerAsync(EventPayload.Empty, CancellationToken.None);
        var asked = hosts[0].Bus.QueryAsync(AskFor("load", timeout: TimeSpan.FromMinutes(10)), CancellationToken.None);
        fleet.Fail("web-2");
        (await asked).Silent.ShouldBe(["web-2"]);
    });

    [Fact]
    public Task The_first_word_of_a_member_counts() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(1);
        var later = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        hosts[0].OnQuery = async (_, respond) =>
        {
            await respond.AnswerAsync(EventPayload.FromText("first"), CancellationToken.None);
            later.SetResult(await respond.FailAsync("second", CancellationToken.None));
        };
        var result = await hosts[0].Bus.QueryAsync(AskFor("load"), CancellationToken.None);
        result.Answers.Single().Payload.Text.ShouldBe("first");
        (await later.Task).ShouldBeFalse();
    });

    [Fact]
    public Task A_query_is_addressed_by_role_and_by_host() => RunAsync(async fleet =>
    {
        Host[] hosts = [fleet.Join("db-1", "db"), fleet.Join("web-1", "web:shop"), fleet.Join("web-2")];
        await Fleet.KnowEachOtherAsync(hosts);
        foreach (var host in hosts)
            host.OnQuery = async (_, respond) => await respond.AnswerAsync(EventPayload.Empty, CancellationToken.None);
        async Task<string[]> Answering(Query query) =>
            [.. (await hosts[0].Bus.QueryAsync(query, CancellationToken.None)).Answers.Select(answer => answer.Member)];
        (await Answering(AskFor("load") with { Role = "web" })).ShouldBe(["web-1", "web-2"]);
        (await Answering(AskFor("load") with { Role = "shop" })).ShouldBe(["web-1"]);
        (await Answering(AskFor("load") with { Hosts = ["db-1", "web-2", "nobody"] })).ShouldBe(["db-1", "web-2"]);
        (await Answering(AskFor("load") with { Role = "web", Hosts = ["db-1", "web-2"] })).ShouldBe(["web-2"]);
        hosts[0].Events.OfType<QueryEvent>().Count().ShouldBe(1);
    });

    [Fact]
    public Task A_query_to_nobody_ends_at_once() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        var result = await hosts[0].Bus.QueryAsync(AskFor("load") with { Role = "none" }, CancellationToken.None);
        (result.Answers.Count + result.Failures.Count + result.Silent.Count).ShouldBe(0);
        result.Took.ShouldBe(TimeSpan.Zero);
    });

    [Fact]
    public Task Waiting_for_answers_can_be_given_up() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        using var cancellation = new CancellationTokenSource();
        var asked = hosts[0].Bus.QueryAsync(AskFor("load", timeout: TimeSpan.FromMinutes(10)), cancellation.Token);
        cancellation.Cancel();
        await Thrown.ByAsync<OperationCanceledException>(async () => await asked);
    });

    [Fact]
    public Task An_asker_that_dies_is_told_so() => RunAsync(async fleet =>
    {
        var hosts = await fleet.JoinAsync(2);
        var asked = hosts[0].Bus.QueryAsync(AskFor("load", timeout: TimeSpan.FromMinutes(10)), CancellationToken.None);
        fleet.Fail("web-1");
        (await Thrown.ByAsync<EventBusClosedException>(async () => await asked)).Member.ShouldBe("web-1");
    });

    private static Query AskFor(string name, string payload = "", TimeSpan? timeout = null) =>
        new(name, EventPayload.FromText(payload), timeout);
}
