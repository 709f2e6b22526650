namespace Flotilla.Inspection.Tools;

/// <summary>How long tools take relative to each other: CPU seconds over the same 40,000 lines of Python, measured.</summary>
internal static class ToolCost
{
    private static readonly Dictionary<string, double> Costs = new(StringComparer.Ordinal)
    {
        ["roslyn"] = 40, ["pylint"] = 33, ["mypy"] = 10.5, ["pydocstyle"] = 3.9, ["bandit"] = 3.2, ["pycodestyle"] = 3, ["pyflakes"] = 2.9, ["mccabe"] = 1.5, ["vulture"] = 0.7, ["dodgy"] = 0.3,
    };

    /// <summary>The cost; one for a tool that was not measured.</summary>
    public static double Of(ITool tool) => Costs.GetValueOrDefault(tool.Name, 1);
}
