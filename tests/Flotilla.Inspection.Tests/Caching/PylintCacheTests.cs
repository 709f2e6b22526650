using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools.Python;
using Flotilla.Inspection.Tools;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Caching;

/// <summary>What pylint says of one module depends on others, and on which files it is started with; the cache knows.</summary>
public sealed class PylintCacheTests
{
    [Fact]
    public async Task Edits_of_what_is_imported_from_packages_and_from_beside_change_what_pylint_says_with_the_cache_as_without()
    {
        using var project = new Project().With("app/a.py", "import tools\nfrom shop import cart\nimport hidden\nprint(tools.mend(1), cart.total(), hidden.x)\n")
            .With("lib/tools.py", "def mend(x):\n    return x\n").With("shop/cart.py", "def total():\n    return 1\n").With("lib/hidden.py", "x = 1\n");
        var first = await SameAsync(project);
        first.ShouldNotContain(line => line.Contains("tools", StringComparison.Ordinal) && line.Contains("import-error", StringComparison.Ordinal));

        // Only this file is given to pylint now, and its sibling is to be found as before.
        project.With("app/a.py", "import tools\nfrom shop import cart\nimport hidden\nprint(tools.mend(1, 2), cart.total(), hidden.x)\n");
        (await SameAsync(project)).ShouldContain("app/a.py:4 pylint too-many-function-args");

        project.With("lib/tools.py", "def mend(x, y):\n    return x + y\n").With("shop/cart.py", "def sum_of():\n    return 1\n");
        var third = await SameAsync(project);
        third.ShouldNotContain("app/a.py:4 pylint too-many-function-args");
        third.ShouldContain("app/a.py:2 pylint import-error");

        project.With("shop/__init__.py", "\"\"\"Shop.\"\"\"\n");
        (await SameAsync(project)).ShouldContain("app/a.py:4 pylint no-member");
    }

    [Fact]
    public async Task A_file_inspected_alone_is_inspected_again_when_what_it_imports_has_changed()
    {
        using var project = new Project().With("a.py", "import b\nb.f(1)\n").With("b.py", "def f(x):\n    return x\n");
        (await OneAsync()).ShouldNotContain("a.py:2 pylint no-member");
        project.With("b.py", "def g(x):\n    return x\n");
        (await OneAsync()).ShouldContain("a.py:2 pylint no-member");

        async Task<List<string>> OneAsync() => [.. Project.Lines(await project.InspectAsync(request => request with { Only = ["pylint"], Paths = ["a.py"], CacheFolder = project.Cache }))];
    }

    [Fact]
    public async Task A_file_inspected_alone_does_not_forget_the_others()
    {
        using var project = new Project().With("a.py", "import b\nb.f(1)\n").With("b.py", "def f(x):\n    return x\n").With("c.py", "");
        await InspectAsync();
        (await InspectAsync("a.py")).Tools.ShouldAllBe(tool => tool.Cached == tool.Files || tool.Name == "imports");
        project.With("a.py", "import b\nb.g(1)\n");
        (await InspectAsync("a.py")).Findings.ShouldContain(finding => finding.Code == "no-member");
        File.Delete(Path.Combine(project.Root, "c.py"));
        (await InspectAsync()).Tools.Single(tool => tool.Name == "pylint").Cached.ShouldBe(2);

        Task<InspectionReport> InspectAsync(params string[] paths) => project.InspectAsync(request => request with { Only = ["pylint", "imports"], Paths = paths, CacheFolder = project.Cache });
    }

    [Fact]
    public async Task What_a_configuration_file_that_a_profile_names_says_is_no_secret_to_the_cache()
    {
        using var project = new Project().With("a.py", "import os\n").With(".prospector.yaml", "strictness: none\npylint:\n  options:\n    config_file: etc/lint.cfg\n").With("etc/lint.cfg", "[MAIN]\nenable=unused-import\n");
        (await OneAsync()).ShouldContain("a.py:1 pylint unused-import");
        project.With("etc/lint.cfg", "[MAIN]\ndisable=unused-import\n");
        (await OneAsync()).ShouldNotContain("a.py:1 pylint unused-import");

        async Task<List<string>> OneAsync() => [.. Project.Lines(await project.InspectAsync(_ => InspectionRequest.For(project.Root, ProfileLoader.Load(new(project.Root))) with { Only = ["pylint"], CacheFolder = project.Cache }))];
    }

    [Fact]
    public async Task Configuration_of_shellcheck_beside_a_script_and_of_vulture_changes_what_they_say()
    {
        using var project = new Project().With("bin/a.sh", "#!/bin/sh\necho $1\n").With("a.py", "def f():\n    pass\n");
        (await OneAsync()).ShouldBe(["a.py:1 vulture unused-function", "bin/a.sh:2 shellcheck SC2086"]);
        project.With("bin/.shellcheckrc", "disable=SC2086\n").With("pyproject.toml", "[tool.vulture]\nignore_names = [\"f\"]\n");
        (await OneAsync()).ShouldBeEmpty();

        async Task<List<string>> OneAsync() => [.. Project.Lines(await project.InspectAsync(request => request with { Only = ["shellcheck", "vulture"], CacheFolder = project.Cache }))];
    }

