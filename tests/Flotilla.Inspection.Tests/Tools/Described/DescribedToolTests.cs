using Flotilla.Core;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection.Tests.Changes;
using Flotilla.Inspection.Tools.Described;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Tools.Described;

public sealed class DescribedToolTests
{
    [Fact]
    public async Task Codespell_becomes_a_tool_by_its_description()
    {
        using var project = new Project().With("docs/a.md", "fine\nteh end\n").With("b.py", "# teh\n")
            .With(".flotilla/tools/codespell.yaml", """
                name: codespell
                description: misspelt words
                files: ["*.md"]
                install: apt install codespell
                pattern: '^(?<path>.+?):(?<line>\d+): (?<message>.+)$'
                code: misspelling
                severity: note
                default: true
                """);
        var report = await InspectAsync(project);
        report.Findings.ShouldHaveSingleItem().ShouldBe(new Finding("codespell", "misspelling", "teh ==> the", new FindingLocation("docs/a.md", 2)) { Severity = Severity.Note, AlsoReportedBy = report.Findings[0].AlsoReportedBy });
        report.Tools.ShouldHaveSingleItem().Version.ShouldNotBeNull();
    }

    [Fact]
    public async Task Yamllint_described_finds_what_yamllint_built_in_finds()
    {
        using var project = new Project().With("a.yaml", "a: 1\na: 2\nb:   [1,2 ]\n").With(".flotilla/tools/y.yaml", """
            name: yamllint-described
            program: [no-such-yamllint, yamllint]
            arguments: [-f, parsable, -d, relaxed]
            languages: [yaml]
            pattern: '^(?<path>.+?):(?<line>\d+):(?<column>\d+): \[(?<severity>\w+)\] (?<message>.*?)( \((?<code>[\w-]+)\))?$'
            severities: {warning: note}
            """);
        var described = await InspectAsync(project, "yamllint-described");
        var builtIn = await project.InspectAsync("yamllint");
        described.Findings.Where(finding => finding.Location.Path == "a.yaml").Select(finding => finding with { Tool = "yamllint" }).Select(Text).ShouldBe(builtIn.Findings.Where(finding => finding.Location.Path == "a.yaml").Select(Text));
    }

    [Fact]
    public async Task Json_and_sarif_are_read()
    {
        using var project = new Project().With("a.txt", "x\n");
        using var tools = new Programs();
        tools.Add("j", """echo '{"r": {"found": [{"at": {"file": "./a.txt", "l": 1}, "id": 7, "text": "odd", "level": "HIGH"}, {"text": "whole", "at": {}}]}}'""");
        tools.Add("s", """echo '{"runs": [{"tool": {"driver": {"name": "s", "rules": [{"id": "R1", "helpUri": "https://x.example/R1", "defaultConfiguration": {"level": "error"}}]}}, "results": [{"ruleIndex": 0, "message": {"text": "bad"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%2Etxt"}, "region": {"startLine": 1, "startColumn": 2}}}]}, {"ruleId": "R2", "message": {"text": "quiet"}, "suppressions": [{"kind": "inSource"}]}]}]}'""");
        project.With(".flotilla/tools/j.yaml", "name: j\nfiles: ['*.txt']\nformat: json\nfindings: /r/found\nfields: {path: /at/file, line: /at/l, code: /id, message: /text, severity: /level}\n");
        project.With(".flotilla/tools/s.yaml", "name: s\nfiles: ['*.txt']\nformat: sarif\nscope: project\n");
        var report = await InspectAsync(project, tools, "j", "s");
        report.Findings.Select(finding => $"{finding.Location.Path}:{finding.Location.Line}:{finding.Location.Column} {finding.Tool} {finding.Code} {finding.Message} {finding.Severity} {finding.DocUrl}").ShouldBe([
            ".:: j finding whole Warning ", "a.txt:1: j 7 odd Error ", "a.txt:1:2 s R1 bad Error https://x.example/R1",
        ]);
    }

