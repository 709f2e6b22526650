using Flotilla.Core;

namespace Flotilla.Commands;

internal static class ScenarioChoice
{
    /// <summary>The scenarios that a user means: one by name, or all for null and <c>all</c>.</summary>
    public static IReadOnlyList<ScenarioDescription> Of(FleetDescription fleet, string? name)
    {
        if (fleet.Scenarios.Count == 0)
            throw new ProblemException(new Problem("The fleet declares no scenario.", fleet.Declared,
                Fix: "Declare one: fleet.Scenario(\"starts\", async s => await s.App(\"NAME\").UntilHealthy());"));
        if (name is null or "all") return fleet.Scenarios;
        return [fleet.Scenarios.FirstOrDefault(scenario => scenario.Name == name) ?? throw new ProblemException(new Problem(
            $"The fleet has no scenario \"{name}\".", Fix: Suggestion.Sentence(name, [.. fleet.Scenarios.Select(scenario => scenario.Name)])))];
    }
}
