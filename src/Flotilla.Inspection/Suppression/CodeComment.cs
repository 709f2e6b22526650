using Flotilla.Inspection.Blending;

namespace Flotilla.Inspection.Suppression;

/// <summary>A comment that silences findings.</summary>
/// <param name="Text">As it stands in the file.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="First">The first line that it speaks of.</param>
/// <param name="Last">The last one.</param>
/// <param name="Tool">The tool whose comment it is; null for one that speaks to all (<c>noqa</c>).</param>
/// <param name="Codes">The codes that it names; none for every code of the tool.</param>
internal sealed record CodeComment(string Text, int Line, int First, int Last, string? Tool, IReadOnlyList<string> Codes)
{
    /// <summary>Whether it silences a finding, by its own name or by another tool's name of the defect.</summary>
    public bool Silences(Finding finding, DefectNames names)
    {
        if (finding.Location.Line is { } line ? line < First || line > Last : First > 1) return false;
        if (Codes.Count == 0) return Tool is null || finding.Tool == Tool;
        return Codes.Any(code => Names(finding, code) || Others(code).Any(other => names.Same(other, (finding.Tool, finding.Code))));

        IEnumerable<(string, string)> Others(string code) => Tool is not null ? [(Tool, code)] : names.Known(code).Select(known => known.Name).Distinct().Append(("ruff", code));
    }

    // A family, such as E5, names every code that begins with it.
    private bool Names(Finding finding, string code) =>
        (Tool is null || finding.Tool == Tool)
        && (string.Equals(finding.Code, code, StringComparison.OrdinalIgnoreCase)
            || (Tool is null && code.Length < 5 && char.IsAsciiLetterUpper(code[0]) && code.Skip(1).All(char.IsAsciiDigit) && finding.Code.StartsWith(code, StringComparison.Ordinal)));
}
