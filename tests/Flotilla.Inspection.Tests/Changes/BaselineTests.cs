using Flotilla.Core;
using Flotilla.Inspection.Changes;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Inspection.Tests.Changes;

public sealed class BaselineTests
{
    [Fact]
    public void A_baseline_has_a_finding_a_line_sorted_and_reads_back()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.py", "import os\nx = y\nx = y\n");
        var report = Report(folder.Path, new Finding("pyflakes", "F821", "undefined name 'y'", new FindingLocation("a.py", 3)), new Finding("pyflakes", "F821", "undefined name 'y'", new FindingLocation("a.py", 2)),
            new Finding("pyflakes", "F401", "'os' \"imported\" \\ but ünused", new FindingLocation("a.py", 1)));
        Baseline.Save(report, folder.File("sub", "baseline.json"));
        var text = File.ReadAllText(folder.File("sub", "baseline.json"));
        Snapshot.Matches(text, "baseline");
        var baseline = Baseline.Load(folder.File("sub", "baseline.json"));
        baseline.Entries.ShouldBe(Baseline.Of(report).Entries);
        var result = Baseline.Apply(report, baseline);
        result.Report.Findings.ShouldBeEmpty();
        result.Report.Known.ShouldBe(3);
        result.Absent.ShouldBeEmpty();
        Baseline.Save(Report(folder.Path), folder.File("none.json"));
        Baseline.Load(folder.File("none.json")).Entries.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_gone_is_told_unless_its_tool_or_file_was_left_out()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.py", "x = y\nx = y\n");
        Finding At(int line, string tool = "pyflakes") => new(tool, "F821", "undefined name 'y'", new FindingLocation("a.py", line));
        var baseline = Baseline.Of(Report(folder.Path, At(1), At(2), At(2, "ruff"), At(1, "left-out")));
        var now = Report(folder.Path, At(1)) with { Tools = [new ToolReport("ruff", ToolState.Failed), new ToolReport("pyflakes", ToolState.Ran)] };
        Baseline.Apply(now, baseline).Absent.ShouldHaveSingleItem().Tool.ShouldBe("pyflakes");
        Baseline.Apply(now, baseline, path => path != "a.py").Absent.ShouldBeEmpty();
        Baseline.Apply(now, baseline).Report.Known.ShouldBe(1);
    }

    [Fact]
    public void Moving_a_block_and_indenting_a_file_brings_nothing_new() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new System.Random(seed);
            using var folder = new TemporaryFolder();
            var lines = Enumerable.Range(0, random.Next(1, 40)).Select(i => (Text: $"{new string(' ', random.Next(8))}line {random.Next(6)}", Codes: Enumerable.Range(0, random.Next(3)).Select(_ => $"C{random.Next(3)}").ToList())).ToList();
            var before = Write(folder, "a.py", lines);
            var baseline = Baseline.Of(before);
            var start = random.Next(lines.Count);
            var block = lines.GetRange(start, random.Next(1, lines.Count - start + 1));
            lines.RemoveRange(start, block.Count);
            lines.InsertRange(random.Next(lines.Count + 1), block);
            lines.InsertRange(random.Next(lines.Count + 1), Enumerable.Repeat(("filler", new List<string>()), random.Next(200)));
            var indentation = new string(random.Next(2) == 0 ? ' ' : '\t', random.Next(9));
            var after = Write(folder, "a.py", [.. lines.Select(line => (indentation + line.Text, line.Codes))]);
            var result = Baseline.Apply(after, baseline);
            result.Report.Findings.ShouldBeEmpty();
            result.Absent.ShouldBeEmpty();
            result.Report.Known.ShouldBe(before.Findings.Count);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_broken_baseline_is_told_with_its_line()
    {
        using var folder = new TemporaryFolder();
        var said = new List<string>();
        const string Head = "{\n  \"format\": \"flotilla-baseline\",\n  \"version\": 1,\n  \"fingerprints\": \"flotillaInspection/v1\",\n  \"findings\": [\n";
        foreach (var (name, text) in ((string, string)[])[
            ("empty", ""), ("no object", "[]"), ("another file", "{\n  \"name\": \"x\"\n}\n"), ("another format", "{\n\"format\": \"sarif\"}"), ("another version", "{\"format\": \"flotilla-baseline\",\n\"version\": 2}"),
            ("other fingerprints", "{\"format\": \"flotilla-baseline\",\n\"fingerprints\": \"md5\"}"), ("no findings", "{\"format\": \"flotilla-baseline\"}"), ("cut off", Head + "    {\"path\": \"a.py\", "),
            ("merge conflict", Head + "<<<<<<< HEAD\n=======\n>>>>>>> x\n]}"), ("no fingerprint", Head + "{\"path\": \"a\", \"tool\": \"b\", \"code\": \"c\", \"message\": \"d\"}\n]}"),
            ("odd fingerprint", Head + "{\"path\": \"a\", \"tool\": \"b\", \"code\": \"c\", \"message\": \"d\", \"fingerprint\": \"XYZ\"}\n]}"), ("no finding", Head + "\n7]}"), ("more after it", Head + "]} {")])
        {
            var path = folder.Write("baseline.json", text);
            said.Add($"{name}: {Should.Throw<ProblemException>(() => Baseline.Load(path)).Message}");
        }
        said.Add($"not there: {Should.Throw<ProblemException>(() => Baseline.Load("/nowhere/baseline.json")).Message}");
        said.Add($"not to be written: {Should.Throw<ProblemException>(() => Baseline.Save(Report(folder.Path), "/proc/baseline.json")).Message.Split('\'')[0]}");
        Snapshot.Matches(string.Join('\n', said), "broken-baselines");
    }

    private static InspectionReport Write(TemporaryFolder folder, string name, List<(string Text, List<string> Codes)> lines)
    {
        folder.Write(name, string.Concat(lines.Select(line => line.Text + "\n")));
        return Report(folder.Path, [.. lines.SelectMany((line, i) => line.Codes.Select(code => new Finding("tool", code, $"wrong, as in line {i + 1}", new FindingLocation(name, i + 1))))]);
    }

    private static InspectionReport Report(string root, params Finding[] findings) =>
        new() { Root = root, Findings = [.. findings.Order(FindingOrder.Instance)], Started = DateTimeOffset.UnixEpoch, Completed = DateTimeOffset.UnixEpoch };
}