    [Fact]
    public async Task Programs_that_fail_are_told_and_the_others_are_heard()
    {
        using var project = new Project().With("a.txt", "x\n").With("d.yaml", "a: 1\na: 2\n");
        using var tools = new Programs();
        const string Pattern = "files: ['*.txt']\npattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\ninstall: apt install it\n";
        foreach (var (name, script, more) in ((string, string, string)[])[
            ("garbage", "echo \"what's this\"; echo more >&2; exit 1", ""), ("killed", "echo 'a.txt:1: before'; kill -9 $$", ""),
            ("said-so", "echo cannot >&2; exit 3", "failed: [2, 3]\n"), ("traceback", "echo 'Traceback (most recent call last):' >&2; echo 'ValueError: no' >&2; exit 1", ""),
            ("broken-json", "echo '{\"a\": '", "JSON"), ("count-only", "echo '3 files looked at'", ""), ("heard", "echo 'a.txt:1: heard'; echo '1 finding'; exit 1", "")])
        {
            tools.Add(name, script);
            project.With($".flotilla/tools/{name}.yaml", $"name: {name}\n" + (more == "JSON" ? "files: ['*.txt']\nformat: json\nfields: {message: /m}\n" : Pattern + more));
        }
        project.With(".flotilla/tools/absent.yaml", "name: absent\n" + Pattern);
        var names = Directory.GetFiles(Path.Combine(project.Root, ".flotilla/tools")).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal).ToArray();
        var report = await InspectAsync(project, tools, names);
        Project.Lines(report).ShouldBe(["a.txt:1 heard finding"]);
        Snapshot.Matches(string.Join('\n', report.Tools.Select(tool => $"{tool.Name} {tool.Version ?? "-"}: {tool.State}{(tool.Problem is null ? "" : $". {tool.Problem}")}")).Replace(project.Root, "ROOT"), "failures");
    }

    [Fact]
    public async Task Built_in_programs_that_fail_are_told_too()
    {
        using var project = new Project().With("a.sh", "x\n").With("d.yaml", "a: 1\na: 2\n");
        var said = new List<string>();
        foreach (var (name, script) in ((string, string)[])[("prints garbage", "echo garbage"), ("dies by signal", "kill -9 $$"), ("has no version", "NOVERSION")])
        {
            using var tools = new Programs();
            foreach (var tool in (string[])["shellcheck", "yamllint"]) tools.Add(tool, script == "NOVERSION" ? "echo x" : script, versions: script != "NOVERSION");
            var report = await InspectAsync(tools, new InspectionRequest(project.Root) { Only = ["shellcheck", "yamllint"] });
            report.Findings.ShouldBeEmpty();
            said.AddRange(report.Tools.Select(tool => $"{name}: {tool.Name} {tool.State}. {tool.Problem}"));
        }
        Snapshot.Matches(string.Join('\n', said), "built-in-failures");
    }

    // The first inspection leaves versions and findings in the cache: however slow the machine, only what hangs takes time in the second.
    [Fact]
    public async Task Programs_that_hang_are_stopped_and_the_others_are_heard()
    {
        using var project = new Project().With("a.txt", "x\n").With("a.sh", "x\n").With("d.yaml", "a: 1\n").With("e.md", "x\n")
            .With(".flotilla/tools/heard.yaml", "name: heard\nfiles: ['*.txt']\npattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\n")
            .With(".flotilla/tools/hangs.yaml", "name: hangs\nfiles: ['*.md']\npattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\n");
        using var tools = new Programs();
        tools.Add("heard", "echo 'a.txt:1: heard'; exit 1");
        foreach (var (name, nothing) in ((string, string)[])[("shellcheck", "echo '{\"comments\":[]}'"), ("yamllint", "true"), ("hangs", "true")]) tools.Add(name, $"[ -e '{project.Root}/hang' ] && while :; do sleep 1; done; {nothing}");
        var request = Request(project, ["hangs", "heard", "shellcheck", "yamllint"]) with { CacheFolder = project.Cache };
        var before = await InspectAsync(tools, request);
        before.Tools.ShouldAllBe(tool => tool.Problem == null);
        foreach (var file in (string[])["hang", "a.sh", "d.yaml", "e.md"]) project.With(file, "b: 2\n");
        var report = await InspectAsync(tools, request with { Timeout = TimeSpan.FromSeconds(1) });
        Project.Lines(report).ShouldBe(["a.txt:1 heard finding"]);
        foreach (var name in (string[])["hangs", "shellcheck", "yamllint"])
            report.Tools.Single(tool => tool.Name == name).Problem!.ToString().ShouldBe($"{name} was stopped. it ran longer than 1 s. Give it more time with --timeout, or fewer files.");
    }

    [Fact]
    public async Task Ten_megabytes_of_findings_are_all_read()
    {
        using var project = new Project().With("a.txt", "x\n").With(".flotilla/tools/many.yaml", "name: many\nfiles: ['*.txt']\npattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\n");
        using var tools = new Programs();
        tools.Add("many", $"i=1; while [ $i -le 1000 ]; do echo \"a.txt:$i: {new string('x', 100)}\"; i=$((i+1)); done >{tools.Path}/part; for i in 1 2 3 4 5 6 7 8 9 10; do for j in 1 2 3 4 5 6 7 8 9; do cat {tools.Path}/part; done; done; exit 1");
        var report = await InspectAsync(project, tools, "many");
        report.Findings.Count.ShouldBe(90_000);
    }

    [Fact]
    public async Task A_changed_description_or_script_is_not_answered_from_the_cache()
    {
        using var project = new Project().With("a.txt", "x\n").With("check.sh", "#!/bin/sh\necho \"$1:1: one\"\n").With(".flotilla/tools/own.yaml", "name: own\nprogram: ./check.sh\nfiles: ['*.txt']\npattern: '^(?<path>.+?):(?<line>\\d+): (?<message>.+)$'\n");
        File.SetUnixFileMode(Path.Combine(project.Root, "check.sh"), (UnixFileMode)0b111_101_101);
        async Task<string> RunAsync() => string.Join(' ', (await new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(
            Request(project, ["own"]) with { CacheFolder = project.Cache }, CancellationToken.None)).Findings.Select(finding => $"{finding.Code} {finding.Message}"));
        (await RunAsync()).ShouldBe("finding one");
        File.WriteAllText(Path.Combine(project.Root, "check.sh"), "#!/bin/sh\necho \"$1:1: two\"\n");
        (await RunAsync()).ShouldBe("finding two");
        File.AppendAllText(Path.Combine(project.Root, ".flotilla/tools/own.yaml"), "code: C1\n");
        (await RunAsync()).ShouldBe("C1 two");
    }

    [Fact]
    public void Mistakes_in_a_description_are_told_together_with_their_places()
    {
        using var folder = new TemporaryFolder();
        var said = new List<string>();
        foreach (var text in (string[])[
            "", "- a\n", "name: a\n", "name: a b\nfiels: [x]\nlanguages: [pyhton]\npattern: '(?<msg>.*)'\nscope: files\nseverity: bad\nfailed: [0, x]\ndefault: maybe\n",
            "name: a\nfiles: ['*']\npattern: '(('\n", "name: a\nfiles: ['*']\nformat: json\nfindings: r\nfields: {massage: /m}\n", "name: a\nfiles: {x: 1}\narguments: [[1]]\npattern: 'x'\nformat: sarif\nseverities: {E: fatal}\n", "name: [\n"])
            said.Add($"{text.ReplaceLineEndings("⏎")}\n{Should.Throw<ProblemException>(() => ToolDescription.Load(folder.Write("tool.yaml", text))).Message}\n");
        folder.Write(".flotilla/tools/a.yaml", "name: x\nfiles: ['*']\nformat: sarif\n");
        folder.Write(".flotilla/tools/b.yaml", "name: x\nfiles: ['*']\nformat: sarif\n");
        said.Add(Should.Throw<ProblemException>(() => ToolDescription.LoadAll(folder.Path)).Message);
        Snapshot.Matches(string.Join('\n', said), "mistakes");
    }

    [Theory]
    [InlineData("*.md", "a.md", true)]
    [InlineData("*.md", "x/y/a.md", true)]
    [InlineData("*.md", "a.mdx", false)]
    [InlineData("docs/**", "docs/x/y", true)]
    [InlineData("docs/*", "docs/x/y", false)]
    [InlineData("**/a?.{c,h}", "x/ab.h", true)]
    [InlineData("**/a?.{c,h}", "ab.c", true)]
    [InlineData("[!a]b", "ab", false)]
    [InlineData("[a-c]b", "bb", true)]
    [InlineData("a(b", "a(b", true)]
    public void Patterns_of_files(string pattern, string path, bool takes) => new FilePattern(pattern).Takes(path).ShouldBe(takes);

    private static string Text(Finding finding) => $"{finding.Location.Line}:{finding.Location.Column} {finding.Tool} {finding.Code} {finding.Message} {finding.Severity}";

    private static Task<InspectionReport> InspectAsync(Project project, params string[] only) =>
        new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(Request(project, only.Length == 0 ? ["codespell"] : only), CancellationToken.None);

    private static Task<InspectionReport> InspectAsync(Project project, Programs tools, params string[] only) => InspectAsync(tools, Request(project, only));

    private static Task<InspectionReport> InspectAsync(Programs tools, InspectionRequest request) =>
        new Inspector(tools.Machine, TimeProvider.System).InspectAsync(request, CancellationToken.None);

    private static InspectionRequest Request(Project project, string[] only)
    {
        var request = new InspectionRequest(project.Root) { Only = only };
        foreach (var description in ToolDescription.LoadAll(project.Root)) request = request with { Tools = request.Tools.With(description.ToTool()) };
        return request;
    }

    /// <summary>Scripts in front of PATH.</summary>
    private sealed class Programs : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public string Path => _folder.Path;

        public CountingMachine Machine => new(new LocalMachine("local"), new Dictionary<string, string> { ["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}" });

        public void Add(string name, string script, bool versions = true)
        {
            var version = versions ? "if [ \"$1\" = --version ]; then echo 1.2; exit; fi\n" : "";
            File.SetUnixFileMode(_folder.Write(name, $"#!/bin/sh\n{version}{script}\n"), (UnixFileMode)0b111_101_101);
        }

        public void Dispose() => _folder.Dispose();
    }
}
