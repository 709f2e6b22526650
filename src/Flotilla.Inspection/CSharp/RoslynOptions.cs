using Flotilla.Core;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.CSharp;

/// <summary>What a profile's section <c>roslyn</c> says.</summary>
internal sealed record RoslynOptions
{
    private static readonly string[] Names =
        ["packs", "analysis-level", "analysis-mode", "configuration", "max-complexity", "max-cognitive", "framework-suppressors", "run-project-analyzers"];

    /// <summary>Analyser packs beyond those that a project references.</summary>
    public IReadOnlyList<string> Packs { get; init; } = [];

    /// <summary>MSBuild properties of the design-time build, sorted by name.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The greatest cyclomatic complexity that is no finding.</summary>
    public int MaxComplexity { get; init; } = 25;

    /// <summary>The greatest cognitive complexity that is no finding.</summary>
    public int MaxCognitive { get; init; } = 15;

    /// <summary>Whether what analysers are known to get wrong in a framework is silenced.</summary>
    public bool FrameworkSuppressors { get; init; } = true;

    /// <summary>Whether analysers and generators that the inspected solution itself builds are loaded: that runs its code.</summary>
    public bool RunProjectAnalyzers { get; init; }

    /// <summary>Codes that are wanted though their default or the project says otherwise, sorted.</summary>
    public IReadOnlyList<string> Enable { get; init; } = [];

    /// <summary>Codes that are not wanted, sorted.</summary>
    public IReadOnlyList<string> Disable { get; init; } = [];

    /// <summary>Reads settings; what is not understood is a problem and keeps its default.</summary>
    public static RoslynOptions From(ToolSettings settings, List<Problem> problems)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var options = new RoslynOptions { Enable = settings.Enable, Disable = settings.Disable, Properties = properties };
        foreach (var (name, value) in settings.Options)
        {
            switch (name)
            {
                case "packs" when value is IEnumerable<object?> list:
                    options = options with { Packs = [.. list.OfType<string>()] };
                    break;
                case "packs" when value is string one:
                    options = options with { Packs = [one] };
                    break;
                case "analysis-level" when value is string or long or double:
                    properties["AnalysisLevel"] = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;
                    break;
                case "analysis-mode" when value is string mode:
                    properties["AnalysisMode"] = mode;
                    break;
                case "configuration" when value is string configuration:
                    properties["Configuration"] = configuration;
                    break;
                case "max-complexity" when value is long and > 0 and < int.MaxValue:
                    options = options with { MaxComplexity = (int)(long)value };
                    break;
                case "max-cognitive" when value is long and > 0 and < int.MaxValue:
                    options = options with { MaxCognitive = (int)(long)value };
                    break;
                case "framework-suppressors" when value is bool wanted:
                    options = options with { FrameworkSuppressors = wanted };
                    break;
                case "run-project-analyzers" when value is bool run:
                    options = options with { RunProjectAnalyzers = run };
                    break;
                case "minimum-severity":
                    // Of every tool's findings the inspector leaves out what is less.
                    break;
                default:
                    problems.Add(Array.IndexOf(Names, name) >= 0
                        ? new Problem($"The option \"{name}\" of roslyn has a value of the wrong kind: {value ?? "nothing"}.", Fix: Form(name))
                        : new Problem($"roslyn has no option \"{name}\".", Fix: Suggestion.Sentence(name, Names)));
                    break;
            }
        }
        if (options.Packs.Contains("sdk", StringComparer.Ordinal)) properties["EnableNETAnalyzers"] = "true";
        return options;
    }

    private static string Form(string name) => name switch
    {
        "packs" => $"Give a list of {string.Join(", ", AnalyzerPacks.Names)}.",
        "max-complexity" or "max-cognitive" => "Give a whole number above 0.",
        "framework-suppressors" or "run-project-analyzers" => "Give true or false.",
        _ => "Give a text.",
    };
}
