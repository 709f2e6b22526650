using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Suppression;

/// <summary>Leaves out the defects that comments silence: under any tool's name, in the whole statement; and tells of comments that silence nothing.</summary>
internal sealed partial class Suppressor(SourceTree tree, DefectNames names)
{
    /// <summary>The tool that unused comments are reported by.</summary>
    public const string Name = "suppressions";

    /// <summary>The code of an unused comment.</summary>
    public const string Unused = "unused-suppression";

    private readonly Dictionary<string, PythonSource?> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CodeComment>> _comments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fullPaths = tree.Of(Languages.Python).ToDictionary(file => file.Path, file => file.FullPath, StringComparer.Ordinal);

    /// <summary>The statement that a line of a file is part of.</summary>
    public (int First, int Last) StatementOf(string path, int line) => Source(path)?.StatementOf(line) ?? (line, line);

    /// <summary>What pylint silenced itself, brought back from what it tells of it.</summary>
    public static (IReadOnlyList<Finding> Findings, IReadOnlyList<SuppressedFinding> Suppressed) Unwrap(IEnumerable<Finding> findings)
    {
        var (open, suppressed) = (new List<Finding>(), new List<SuppressedFinding>());
        foreach (var finding in findings)
            if (finding is { Tool: "pylint", Code: "suppressed-message" } && PylintSuppressed().Match(finding.Message) is { Success: true } said)
                suppressed.Add(new SuppressedFinding(finding with { Code = said.Groups["code"].Value, Message = $"{said.Groups["code"].Value} (silenced)" },
                    $"# pylint: disable={said.Groups["code"].Value}", int.Parse(said.Groups["line"].Value, CultureInfo.InvariantCulture)));
            else if (finding is not { Tool: "pylint", Code: "file-ignored" }) open.Add(finding);
        return (open, suppressed);
    }

    /// <summary>Parts defects that stand from those that are silenced.</summary>
    /// <param name="groups">Each defect with all that was said of it.</param>
    /// <param name="silenced">What the tools themselves silenced; these are among the groups' findings.</param>
    /// <param name="judges">Whether a code would have been reported by a tool that ran: only then can a comment be called unused.</param>
    public (List<FindingGroup> Open, List<SuppressedFinding> Suppressed, List<Finding> Unused) Apply(
        IReadOnlyList<FindingGroup> groups, IReadOnlyList<SuppressedFinding> silenced, Func<string, bool> judges)
    {
        var bySilencer = silenced.GroupBy(one => one.Finding).ToDictionary(same => same.Key, same => same.First());
        var (open, suppressed, unused) = (new List<FindingGroup>(), new List<SuppressedFinding>(), new List<Finding>());
        var byFile = groups.ToLookup(group => group.Kept.Location.Path, StringComparer.Ordinal);
        foreach (var file in byFile)
        {
            var comments = Comments(file.Key);
            foreach (var group in file)
            {
                var by = comments.Where(comment => group.All.Any(finding => comment.Silences(finding, names))).ToList();
                if (group.All.Select(bySilencer.GetValueOrDefault).FirstOrDefault(one => one is not null) is { } already)
                    suppressed.Add(already with { Finding = group.Blended() });
                else if (by.Count > 0) suppressed.Add(new SuppressedFinding(group.Blended(), by[0].Text, by[0].Line));
                else open.Add(group);
            }
        }
        foreach (var file in tree.Of(Languages.Python))
        {
            var said = byFile[file.Path].SelectMany(group => group.All).ToList();
            unused.AddRange(from comment in Comments(file.Path)
                            where comment.Codes.Count > 0 && comment.Tool is null or "bandit" && comment.Codes.All(judges)
                            where !said.Any(finding => comment.Silences(finding, names))
                            select new Finding(Name, Unused, $"Nothing is left for \"{comment.Text}\" to silence.", new FindingLocation(file.Path, comment.Line)
                            {
                                Module = PythonModule.Name(file.Path),
                            })
                            { Severity = Severity.Note });
        }
        return (open, suppressed, unused);
    }

    private List<CodeComment> Comments(string path)
    {
        if (_comments.TryGetValue(path, out var comments)) return comments;
        return _comments[path] = Source(path) is { } source ? [.. PythonComments.Of(source)] : [];
    }

    private PythonSource? Source(string path)
    {
        if (_sources.TryGetValue(path, out var source)) return source;
        return _sources[path] = _fullPaths.TryGetValue(path, out var full) ? new PythonSource(FileText.Of(full)) : null;
    }

    [GeneratedRegex(@"^Suppressed '(?<code>[\w-]+)' \(from line (?<line>\d+)\)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PylintSuppressed();
}
