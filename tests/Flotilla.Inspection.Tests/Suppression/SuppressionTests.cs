namespace Flotilla.Inspection.Tests.Suppression;

public sealed class SuppressionTests
{
    [Theory]
    [InlineData("import os  # noqa", 0)]
    [InlineData("import os  #noqa", 0)]
    [InlineData("import os  # NOQA: F401", 0)]
    [InlineData("import os  # noqa: F401, E501 because of plugins", 0)]
    [InlineData("import os  # noqa: F4", 0)]
    [InlineData("import os  # noqa: F811", 1)]
    [InlineData("import os  # noqa: unused-import", 0)]
    [InlineData("import os  # pylint: disable=W0611", 0)]
    [InlineData("import os  # pylint: disable=unused-import,fixme", 0)]
    [InlineData("# pylint: disable-next=unused-import\nimport os", 0)]
    [InlineData("# pylint: disable=unused-import\nimport os", 0)]
    [InlineData("# pylint: disable=unused-import\n# pylint: enable=unused-import\nimport os", 1)]
    [InlineData("# pylint: skip-file\nimport os", 0)]
    [InlineData("# flake8: noqa\nimport os", 0)]
    [InlineData("# flake8: noqa: F401\nimport os", 0)]
    [InlineData("# ruff: noqa: F401\nimport os", 0)]
    [InlineData("import os  # type: ignore", 1)]
    [InlineData("text = '# noqa'; import os", 1)]
    public async Task A_comment_silences_an_unused_import_or_not(string text, int left)
    {
        using var project = new Project().With("a.py", text + "\n");
        var report = await project.InspectAsync("pyflakes");
        report.Findings.Count(finding => finding.Code == "F401").ShouldBe(left);
        (report.Findings.Count(finding => finding.Code == "F401") + report.Suppressed.Count).ShouldBe(1);
    }

    [Fact]
    public async Task A_comment_behind_a_statement_of_several_lines_silences_all_of_it()
    {
        using var project = new Project().With("a.py", "from os import (path,\n                sep,\n                )  # noqa: F401\n");
        var report = await project.InspectAsync("pyflakes");
        report.Findings.ShouldBeEmpty();
        report.Suppressed.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_comment_in_a_block_ends_with_the_block()
    {
        using var project = new Project().With("a.py", "def f():\n    # pylint: disable=unused-variable\n    a = 1\n\ndef g():\n    b = 2\n");
        var report = await project.InspectAsync("pyflakes");
        Project.Lines(report).ShouldBe(["a.py:6 pyflakes F841"]);
    }

    [Fact]
    public async Task Nosec_silences_bandit_and_the_equal_message_of_pylint()
    {
        using var project = new Project().With("a.py", "\"\"\"A.\"\"\"\n\n\ndef run(text):\n    \"\"\"R.\"\"\"\n    return eval(text)  # nosec B307\n");
        var report = await project.InspectAsync("bandit", "pylint");
        Project.Lines(report).ShouldBeEmpty();
        report.Suppressed.ShouldHaveSingleItem().By.ShouldBe("# nosec B307");
    }

    [Fact]
    public async Task A_comment_that_silences_nothing_is_told()
    {
        using var project = new Project().With("a.py", "import os  # noqa: F401\nprint(1)  # noqa: F401\nprint(2)  # noqa: S101\n");
        var report = await project.InspectAsync("pyflakes");
        Project.Lines(report).ShouldBe(["a.py:2 suppressions unused-suppression"]);
    }

    [Fact]
    public async Task A_comment_is_not_called_unused_when_its_tool_did_not_run()
    {
        using var project = new Project().With("a.py", "print(1)  # noqa: F401\n");
        (await project.InspectAsync("pycodestyle")).Findings.ShouldBeEmpty();
    }
}
