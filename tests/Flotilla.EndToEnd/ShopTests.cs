using System.Text.Json;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>The example of the README through the real command, and the JSON that others rely on.</summary>
[Collection("shop")]
public sealed class ShopTests
{
    private static readonly string[] Order =
        ["instance-healthy", "anomaly", "event", "handler", "instance-stopped", "instance-healthy", "recovered"];

    [Fact]
    public async Task A_slow_instance_is_replaced_for_real_and_the_json_tells_it_in_order()
    {
        var (exitCode, output, error) = await FlotillaCommand.RunAsync(Repository.Root, null, "up", "examples/shop", "--scenario", "slow-instance-is-replaced", "--output", "json");
        exitCode.ShouldBe(0, error);
        var result = JsonDocument.Parse(output).RootElement;
        result.GetProperty("fleet").GetString().ShouldBe("shop");
        var scenario = result.GetProperty("scenarios").EnumerateArray().ShouldHaveSingleItem();
        IsTold(scenario, "slow-instance-is-replaced");
    }

    [Fact]
    public async Task Simulated_twice_under_one_seed_the_bytes_are_the_same()
    {
        var first = await FlotillaCommand.RunAsync(Repository.Root, null, "simulate", "examples/shop", "--seed", "7", "--output", "json");
        var second = await FlotillaCommand.RunAsync(Repository.File("examples", "shop", "service"), null, "simulate", "--seed", "7", "--output", "json");
        first.ExitCode.ShouldBe(0, first.Error);
        second.Output.ShouldBe(first.Output);
        var scenarios = JsonDocument.Parse(first.Output).RootElement.GetProperty("scenarios").EnumerateArray().ToList();
        scenarios.Count.ShouldBe(2);
        IsTold(scenarios[0], "slow-instance-is-replaced");
        IsTold(scenarios[1], "failing-instance-is-replaced");
    }

    private static void IsTold(JsonElement scenario, string name)
    {
        scenario.GetProperty("name").GetString().ShouldBe(name);
        scenario.GetProperty("passed").GetBoolean().ShouldBeTrue();
        scenario.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
        var next = 0;
        DateTimeOffset last = default;
        foreach (var entry in scenario.GetProperty("timeline").EnumerateArray())
        {
            var at = entry.GetProperty("at").GetDateTimeOffset();
            at.ShouldBeGreaterThanOrEqualTo(last);
            last = at;
            entry.GetProperty("subject").GetString().ShouldNotBeNull();
            entry.GetProperty("text").GetString().ShouldNotBeNull();
            if (next < Order.Length && entry.GetProperty("kind").GetString() == Order[next]) next++;
        }
        next.ShouldBe(Order.Length, $"after {string.Join(", ", Order.Take(next))} there is no {Order.ElementAtOrDefault(next)}");
    }
}
