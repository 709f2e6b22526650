namespace Flotilla.Inspection.Tests;

public sealed class InspectorTests
{
    [Fact]
    public async Task Two_unused_imports_on_a_line_are_two_defects_each_under_all_names()
    {
        using var project = new Project().With("a.py", "import os, sys\n");
        var report = await project.InspectAsync("pylint", "pyflakes", "pycodestyle");
        Project.Lines(report).ShouldBe([
            "a.py:1 pylint missing-module-docstring",
            "a.py:1 pylint multiple-imports (pycodestyle E401)",
            "a.py:1 pylint unused-import (pyflakes F401)",
            "a.py:1 pylint unused-import (pyflakes F401)",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task A_comment_for_one_tool_silences_the_defect_under_every_name()
    {
        using var project = new Project().With("a.py", "\"\"\"A.\"\"\"\nimport os  # pylint: disable=unused-import\nimport sys  # noqa: F401\n");
        var report = await project.InspectAsync("pylint", "pyflakes");
        Project.Lines(report).ShouldBeEmpty();
        report.Suppressed.Select(one => (one.Line, one.Finding.Code, one.By)).ShouldBe([
            (2, "unused-import", "# pylint: disable=unused-import"), (3, "unused-import", "# noqa: F401"),
        ]);
    }

    [Fact]
    public async Task An_unchanged_tree_is_answered_from_the_cache_with_the_same_findings()
    {
        using var project = new Project().With("a.py", "import os\nimport b\nb.f(x)\n").With("b.py", "def f(x):\n    return y\n").With("c.sh", "echo $1\n").With("d.yaml", "a: 1\na: 2\n");
        var first = await project.InspectAsync(request => request with { CacheFolder = project.Cache });
        var second = await project.InspectAsync(request => request with { CacheFolder = project.Cache });
        first.Findings.Count.ShouldBeGreaterThan(5);
        Project.Everything(second).ShouldBe(Project.Everything(first));
        second.Tools.ShouldAllBe(tool => tool.Cached == tool.Files);
        first.Tools.ShouldAllBe(tool => tool.Cached == 0);
    }

    [Fact]
    public async Task Configuration_of_the_tools_own_is_told_where_it_speaks_to_them()
    {
        using var project = new Project().With("a.py", "x = 1\n").With("setup.cfg", "[pycodestyle]\nmax-line-length = 20\n").With("pyproject.toml", "[project]\nname = 'a'\n").With(".pylintrc", "[MASTER]\njobs=1\n");
        var report = await project.InspectAsync("pycodestyle", "pylint", "pyflakes");
        report.ExternalConfiguration.ShouldBe(new Dictionary<string, string> { ["pycodestyle"] = "setup.cfg", ["pylint"] = ".pylintrc" });
    }
}
