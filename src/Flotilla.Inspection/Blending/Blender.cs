using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Blending;

/// <summary>
/// Joins what several tools say of one defect. Two findings are one when the table of <see cref="DefectNames"/> says that their names are one defect's, they stand in
/// one statement or head of a declaration, and they speak of the same thing: they quote a common name, or start in the same column, or there is nothing to tell them apart. Two
/// messages of one tool are never joined, so that no defect is lost.
/// </summary>
internal static partial class Blender
{
    /// <summary>The findings, each defect once; <see cref="Finding.AlsoReportedBy"/> has the other names.</summary>
    /// <param name="findings">Of any files and tools.</param>
    /// <param name="names">What is equal.</param>
    /// <param name="statementOf">The first and last line of the statement at a path and line.</param>
    public static IReadOnlyList<FindingGroup> Blend(IEnumerable<Finding> findings, DefectNames names, Func<string, int, (int First, int Last)> statementOf)
    {
        var groups = new List<FindingGroup>();
        foreach (var file in findings.GroupBy(finding => finding.Location.Path, StringComparer.Ordinal))
        {
            var ofFile = file.Select(finding => new FindingGroup(finding)).ToList();
            var byRow = new SortedDictionary<int, List<FindingGroup>>();
            foreach (var group in ofFile)
                foreach (var row in names.Rows(group.Kept.Tool, group.Kept.Code))
                {
                    if (!byRow.TryGetValue(row, out var candidates)) byRow[row] = candidates = [];
                    candidates.Add(group);
                }
            foreach (var (row, candidates) in byRow) Join(candidates, names.Defects[row], Place(names.Defects[row].AnywhereInFile));
            // A rule that one tool took over from another is the same defect without any row.
            foreach (var same in ofFile.GroupBy(group => DefectNames.Origin(group.Kept.Tool, group.Kept.Code)).Where(same => same.Count() > 1))
                Join([.. same], new Defect("", [same.Key], false), Place(anywhere: false));
            groups.AddRange(ofFile.Where(group => group.Into is null));

            Func<Finding, (int, int)> Place(bool anywhere) => finding => anywhere || finding.Location.Line is not { } line ? (0, 0) : statementOf(file.Key, line);
        }
        return groups;
    }

    private static void Join(List<FindingGroup> candidates, Defect defect, Func<Finding, (int First, int Last)> place)
    {
        if (candidates.Count < 2) return;
        foreach (var statement in candidates.GroupBy(group => place(group.Kept)))
        {
            // Pairs in order of how surely they speak of the same thing; equal ones in the order of the table, then of the file.
            var ofTools = statement.Select((group, index) => (Group: group, Index: index, Rank: Rank(defect, group.Kept))).ToList();
            var alone = ofTools.GroupBy(one => one.Group.Kept.Tool, StringComparer.Ordinal).Where(tool => tool.Count() == 1).Select(tool => tool.Key).ToHashSet(StringComparer.Ordinal);
            var pairs =
                from a in ofTools
                from b in ofTools
                where a.Group.Kept.Tool != b.Group.Kept.Tool && (a.Rank, a.Index).CompareTo((b.Rank, b.Index)) < 0
                let likeness = Likeness(a.Group.Kept, b.Group.Kept, alone.Contains(a.Group.Kept.Tool) && alone.Contains(b.Group.Kept.Tool))
                where likeness > 0
                orderby likeness descending, a.Rank, b.Rank, Math.Abs(a.Group.Kept.Location.Line.GetValueOrDefault() - b.Group.Kept.Location.Line.GetValueOrDefault()), a.Index, b.Index
                select (a.Group, b.Group);
            foreach (var (keeper, other) in pairs) keeper.Top.TryAbsorb(other.Top);
        }
    }

    private static int Rank(Defect defect, Finding finding)
    {
        var origin = DefectNames.Origin(finding.Tool, finding.Code);
        for (var i = 0; i < defect.Names.Count; i++)
            if (defect.Names[i] == origin) return (2 * i) + (origin.Tool == finding.Tool ? 0 : 1);
        return int.MaxValue;
    }

    private static int Likeness(Finding a, Finding b, bool alone)
    {
        var (quotedA, quotedB) = (Quoted(a.Message), Quoted(b.Message));
        var sameColumn = a.Location.Line == b.Location.Line && a.Location.Column is { } column && column == b.Location.Column;
        if (quotedA.Overlaps(quotedB)) return 4;
        if (sameColumn) return 3;
        if (alone) return 2;
        // Several of one tool in the statement: what quotes different names is different.
        return quotedA.Count > 0 && quotedB.Count > 0 ? 0 : a.Location.Line == b.Location.Line ? 1 : 0;
    }

    // 'name', "name", `name`, and the last part of a dotted one: tools differ in how much of it they tell.
    private static HashSet<string> Quoted(string message)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match match in QuotedName().Matches(message))
        {
            var name = match.Groups["name"].Value;
            names.Add(name);
            if (name.LastIndexOf('.') is var dot and > 0) names.Add(name[(dot + 1)..]);
        }
        // pylint quotes no import: "Unused import os", "Unused Path imported from pathlib as P".
        if (UnquotedImport().Match(message) is { Success: true } import)
            foreach (Capture capture in import.Groups["name"].Captures)
            {
                names.Add(capture.Value);
                names.Add(capture.Value[(capture.Value.LastIndexOf('.') + 1)..]);
            }
        return names;
    }

    [GeneratedRegex("""(?<quote>['"`])(?<name>[^'"`\s]+)(?: as [\w.]+)?\k<quote>""", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex QuotedName();

    [GeneratedRegex(@"^Unused (?:import (?<name>[\w.]+)|(?<name>[\w.]+) imported from (?<module>[\w.]+))", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex UnquotedImport();
}
