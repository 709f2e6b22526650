using Flotilla.Core;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.CSharp;

/// <summary>What the C# analysis answers: more than <see cref="ToolOutcome"/> has room for.</summary>
/// <param name="Findings">What was found, sorted by path, line, column, tool and code.</param>
/// <param name="Suppressed">What was found and is silenced in the source, by a suppressor, or by what Flotilla knows of a framework.</param>
/// <param name="Problems">What could not be inspected, and why.</param>
/// <param name="Libraries">The frameworks that the projects use, sorted: <c>aspnetcore</c>, <c>efcore</c>, <c>xunit</c>.</param>
internal sealed record RoslynOutcome(
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<SilencedDiagnostic> Suppressed,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<string> Libraries)
{
    /// <summary>The same as a tool's answer. Several problems are one failure that names them all.</summary>
    public ToolOutcome ToToolOutcome() => new(Findings, Problems.Count switch
    {
        0 => null,
        1 => Problems[0],
        var count => new Problem(
            $"{count} things of the C# analysis went wrong.",
            Why: string.Join(' ', Problems.Select(problem => problem.ToString()))),
    })
    {
        Suppressed = [.. Suppressed.Select(silenced => silenced.ToSuppressed())],
        Libraries = Libraries,
    };
}

/// <summary>A finding that is not shown, and what silences it.</summary>
/// <param name="Finding">What would be shown.</param>
/// <param name="By">What kind of thing silences it.</param>
/// <param name="Origin">Its name: the id of a suppressor, or the framework; the kind's own word elsewhere.</param>
/// <param name="Reason">Why it is silenced, where that is said.</param>
internal sealed record SilencedDiagnostic(Finding Finding, SuppressedBy By, string Origin, string? Reason)
{
    /// <summary>In the words that all tools share.</summary>
    public SuppressedFinding ToSuppressed() => new(Finding, By switch
    {
        SuppressedBy.Pragma => $"#pragma warning disable {Finding.Code}",
        SuppressedBy.Attribute => $"[SuppressMessage(\"{Finding.Code}\")]{(Reason is null ? "" : $": {Reason}")}",
        SuppressedBy.Suppressor => $"{Origin}: {Reason}",
        _ => $"a false report where {Origin} is used{(Reason is null ? "" : $": {Reason}")}",
    }, Finding.Location.Line ?? 1);
}

/// <summary>What silences a finding.</summary>
internal enum SuppressedBy
{
    /// <summary><c>#pragma warning disable</c>.</summary>
    Pragma,

    /// <summary><c>[SuppressMessage]</c> or <c>[UnconditionalSuppressMessage]</c>.</summary>
    Attribute,

    /// <summary>A DiagnosticSuppressor of an analyser package.</summary>
    Suppressor,

    /// <summary>Flotilla's own table of what analysers get wrong in a framework.</summary>
    Framework,
}
