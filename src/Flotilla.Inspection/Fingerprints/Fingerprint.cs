using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Fingerprints;

/// <summary>
/// Names a finding by what it is about and not by where it stands, so that it keeps its name when lines are put in or
/// taken out elsewhere, a block is moved within its file, or the file is indented anew. It is made of the path, the tool, the
/// code, the message without positions and measures, the text of the line, and a number among those that are equal in all that.
/// </summary>
internal static partial class Fingerprint
{
    /// <summary>The name of this way of making fingerprints: another way gets another.</summary>
    public const string Scheme = "flotillaInspection/v1";

    /// <summary>The fingerprints of findings, in their order: 32 hexadecimal digits each.</summary>
    /// <param name="findings">All findings of the files they are about: equal ones are numbered in this order.</param>
    /// <param name="lines">The lines of a file by the path that findings give it; null when it cannot be read.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<Finding> findings, Func<string, IReadOnlyList<string>?> lines)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var fingerprints = new string[findings.Count];
        for (var i = 0; i < fingerprints.Length; i++)
        {
            var content = Content(findings[i], lines);
            var occurrence = seen.GetValueOrDefault(content) + 1;
            seen[content] = occurrence;
            fingerprints[i] = Hash($"{occurrence} {content}");
        }
        return fingerprints;
    }

    private const int NeutralMax = 4000;

    private static string Content(Finding finding, Func<string, IReadOnlyList<string>?> lines)
    {
        string[] parts = [finding.Location.Path, finding.Tool, finding.Code, Neutral(finding.Message), Line(finding.Location, lines)];

        // With the lengths before them, parts cannot be told differently apart than they were put together.
        return string.Concat(parts.Select(part => $"{part.Length}:{part} "));
    }

    private static string Line(FindingLocation location, Func<string, IReadOnlyList<string>?> lines) =>
        location.Line is { } line && lines(location.Path) is { } text && line >= 1 && line <= text.Count ? text[line - 1].Trim() : "";

    /// <summary>
    /// The message with the numbers out that change though the defect is the same: lines ("already defined line 12"), ranges
    /// ("==a:[3:9]"), places ("a.py:12:4", "a.cs(12,4)"), what was measured against a limit ("(88 > 79 characters)", "(13/12)") and widths of indentation.
    /// </summary>
    /// <remarks>Only its beginning: no place that a tool tells stands behind thousands of characters, and a hostile message may have millions.</remarks>
    internal static string Neutral(string message)
    {
        var text = message.Trim();
        var cut = Math.Min(text.Length, NeutralMax);
        return Position().Replace(text[..cut], match => Digits().Replace(match.Value, "#")) + text[cut..];
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    // The limit that something is measured against stays, as it is part of what was asked; hence the lookahead.
    [GeneratedRegex(
        @"\blines? \d+(?:[-–:,] ?\d+)*|\bcol(?:umn)? \d+|\[\d+:\d+\]|(?<=\.\w{1,16})(?::\d+(?::\d+)?|\(\d+(?:,\d+)*\))"
        + @"|\(\d+(?= ?[>/] ?\d)|\b\d+ (?:space|tab)s?\b|\bexpected \d+(?: but found \d+)?",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Position();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Digits();
}
