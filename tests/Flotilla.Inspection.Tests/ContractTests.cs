using System.Text.Json;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Reports;

namespace Flotilla.Inspection.Tests;

/// <summary>What others rely on: the shape of the JSON, and options that mean what they mean in Prospector.</summary>
public sealed class ContractTests
{
    private static readonly string[] Summary = ["started", "completed", "time_taken", "libraries", "strictness", "profiles", "tools", "message_count", "formatter"];

    [Fact]
    public async Task Json_has_the_keys_of_Prospector_and_additions_only()
    {
        using var project = new Project().With("a.py", "import os\n\n\ndef f():\n    return y\n");
        var json = Json(await InspectAsync(project, new(), "pylint", "pyflakes"));
        Keys(json).ShouldBe(["summary", "messages"]);
        Keys(json.GetProperty("summary")).Intersect(Summary).ShouldBe(Summary, ignoreOrder: true);
        json.GetProperty("summary").GetProperty("time_taken").ValueKind.ShouldBe(JsonValueKind.String);
        json.GetProperty("summary").GetProperty("profiles").ValueKind.ShouldBe(JsonValueKind.String);
        json.GetProperty("summary").GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()).ShouldBe(["pyflakes", "pylint"]);
        var messages = json.GetProperty("messages").EnumerateArray().ToList();
        json.GetProperty("summary").GetProperty("message_count").GetInt32().ShouldBe(messages.Count);
        messages.Count.ShouldBe(2);
        foreach (var message in messages)
        {
            Keys(message).Except(["docUrl"]).ShouldBe(["source", "code", "location", "message", "severity", "isFixable", "alsoReportedBy"]);
            Keys(message.GetProperty("location")).ShouldBe(["path", "module", "function", "line", "character", "lineEnd", "characterEnd"]);
            Keys(message.GetProperty("alsoReportedBy")[0]).ShouldBe(["source", "code", "message"]);
        }
        var last = messages[1].GetProperty("location");
        (last.GetProperty("path").GetString(), last.GetProperty("module").GetString(), last.GetProperty("function").GetString(), last.GetProperty("line").GetInt32()).ShouldBe(("a.py", "a", "f", 5));
    }

    [Fact]
    public async Task No_blending_shows_every_tools_message()
    {
        using var project = new Project().With("a.py", "import os\n");
        Project.Lines(await InspectAsync(project, new(), "pylint", "pyflakes")).ShouldBe(["a.py:1 pylint unused-import (pyflakes F401)"]);
        Project.Lines(await InspectAsync(project, new() { Blending = false }, "pylint", "pyflakes")).ShouldBe(["a.py:1 pyflakes F401", "a.py:1 pylint unused-import"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("verylow", 0)]
    [InlineData("low", 0)]
    [InlineData("medium", 2)]
    [InlineData("high", 3)]
    [InlineData("veryhigh", 4)]
    [InlineData("none", 4)]
    public async Task Strictness_decides_how_much_is_said(string strictness, int findings)
    {
        // An unused import, and lines of 90, 120 and 170 characters.
        using var project = new Project().With("a.py", $"import os\nx = 1  # {new string('x', 81)}\ny = 1  # {new string('y', 111)}\nz = 1  # {new string('z', 161)}\n");
        var report = await InspectAsync(project, new() { Strictness = strictness }, "pyflakes", "pycodestyle");
        report.Findings.Count.ShouldBe(findings, string.Join("\n", Project.Lines(report)));
        report.Strictness.ShouldBe(strictness == "none" ? null : strictness);
    }

    [Fact]
    public async Task Doc_warnings_are_said_when_asked_for()
    {
        using var project = new Project().With("a.py", "def shout(x):\n    return x\n");
        (await InspectAsync(project, new(), "pylint", "pydocstyle")).Findings.ShouldNotContain(finding => finding.Code.Contains("docstring", StringComparison.Ordinal));
        (await InspectAsync(project, new())).Tools.ShouldNotContain(tool => tool.Name == "pydocstyle");
        var asked = await InspectAsync(project, new() { DocWarnings = true, Strictness = "veryhigh" });
        asked.Tools.ShouldContain(tool => tool.Name == "pydocstyle" && tool.State == ToolState.Ran);
        Project.Lines(asked).ShouldContain("a.py:1 pylint missing-function-docstring (pydocstyle D103)");
    }

    [Fact]
    public async Task Tests_are_inspected_when_asked_for()
    {
        using var project = new Project().With("shop/a.py", "import os\n").With("shop/test_a.py", "import os\n").With("tests/b.py", "import os\n");
        Project.Lines(await InspectAsync(project, new(), "pyflakes")).ShouldBe(["shop/a.py:1 pyflakes F401"]);
        Project.Lines(await InspectAsync(project, new() { TestWarnings = true }, "pyflakes")).ShouldBe(["shop/a.py:1 pyflakes F401", "shop/test_a.py:1 pyflakes F401", "tests/b.py:1 pyflakes F401"]);
    }

    [Fact]
    public async Task Members_that_are_not_there_are_said_when_asked_for()
    {
        using var project = new Project().With("a.py", "import os\nprint(os.nothing_of_this_name)\n");
        Project.Lines(await InspectAsync(project, new(), "pylint")).ShouldBeEmpty();
        Project.Lines(await InspectAsync(project, new() { MemberWarnings = true }, "pylint")).ShouldBe(["a.py:2 pylint no-member"]);
    }

    [Fact]
    public async Task Tools_are_added_left_out_and_chosen()
    {
        using var project = new Project().With("a.py", "def f():\n    return 1\n").With(".prospector.yaml", "pylint:\n  run: false\ndodgy:\n  run: false\nmccabe:\n  run: false\n");
        (await ToolsAsync(new())).ShouldBe(["imports", "pycodestyle", "pyflakes"]);
        (await ToolsAsync(new() { WithTools = ["vulture", "mccabe"] })).ShouldBe(["imports", "mccabe", "pycodestyle", "pyflakes", "vulture"]);
        (await ToolsAsync(new() { WithoutTools = ["pyflakes", "imports"] })).ShouldBe(["pycodestyle"]);
        (await ToolsAsync(new() { Tools = ["mccabe"] })).ShouldBe(["mccabe"]);

        async Task<IEnumerable<string>> ToolsAsync(ProfileOptions options) => (await InspectAsync(project, options)).Tools.Where(tool => tool.Files > 0 && tool.Name != "yamllint").Select(tool => tool.Name);
    }

    [Fact]
    public async Task The_first_profile_is_taken_and_the_others_are_inherited()
    {
        using var project = new Project().With("a.py", $"import os\nx = 1  # {new string('x', 60)}\n").With("one.yaml", "pyflakes:\n  disable: [F401]\n").With("two.yaml", "max-line-length: 50\npyflakes:\n  enable: [F401]\n").With(".prospector.yaml", "strictness: verylow\n");
        Project.Lines(await InspectAsync(project, new() { Profiles = ["one"] }, "pyflakes", "pycodestyle")).ShouldBeEmpty();
        var both = await InspectAsync(project, new() { Profiles = ["one", "two"] }, "pyflakes", "pycodestyle");
        Project.Lines(both).ShouldBe(["a.py:2 pycodestyle E501"]);
        both.Profiles.Take(2).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Frameworks_are_found_unless_that_is_not_wanted_and_named()
    {
        using var project = new Project().With("requirements.txt", "Django>=4\n").With("a.py", "x = 1\n");
        (await InspectAsync(project, new(), "pyflakes")).Libraries.ShouldBe(["django"]);
        (await InspectAsync(project, new() { Autodetect = false }, "pyflakes")).Libraries.ShouldBeEmpty();
        (await InspectAsync(project, new() { Autodetect = false, Uses = ["celery"] }, "pyflakes")).Libraries.ShouldBe(["celery"]);
    }

    [Fact]
    public async Task Migrations_are_left_out_where_Django_is_used_whether_it_is_found_or_named()
    {
        using var project = new Project().With("requirements.txt", "Django>=4\n").With("shop/models.py", "import os\n").With("shop/migrations/first.py", "import os\n");
        Project.Lines(await InspectAsync(project, new(), "pyflakes")).ShouldBe(["shop/models.py:1 pyflakes F401"]);
        Project.Lines(await InspectAsync(project, new() { Autodetect = false, Uses = ["django"] }, "pyflakes")).ShouldBe(["shop/models.py:1 pyflakes F401"]);
        (await InspectAsync(project, new() { Autodetect = false }, "pyflakes")).Findings.Count.ShouldBe(2);
        Project.Lines(await ChangedAsync(project, request => request with { Only = ["pyflakes"], Paths = ["shop/migrations/first.py"] })).ShouldBe(["shop/migrations/first.py:1 pyflakes F401"], "one that is named is inspected");
    }

    [Fact]
    public async Task A_configuration_file_for_pylint_is_read()
    {
        using var project = new Project().With("a.py", "import os\n").With("etc/lint.cfg", "[MAIN]\ndisable=all\n");
        Project.Lines(await InspectAsync(project, new() { PylintConfigFile = "etc/lint.cfg" }, "pylint")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_syntax_error_is_one_finding_of_all_tools()
    {
        using var project = new Project().With("a.py", "def f(:\n    pass\n");
        var found = (await InspectAsync(project, new(), "pylint", "pyflakes", "pycodestyle", "mccabe")).Findings.ShouldHaveSingleItem();
        (found.Tool, found.Code, found.Severity).ShouldBe(("pylint", "syntax-error", Severity.Error));
        found.AlsoReportedBy.Select(name => $"{name.Tool} {name.Code}").ShouldBe(["mccabe MC0000", "pycodestyle E901", "pyflakes F999"], ignoreOrder: true);
    }

    private static Task<InspectionReport> InspectAsync(Project project, ProfileOptions options, params string[] tools) =>
        ChangedAsync(project, request => request with { Only = tools.Length > 0 ? tools : request.Only }, options);

    private static Task<InspectionReport> ChangedAsync(Project project, Func<InspectionRequest, InspectionRequest> change, ProfileOptions? options = null) =>
        project.InspectAsync(_ => change(InspectionRequest.For(project.Root, ProfileLoader.Load(new ProfileRequest(project.Root) { Options = options ?? new() }))));

    private static JsonElement Json(InspectionReport report)
    {
        using var text = new StringWriter();
        ReportFormats.Find("json")!.Write(report, new ReportOptions(), text);
        using var json = JsonDocument.Parse(text.ToString());
        return json.RootElement.Clone();
    }

    private static IReadOnlyList<string> Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
