using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Core.Tests;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("simualte", "simulate")]
    [InlineData("SHOP", "shop")]
    [InlineData("wbe", "web")]
    [InlineData("zzzz", null)]
    public void The_nearest_name_is_suggested_and_a_far_one_is_not(string typed, string? expected) =>
        Suggestion.For(typed, ["simulate", "shop", "web"]).ShouldBe(expected);

    [Fact]
    public void Without_a_near_name_the_sentence_lists_what_there_is() =>
        Suggestion.Sentence("zzzz", ["web", "db"]).ShouldBe("There are: web, db.");
}

public sealed class BackoffTests
{
    [Fact]
    public void Delays_grow_up_to_the_maximum_and_stay_within_the_jitter() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var backoff = new Backoff(TimeSpan.FromSeconds(1), Factor: 2, Max: TimeSpan.FromSeconds(30), Jitter: 0.25);
            var random = new Random(seed);
            return Enumerable.Range(0, 100).All(k =>
            {
                var centre = Math.Min(30, Math.Pow(2, k));
                var delay = backoff.Delay(k, random).TotalSeconds;
                return delay >= centre * 0.75 - 1e-3 && delay <= centre * 1.25 + 1e-3;
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_very_late_repetition_does_not_overflow() =>
        new Backoff(TimeSpan.FromSeconds(1)).Delay(100_000, new Random(1)).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(75));
}

public sealed class ProblemTests
{
    [Fact]
    public void A_problem_says_where_what_why_and_the_fix_in_one_line() =>
        new Problem("App \"shop\" wants port 80, but \"blog\" has it on the same host.", new SourceLocation("/home/me/fleet.cs", 14), Fix: "Give one of them another port.")
            .ToString().ShouldBe("fleet.cs(14): App \"shop\" wants port 80, but \"blog\" has it on the same host. Give one of them another port.");

    [Fact]
    public void An_invariant_builds_its_message_only_when_it_is_violated()
    {
        var built = 0;
        string Costly()
        {
            built++;
            return "x";
        }
        var messages = new List<string>();
        var invariants = new Invariants(messages.Add);
        invariants.Require(true, $"never {Costly()}");
        built.ShouldBe(0);
        invariants.Require(1 > 2, $"order {Costly()}");
        messages.ShouldBe(["order x"]);
    }
}
