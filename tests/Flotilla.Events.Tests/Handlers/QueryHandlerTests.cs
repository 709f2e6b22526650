namespace Flotilla.Events.Tests;

public sealed class QueryHandlerTests
{
    [Fact]
    public void What_a_handler_returns_is_the_answer() => Rig.InSimulation(async rig =>
    {
        object?[] results = [null, "text", new byte[] { 0, 255 }, EventPayload.FromText("payload"), new { FreeBytes = 12, Kind = DayOfWeek.Friday }, 3.5];
        rig.On("h", EventFilter.Query("*"), (e, _, _) => Task.FromResult(results[int.Parse(((QueryEvent)e).Name)]));
        await using var dispatcher = rig.Start();
        var answers = new List<EventPayload>();
        for (var i = 0; i < results.Length; i++) answers.Add((await rig.AskAsync($"{i}")).Answers.Single().Payload);
        answers[0].Length.ShouldBe(0);
        answers[1].Text.ShouldBe("text");
        answers[2].Bytes.ToArray().ShouldBe([0, 255]);
        answers[3].Text.ShouldBe("payload");
        answers[4].Text.ShouldBe("""{"freeBytes":12,"kind":"friday"}""");
        answers[5].Read<double>().ShouldBe(3.5);
    });

    [Fact]
    public void A_handler_that_throws_fails_the_query_and_keeps_its_stack_in_the_journal() => Rig.InSimulation(async rig =>
    {
        rig.On("load", EventFilter.Query("load"), (_, _, _) => throw new FormatException("bad number"));
        await using var dispatcher = rig.Start();
        var result = await rig.AskAsync("load", TimeSpan.FromMinutes(10));
        result.Failures.ShouldBe([new QueryFailure("web-1", "Handler load: FormatException: bad number")]);
        result.Took.ShouldBe(TimeSpan.Zero);
        rig.Journal.Runs.Single().Error!.ShouldContain(nameof(A_handler_that_throws_fails_the_query_and_keeps_its_stack_in_the_journal));
    });

    [Fact]
    public void A_handler_that_times_out_fails_the_query() => Rig.InSimulation(async rig =>
    {
        rig.On("load", EventFilter.Query("load"), async (_, _, _) =>
        {
            await Task.Delay(TimeSpan.FromHours(1), rig.Time, CancellationToken.None);
            return null;
        }, new HandlerOptions(Timeout: TimeSpan.FromSeconds(2)));
        await using var dispatcher = rig.Start();
        (await rig.AskAsync("load")).Failures.Single().Message.ShouldBe(
            "Handler load: It did not end within 2 s. It went on although it was cancelled, and was given up.");
    });

    [Fact]
    public void An_answer_that_is_too_large_fails_the_query() => Rig.InSimulation(async rig =>
    {
        rig.On("big", EventFilter.Query("*"), (_, _, _) => Task.FromResult<object?>(new byte[EventLimits.PayloadBytesMax + 1]));
        await using var dispatcher = rig.Start();
        (await rig.AskAsync("big")).Failures.Single().Message.ShouldContain("65,537 bytes; the limit is 65,536");
        rig.Outcomes.ShouldBe(["big: Failed"]);
    });

    [Fact]
    public void An_answer_without_a_JSON_form_fails_the_query() => Rig.InSimulation(async rig =>
    {
        rig.On("odd", EventFilter.Query("*"), (_, _, _) => Task.FromResult<object?>((Action)(() => { })));
        await using var dispatcher = rig.Start();
        (await rig.AskAsync("odd")).Failures.Single().Message.ShouldStartWith("Handler odd: NotSupportedException");
    });

    [Fact]
    public void The_first_handler_for_queries_answers_and_the_others_run_too() => Rig.InSimulation(async rig =>
    {
        HandlerBody Say(string word) => (_, _, _) => Task.FromResult<object?>(word);
        rig.On("audit", EventFilter.Any, Say("audit")).On("first", EventFilter.Query("lo*"), Say("first")).On("second", EventFilter.Query("load"), Say("second"));
        await using var dispatcher = rig.Start();
        (await rig.AskAsync("load")).Answers.Single().Payload.Text.ShouldBe("first");
        await dispatcher.IdleAsync(default);
        rig.Journal.Runs.Where(run => run.EventText == "query \"load\"").Select(run => run.Result).Order().ShouldBe(["audit", "first", "second"]);
    });

    [Fact]
    public void A_query_that_nobody_handles_is_declined_at_once() => Rig.InSimulation(async rig =>
    {
        rig.On("audit", EventFilter.Any, (_, _, _) => Task.FromResult<object?>("seen"));
        await using var dispatcher = rig.Start();
        var result = await rig.AskAsync("unknown", TimeSpan.FromMinutes(10));
        result.Silent.ShouldBe(["web-1"]);
        result.Took.ShouldBe(TimeSpan.Zero);
    });

    [Fact]
    public void A_default_handler_may_answer() => Rig.InSimulation(async rig =>
    {
        rig.On("rest", EventFilter.Query("*") with { IsDefault = true }, (_, _, _) => Task.FromResult<object?>("rest"));
        await using var dispatcher = rig.Start();
        (await rig.AskAsync("anything")).Answers.Single().Payload.Text.ShouldBe("rest");
    });

    [Fact]
    public void A_query_that_is_dropped_fails() => Rig.InSimulation(async rig =>
    {
        rig.On("h", EventFilter.Query("*"), async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), rig.Time, token);
            return "done";
        }, new HandlerOptions(QueueLimit: 1));
        await using var dispatcher = rig.Start();
        var asked = new List<Task<QueryResult>> { rig.AskAsync("a") };
        await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Time);
        asked.AddRange([rig.AskAsync("b"), rig.AskAsync("c")]);
        var results = await Task.WhenAll(asked);
        results.Select(result => result.Answers.Count).ShouldBe([1, 1, 0]);
        results[2].Failures.Single().Message.ShouldBe("1 events were waiting for handler h, which is its limit.");
    });
}
