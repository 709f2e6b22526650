using Flotilla.Core;

namespace Flotilla.Inspection.Tests.Reports;

/// <summary>A small report with all that formats have to cope with, hostile text included.</summary>
internal static class SampleReport
{
    /// <summary>A name and words that try to steer a terminal, a browser, XML, a workflow and a reader of lines.</summary>
    public const string HostilePath = "odd/<b>,:%\e[31m\u202e\n::error::x.py";

    public const string HostileMessage = "<script>alert('x')</script> ]]> \e]0;title\a & \"quoted\" \u009b31m\r\n::error file=a::no\n\n    pylint: fake / forged \ud800 😀 [link](https://example.org/)";

    public static InspectionReport At(string root) => new()
    {
        Root = root,
        Started = new DateTimeOffset(2026, 5, 4, 10, 11, 12, TimeSpan.Zero),
        Completed = new DateTimeOffset(2026, 5, 4, 10, 11, 15, 250, TimeSpan.Zero),
        Findings =
        [
            new Finding("dodgy", "secret", HostileMessage, new FindingLocation(HostilePath)) { DocUrl = "javascript:alert(1)" },
            new Finding("pylint", "unused-import", "Unused import os", new FindingLocation("pkg/__init__.py", 1, 1) { EndLine = 1, EndColumn = 10, Module = "pkg" })
            {
                AlsoReportedBy = [new FindingName("pyflakes", "F401", "'os' imported but unused"), new FindingName("ruff", "F401", "`os` imported but unused")],
                DocUrl = "https://pylint.readthedocs.io/en/stable/user_guide/messages/warning/unused-import.html",
            },
            new Finding("mypy", "attr-defined", "\"A\" has no attribute \"b\"", new FindingLocation("pkg/a.py", 4, 12) { EndLine = 4, EndColumn = 15, Module = "pkg.a", Function = "go" }) { Severity = Severity.Error },
            new Finding("pycodestyle", "E501", "line too long (88 > 79 characters)", new FindingLocation("pkg/a.py", 4, 80)) { Severity = Severity.Note, IsFixable = true, DocUrl = "https://example.org/E501" },
            new Finding("shellcheck", "SC2086", "Double quote to prevent globbing.", new FindingLocation("run it.sh", 2, 6) { EndLine = 2, EndColumn = 8 }),
        ],
        Suppressed = [new SuppressedFinding(new Finding("pyflakes", "F841", "local variable 'x' is assigned to but never used", new FindingLocation("pkg/a.py", 2, 5)), "# noqa: F841", 2)],
        Tools =
        [
            new ToolReport("bandit", ToolState.Missing) { Problem = new Problem("bandit is not installed.", Fix: "Run: apt install bandit") },
            new ToolReport("mypy", ToolState.Failed) { Version = "1.0.1", Files = 2, Findings = 1, Problem = new Problem("mypy did not come to its end.", new SourceLocation("pkg/a.py", 3), "Its last line was: \e[31mTraceback", "Run: mypy pkg") },
            new ToolReport("pylint", ToolState.Ran) { Version = "2.16.2", Files = 2, Cached = 1, Findings = 3, Elapsed = TimeSpan.FromSeconds(2.5) },
            new ToolReport("shellcheck", ToolState.Ran) { Version = "0.9.0", Files = 1, Findings = 1, Elapsed = TimeSpan.FromMilliseconds(40) },
        ],
        Libraries = ["celery", "django"],
        Strictness = "medium",
        Profiles = ["default", "strictness_medium"],
        Files = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["python"] = 3, ["shell"] = 1 },
        ExternalConfiguration = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["pylint"] = ".pylintrc" },
        Known = 7,
    };

    /// <summary>The sources that it is about.</summary>
    public static void WriteSources(Flotilla.Testing.TemporaryFolder folder)
    {
        folder.Write("pkg/__init__.py", "import os\n");
        folder.Write("pkg/a.py", "def go():\n    x = 1  # noqa: F841\n    # <i>not markup</i>\n    return A().b\n");
        folder.Write("run it.sh", "#!/bin/sh\necho $1\n");
    }

    public static string Written(string format, InspectionReport? report = null, Inspection.Reports.ReportOptions? options = null)
    {
        var output = new StringWriter();
        Inspection.Reports.ReportFormats.Find(format).ShouldNotBeNull().Write(report ?? At("/nowhere/at-all"), options ?? new Inspection.Reports.ReportOptions(), output);
        return output.ToString();
    }
}
