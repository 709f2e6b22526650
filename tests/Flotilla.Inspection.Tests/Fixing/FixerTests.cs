using Flotilla.Core.Machines.Real;
using Flotilla.Inspection.Fixing;
using Flotilla.Inspection.Tests.Changes;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Inspection.Tests.Fixing;

public sealed class FixerTests
{
    private static readonly string[] PythonTools = ["pycodestyle", "pylint"];

    [Fact]
    public async Task White_space_goes_and_nothing_else_changes()
    {
        using var project = new Project().With("a.py", "\"\"\"A.\"\"\"\nx = 1   \n\t\ny = '''keep   \n  \nthis'''  \nz = x + \\\n    y  # more  ").With("b.py", "\"\"\"B.\"\"\"\r\nX = 1 \r\n\r\n\r\n");
        File.SetUnixFileMode(Path.Combine(project.Root, "a.py"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (request, report) = await InspectAsync(project, PythonTools);
        var dry = await Fixer().FixAsync(request, report, dryRun: true, CancellationToken.None);
        File.ReadAllText(Path.Combine(project.Root, "b.py")).ShouldBe("\"\"\"B.\"\"\"\r\nX = 1 \r\n\r\n\r\n");
        var fixedNow = await Fixer().FixAsync(request, report, dryRun: false, CancellationToken.None);
        dry.Files.Select(file => file.After).ShouldBe(fixedNow.Files.Select(file => file.After));
        (dry.Written, fixedNow.Written).ShouldBe((false, true));
        File.ReadAllText(Path.Combine(project.Root, "a.py")).ShouldBe("\"\"\"A.\"\"\"\nx = 1\n\ny = '''keep   \n  \nthis'''\nz = x + \\\n    y  # more\n");
        File.ReadAllText(Path.Combine(project.Root, "b.py")).ShouldBe("\"\"\"B.\"\"\"\r\nX = 1\r\n");
        File.GetUnixFileMode(Path.Combine(project.Root, "a.py")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        fixedNow.Files.Select(file => $"{file.Path}: {string.Join(", ", file.Fixed.Select(finding => $"{finding.Location.Line} {finding.Code}"))}").ShouldAllBe(line => line.Contains("W29") || line.Contains("trailing-whitespace"));
        var (_, again) = await InspectAsync(project, PythonTools);
        again.Findings.Where(finding => finding.Code is "trailing-whitespace" or "trailing-newlines" or "missing-final-newline" or "W291" or "W293" or "W391").Select(finding => (finding.Location.Path, finding.Location.Line)).Distinct()
            .ShouldBe([("a.py", 4), ("a.py", 5)], ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_comment_silences_stays()
    {
        using var project = new Project().With("a.py", "x = 1   # noqa: W291  \ny = 2  \n");
        var (request, report) = await InspectAsync(project, ["pycodestyle"]);
        await Fixer().FixAsync(request, report, dryRun: false, CancellationToken.None);
        File.ReadAllText(Path.Combine(project.Root, "a.py")).ShouldBe("x = 1   # noqa: W291  \ny = 2\n");
    }

    [Fact]
    public async Task Encodings_are_kept_and_broken_files_are_left_alone()
    {
        using var project = new Project().With("broken.py", "def f(:  \n").With("c.py", "");
        var latin = "# -*- coding: latin-1 -*-\nx = 'ü'  \n"u8.ToArray().Where(b => b != 0xC3).Select(b => b == 0xBC ? (byte)0xFC : b).ToArray();
        File.WriteAllBytes(Path.Combine(project.Root, "latin.py"), latin);
        File.WriteAllBytes(Path.Combine(project.Root, "marked.py"), [0xEF, 0xBB, 0xBF, .. "x = '\U0001F600'  \n"u8]);
        File.CreateSymbolicLink(Path.Combine(project.Root, "link.py"), "marked.py");
        var root = new InspectionRequest(project.Root) { Only = ["pycodestyle"] };
        Finding At(string path, int line) => new("pycodestyle", "W291", "trailing whitespace", new FindingLocation(path, line, 9));
        var report = await new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(root, CancellationToken.None);
        report = report with { Findings = [At("broken.py", 1), At("latin.py", 2), At("link.py", 1), At("marked.py", 1), At("nowhere.py", 1), At("c.py", 7)] };
        var result = await Fixer().FixAsync(root, report, dryRun: false, CancellationToken.None);
        result.Files.Select(file => file.Path).ShouldBe(["latin.py", "marked.py"]);
        File.ReadAllBytes(Path.Combine(project.Root, "latin.py")).ShouldBe([.. latin[..^3], (byte)'\n']);
        File.ReadAllBytes(Path.Combine(project.Root, "marked.py")).ShouldBe([0xEF, 0xBB, 0xBF, .. "x = '\U0001F600'\n"u8]);
        result.Refused.ShouldHaveSingleItem().Why.What.ShouldBe("broken.py is not valid, so nothing in it is mended.");
    }

    [Fact]
    public async Task Shell_scripts_are_mended_as_shellcheck_says()
    {
        using var project = new Project().With("a.sh", "#!/bin/sh\necho $1 ü $2\nx=`ls $3`\necho $1$2 \"$x\"\n");
        var (request, report) = await InspectAsync(project, ["shellcheck"]);
        var result = await Fixer().FixAsync(request, report, dryRun: false, CancellationToken.None);
        result.Overlapping.ShouldBeGreaterThan(0);
        for (var round = 0; round < 3; round++)
        {
            (request, report) = await InspectAsync(project, ["shellcheck"]);
            await Fixer().FixAsync(request, report, dryRun: false, CancellationToken.None);
        }
        File.ReadAllText(Path.Combine(project.Root, "a.sh")).ShouldBe("#!/bin/sh\necho \"$1\" ü \"$2\"\nx=$(ls \"$3\")\necho \"$1\"\"$2\" \"$x\"\n");
    }

    [Fact]
    public async Task Safe_fixes_of_ruff_are_taken_and_others_are_not()
    {
        using var tools = new TemporaryFolder();
        const string Said = """
            [{"code": "F401", "filename": "ROOT/a.py", "message": "`os` imported but unused", "url": "https://docs.astral.sh/ruff/rules/unused-import", "location": {"row": 1, "column": 8}, "end_location": {"row": 1, "column": 10},
              "fix": {"applicability": "safe", "message": "Remove unused import: `os`", "edits": [{"content": "", "location": {"row": 1, "column": 1}, "end_location": {"row": 2, "column": 1}}]}, "noqa_row": 1},
             {"code": "F841", "filename": "ROOT/a.py", "message": "unused", "url": null, "location": {"row": 3, "column": 5}, "end_location": {"row": 3, "column": 6},
              "fix": {"applicability": "unsafe", "message": "Remove", "edits": [{"content": "", "location": {"row": 3, "column": 1}, "end_location": {"row": 4, "column": 1}}]}, "noqa_row": 3},
             {"code": "E711", "filename": "ROOT/a.py", "message": "comparison to None", "url": null, "location": {"row": 4, "column": 12}, "end_location": {"row": 4, "column": 21},
              "fix": {"applicability": "safe", "message": "is", "edits": [{"content": "x is is None", "location": {"row": 4, "column": 12}, "end_location": {"row": 4, "column": 21}}]}, "noqa_row": 4}]
            """;
        using var project = new Project().With("a.py", "import os\ndef f(x):\n    y = 1\n    return x == None\n");
        tools.Write("said.json", Said.Replace("ROOT", project.Root));
        tools.Write("ruff", $"#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'ruff 0.9.1'; else cat {tools.File("said.json")}; fi\n");
        File.SetUnixFileMode(tools.File("ruff"), (UnixFileMode)0b111_101_101);
        var machine = new CountingMachine(new LocalMachine("local"), new Dictionary<string, string> { ["PATH"] = $"{tools.Path}:{Environment.GetEnvironmentVariable("PATH")}" });
        var request = new InspectionRequest(project.Root) { Only = ["ruff"] };
        var report = await new Inspector(machine, TimeProvider.System).InspectAsync(request, CancellationToken.None);
        report.Findings.Count(finding => finding.IsFixable).ShouldBe(3);
        // What would not be Python any more is not kept.
        var all = await new Fixer(machine).FixAsync(request, report, dryRun: false, CancellationToken.None);
        all.Files.ShouldBeEmpty();
        all.Refused.ShouldHaveSingleItem().Findings.Select(finding => finding.Code).ShouldBe(["F401", "E711"]);
        all.Refused[0].Why.What.ShouldBe("a.py would not be valid any more.");
        var wanted = await new Fixer(machine).FixAsync(request, report with { Findings = [.. report.Findings.Where(finding => finding.Code != "E711")] }, dryRun: false, CancellationToken.None);
        wanted.Files.ShouldHaveSingleItem().After.ShouldBe("def f(x):\n    y = 1\n    return x == None\n");
    }

    [Fact]
    public void Trimming_never_touches_a_string() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new System.Random(seed);
            string[] parts = ["'a' ", "\"b\"\t", "'''c \n d \n'''", "\"\"\" # ' \n\n \"\"\"", "r'\\'' ", "f\"{x}\" ", "# it's a comment \" ' \n", "\n", " \n", "(1,  \n 2)", "'\\\\' ", "u'''\\''' \n'''", "'x\\\n  y'", "\"\"\"\"'\" \"\"\""];
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)] + (random.Next(3) == 0 ? "  \n" : "\n")));
            var lines = new TextLines(text);
            var trimmed = string.Concat(Enumerable.Range(1, lines.Count).Select(line => (PythonStrings.LineEndsInside(lines).Contains(line) ? lines[line] : lines[line].TrimEnd(' ', '\t')) + "\n"));
            Strings(trimmed).ShouldBe(Strings(text));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Python_itself_reads_the_same_program_after_white_space_went()
    {
        var random = new System.Random(7);
        string[] parts = ["x = 'a'  ", "def f():\n    \"\"\"Doc. \n\n      more  \n    \"\"\"  \n    return 1 \t", "y = '''c \n d \n'''", "\n  \n", "z = (1,  \n     2)  ", "s = 'x\\\n  y' ", "# it's \" ''' \t", "t = r'\\'' + f\"{x}\"  ", "u = \"\"\"'\\\"\"\"  \n \"\"\"", "v = 1 + \\\n    2  "];
        using var project = new Project();
        for (var i = 0; i < 40; i++) project.With($"m{i}.py", string.Concat(Enumerable.Range(0, 8).Select(_ => parts[random.Next(parts.Length)] + "\n")) + (i % 2 == 0 ? "\n\n" : "end = 1  "));
        Task<string> DumpAsync() => Tool.RunAsync("python3", ["-c", "import ast,sys\nfor p in sys.argv[1:]: print(ast.dump(ast.parse(open(p).read())))", .. Enumerable.Range(0, 40).Select(i => Path.Combine(project.Root, $"m{i}.py"))]);
        var before = await DumpAsync();
        var (request, report) = await InspectAsync(project, ["pycodestyle"]);
        var result = await Fixer().FixAsync(request, report, dryRun: false, CancellationToken.None);
        result.Files.Count.ShouldBe(40);
        result.Refused.ShouldBeEmpty();
        (await DumpAsync()).ShouldBe(before);
    }

    [Fact]
    public void Fixes_that_touch_are_made_once_and_the_others_counted()
    {
        var text = new TextLines("héllo wörld\r\nsecond");
        FindingFix Fix(string code, params TextEdit[] edits) => new(new Finding("t", code, "", new FindingLocation("a", 1)), edits);
        var (after, mended, overlapping) = FixSet.Apply(text, [
            Fix("one", new TextEdit(1, 1, 1, 6, "bye"), new TextEdit(1, 12, 2, 1, "\n\n")), Fix("same", new TextEdit(1, 1, 1, 6, "bye"), new TextEdit(1, 12, 2, 1, "\n\n")), Fix("inside", new TextEdit(1, 7, 1, 8, "W")),
            Fix("beyond", new TextEdit(3, 1, 3, 2, "")), Fix("last", new TextEdit(2, 7, 2, 7, "\n")),
        ]);
        after.ShouldBe("bye wörld\r\n\r\nsecond\r\n");
        mended.Select(finding => finding.Code).ShouldBe(["one", "same", "last"]);
        overlapping.ShouldBe(1);
    }

    private static string Strings(string python)
    {
        // An oracle that knows no lines: it reads the text from one end to the other.
        var strings = new System.Text.StringBuilder();
        for (var at = 0; at < python.Length;)
        {
            if (python[at] == '#') at = python.IndexOf('\n', at) is > 0 and var end ? end : python.Length;
            else if (python[at] is '"' or '\'')
            {
                var quote = string.CompareOrdinal(python, at, new string(python[at], 3), 0, 3) == 0 ? new string(python[at], 3) : python[at].ToString();
                var start = at;
                for (at += quote.Length; at < python.Length && string.CompareOrdinal(python, at, quote, 0, quote.Length) != 0; at++)
                    if (python[at] == '\\') at++;
                at = Math.Min(python.Length, at + quote.Length);
                strings.Append(python, start, at - start).Append('|');
            }
            else at++;
        }
        return strings.ToString();
    }

    private static Fixer Fixer() => new(new LocalMachine("local"));

    private static async Task<(InspectionRequest, InspectionReport)> InspectAsync(Project project, string[] tools)
    {
        var request = new InspectionRequest(project.Root) { Only = tools };
        return (request, await new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(request, CancellationToken.None));
    }
}