    [Fact]
    public async Task Modules_that_are_not_inspected_are_read_all_the_same()
    {
        using var project = new Project().With(".gitignore", "made/\n_version.py\n").With("a.py", "import _version\nfrom made import tables\nimport kept_pb2\nfrom vendor import old\nprint(_version.V, tables.T, kept_pb2.K, old.O)\n");
        await Tool.RunAsync("git", ["-C", project.Root, "init", "-q"]);
        foreach (var (file, text) in Modules("")) project.With(file, text);
        (await SameAsync(project)).ShouldNotContain("a.py:5 pylint no-member");
        foreach (var (file, text) in Modules("2"))
        {
            project.With(file, text);
            (await SameAsync(project)).ShouldContain("a.py:5 pylint no-member", file);
            project.With(file, text.Replace("2", "", StringComparison.Ordinal));
        }

        static (string File, string Text)[] Modules(string mark) =>
            [("_version.py", $"V{mark} = 1\n"), ("made/tables.py", $"T{mark} = 1\n"), ("kept_pb2.py", $"K{mark} = 1\n"), ("vendor/old.py", $"# @generated\nO{mark} = 1\n")];
    }

    [Fact]
    public async Task Modules_of_the_package_that_the_root_stands_in_are_read()
    {
        using var project = new Project().With("shop/__init__.py", "").With("shop/models.py", "def f():\n    pass\n").With("shop/cart/__init__.py", "").With("shop/cart/x.py", "from shop.models import f\nfrom ..models import f as g\nf()\ng()\n");
        (await SaysAsync()).ShouldNotContain(line => line.Contains("no-name-in-module", StringComparison.Ordinal));
        project.With("shop/models.py", "def h():\n    pass\n");
        (await SaysAsync()).Count(line => line.Contains("no-name-in-module", StringComparison.Ordinal)).ShouldBe(2);

        async Task<List<string>> SaysAsync() => [.. Project.Lines(await project.InspectAsync(_ =>
            new InspectionRequest(Path.Combine(project.Root, "shop", "cart")) { Only = ["pylint"], CacheFolder = project.Cache }))];
    }

    [Fact]
    public async Task Files_that_tell_types_change_what_mypy_says()
    {
        using var project = new Project().With("a.py", "import lib\nx: int = lib.f()\n").With("lib.pyi", "def f() -> int: ...\n");
        (await SaysAsync()).ShouldBeEmpty();
        project.With("lib.pyi", "def f() -> str: ...\n");
        (await SaysAsync()).ShouldBe(["a.py:2 mypy assignment"]);

        async Task<IEnumerable<string>> SaysAsync() => Project.Lines(await project.InspectAsync(request => request with { Only = ["mypy"], CacheFolder = project.Cache }));
    }

    [Fact]
    public async Task A_plugin_of_the_project_changes_what_pylint_says()
    {
        using var project = new Project().With("a.py", "x = 1\n")
            .With("pylintrc", "[MAIN]\ninit-hook=import sys; sys.path.append('lint')\nload-plugins=\n    pylint.extensions.docparams,\n    house\n").With("lint/rules.py", "ADD = False\n")
            .With("lint/house.py", "import rules\nfrom pylint.checkers import BaseChecker\n\n\nclass House(BaseChecker):\n    name = 'house'\n    msgs = {'W9901': ('House rule', 'house-rule', 'House rule')}\n\n    def visit_module(self, node):\n        if rules.ADD:\n            self.add_message('house-rule', node=node)\n\n\ndef register(linter):\n    linter.register_checker(House(linter))\n");
        (await SameAsync(project)).ShouldNotContain("a.py:1 pylint house-rule");
        project.With("lint/rules.py", "ADD = True\n");
        (await SameAsync(project)).ShouldContain("a.py:1 pylint house-rule");
    }

    // pylint's checkers keep what they know of a file over which they crash: said of the next one, it would depend on their order.
    [Fact]
    public async Task A_crash_over_one_file_says_nothing_of_another_and_any_number_of_processes_says_the_same()
    {
        using var project = new Project().With("a.py", "import os.path\n\n\ndef run(errors=None):\n    errors = (os.path,) if errors is None else errors\n    try:\n        print(1)\n    except errors:\n        print(2)\n");
        for (var number = 0; number < 12; number++) project.With($"b{number}.py", $"import sys\nimport json\nprint(sys, json{(number % 3 == 0 ? ".nothing" : "")})\n" + new string('\n', number));
        var single = await WithAsync(1);
        var codes = single.Findings.CountBy(finding => finding.Code).ToDictionary();
        (codes["astroid-error"], codes["no-member"], codes.ContainsKey("wrong-import-position")).ShouldBe((1, 4, false));
        foreach (var processes in (int[])[2, 3, 8]) Project.Everything(await WithAsync(processes)).ShouldBe(Project.Everything(single));

        Task<InspectionReport> WithAsync(int processes) => project.InspectAsync(request => request with { Only = ["pylint"], Parallelism = processes });
    }

    [Fact]
    public async Task A_process_of_pylint_that_dies_is_told()
    {
        using var project = new Project().With("a.py", "x = 1\n").With("pylintrc", "[MAIN]\ninit-hook=import os; from pylint.lint import PyLinter; PyLinter._lint_file = lambda *all, os=os: os.kill(os.getpid(), 9)\n");
        var report = await project.InspectAsync(request => request with { Only = ["pylint"] });
        var problem = report.Tools.ShouldHaveSingleItem().Problem.ShouldNotBeNull();
        problem.What.ShouldBe("pylint crashed.");
        problem.Why.ShouldBe("RuntimeError: the process that looked at a.py and 0 more died of signal 9");
    }

    private static async Task<List<string>> SameAsync(Project project)
    {
        var cached = await project.InspectAsync(request => request with { Tools = new Toolbox([new Pylint()]), CacheFolder = project.Cache });
        var fresh = await project.InspectAsync(request => request with { Tools = new Toolbox([new Pylint()]) });
        Project.Everything(cached).ShouldBe(Project.Everything(fresh));
        return [.. Project.Lines(fresh)];
    }
}
