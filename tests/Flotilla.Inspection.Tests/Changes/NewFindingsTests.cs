using Flotilla.Core;
using Flotilla.Inspection.Changes;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Changes;

public sealed class NewFindingsTests
{
    private const string Bad = "import os\n\n\ndef f(a):\n    b = a+c\n    return a\n";

    [Fact]
    public async Task Work_that_is_not_committed_is_measured_against_the_branch()
    {
        using var project = await GitProject.CreateAsync();
        await project.With("a.py", Bad).CommitAsync();
        project.With("a.py", Bad + "\n\ndef g():\n    return d\n").With("new.py", "import sys\n");
        var found = await project.NewAsync();
        Project.Lines(found.Report).ShouldBe(["a.py:10 pyflakes F821", "new.py:1 pyflakes F401"]);
        found.Report.Known.ShouldBe(3);
        found.Gone.ShouldBe(0);
        found.Base.Name.ShouldBe("main");
    }

    [Fact]
    public async Task Moving_and_indenting_what_was_there_brings_nothing()
    {
        using var project = await GitProject.CreateAsync();
        await project.With("a.py", Bad).CommitAsync();
        var block = "def f(a):\n    b = a+c\n    return a\n";
        project.With("a.py", "import os\n\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"\nX{i} = {i}")) + "\n\n\nif X1:\n\n" + string.Concat(block.TrimEnd('\n').Split('\n').Select(line => "    " + line + "\n")));
        var found = await project.NewAsync();
        Project.Lines(found.Report).ShouldBeEmpty();
        found.Report.Known.ShouldBe(3);
    }

    [Fact]
    public async Task A_branch_is_measured_against_what_it_has_in_common_with_main()
    {
        using var project = await GitProject.CreateAsync();
        await project.With("a.py", Bad).CommitAsync();
        await project.GitAsync("checkout", "-q", "-b", "work");
        await project.With("b.py", "import sys\n").CommitAsync();
        await project.GitAsync("checkout", "-q", "main");
        await project.With("a.py", "\n").CommitAsync();
        await project.GitAsync("checkout", "-q", "work");
        Project.Lines((await project.NewAsync()).Report).ShouldBe(["b.py:1 pyflakes F401"]);
        Project.Lines((await project.NewAsync("main")).Report).ShouldBe(["b.py:1 pyflakes F401"]);
        Project.Lines((await project.NewAsync("HEAD")).Report).ShouldBeEmpty();
    }

    [Fact]
    public async Task Renamed_files_are_followed_whether_staged_or_not()
    {
        using var project = await GitProject.CreateAsync();
        await project.With("pkg/a.py", Bad).With("pkg/b.py", "import re\n" + Bad.Replace("f(", "g(")).CommitAsync();
        await project.GitAsync("mv", "pkg/a.py", "pkg/c.py");
        Directory.CreateDirectory(Path.Combine(project.Root, "sub"));
        File.Move(Path.Combine(project.Root, "pkg/b.py"), Path.Combine(project.Root, "sub/d.py"));
        File.AppendAllText(Path.Combine(project.Root, "sub/d.py"), "e = h\n");
        var found = await project.NewAsync();
        Project.Lines(found.Report).ShouldBe(["sub/d.py:8 pycodestyle E305", "sub/d.py:8 pyflakes F821"]);
        Project.Lines((await project.NewAsync(change: request => request with { Paths = ["sub"] })).Report).ShouldBe(["sub/d.py:8 pycodestyle E305", "sub/d.py:8 pyflakes F821"]);
        Project.Lines((await project.NewAsync(change: request => request with { Root = Path.Combine(project.Root, "sub") })).Report).ShouldBe(["d.py:8 pycodestyle E305", "d.py:8 pyflakes F821"]);
    }

    [Fact]
    public async Task A_third_equal_finding_is_new_where_two_were()
    {
        using var project = await GitProject.CreateAsync();
        await project.With("a.py", "a = x\na = x\n").CommitAsync();
        project.With("a.py", "a = x\na = x\na = x\n");
        Project.Lines((await project.NewAsync()).Report).ShouldBe(["a.py:3 pyflakes F821"]);
    }

    [Fact]
    public async Task Only_what_differs_is_run_on_the_base_and_nothing_the_second_time()
    {
        using var project = await GitProject.CreateAsync();
        for (var i = 0; i < 5; i++) project.With($"m{i}.py", Bad);
        project.With("setup.cfg", "[pycodestyle]\nmax-line-length = 100\n");
        await project.CommitAsync();
        project.With("m0.py", Bad + "\n\nz = q\n");
        Func<InspectionRequest, InspectionRequest> cached = request => request with { CacheFolder = project.Cache, Only = null };
        var first = await project.NewAsync(change: cached);
        var runs = new CountingMachine(project.Machine);
        var request = cached(new InspectionRequest(project.Root));
        var second = await NewFindings.InspectAsync(new Inspector(runs, TimeProvider.System), request, null, runs, CancellationToken.None);
        Project.Everything(second.Report).ShouldBe(Project.Everything(first.Report));
        runs.Programs.Where(program => program != "git").ShouldBeEmpty();

        var before = new CountingMachine(project.Machine);
        project.With("m0.py", Bad + "\n\nz = q1\n");
        await NewFindings.InspectAsync(new Inspector(before, TimeProvider.System), request, null, before, CancellationToken.None);
        // The tree's own new content, and never the base again.
        before.Folders.Where(folder => folder is not null && folder != project.Root && !folder.StartsWith(project.Root, StringComparison.Ordinal)).Distinct().Count().ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Nothing_of_the_repository_is_changed_or_run()
    {
        using var project = await GitProject.CreateAsync();
        var mark = Path.Combine(project.Cache, "ran");
        await project.With("a.py", Bad).With(".gitattributes", "*.py filter=evil diff=evil\n").CommitAsync();
        await project.GitAsync("config", "filter.evil.smudge", $"touch {mark}; cat");
        await project.GitAsync("config", "filter.evil.clean", $"touch {mark}; cat");
        await project.GitAsync("config", "diff.evil.textconv", $"touch {mark}; cat");
        await project.GitAsync("config", "diff.external", $"touch {mark}");
        await project.GitAsync("config", "core.fsmonitor", $"touch {mark}");
        foreach (var hook in (string[])["post-checkout", "post-index-change", "reference-transaction"])
        {
            project.With($".git/hooks/{hook}", $"#!/bin/sh\ntouch {mark}\n");
            File.SetUnixFileMode(Path.Combine(project.Root, ".git/hooks", hook), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        project.With("a.py", Bad + "d = e\n").With("c.py", "import re\n");
        var index = File.ReadAllBytes(Path.Combine(project.Root, ".git/index"));
        var files = Directory.GetFileSystemEntries(Path.Combine(project.Root, ".git"), "*", SearchOption.AllDirectories).Order().ToList();
        (await project.NewAsync()).Report.Findings.Count.ShouldBe(3);
        File.Exists(mark).ShouldBeFalse();
        File.ReadAllBytes(Path.Combine(project.Root, ".git/index")).ShouldBe(index);
        Directory.GetFileSystemEntries(Path.Combine(project.Root, ".git"), "*", SearchOption.AllDirectories).Order().ShouldBe(files);
    }

    [Fact]
    public async Task What_git_was_told_about_the_repository_in_a_hook_does_not_mislead()
    {
        using var project = await GitProject.CreateAsync();
        await project.With("a.py", Bad).CommitAsync();
        project.With("a.py", Bad + "d = e\n").With(".git/hooks/pre-commit", "#!/bin/sh\nenv | grep ^GIT_ >hook-environment\n");
        File.SetUnixFileMode(Path.Combine(project.Root, ".git/hooks/pre-commit"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await project.GitAsync("commit", "-q", "-a", "-m", "hooked");
        var told = File.ReadAllLines(Path.Combine(project.Root, "hook-environment")).Select(line => line.Split('=', 2)).Where(pair => pair[0] is "GIT_INDEX_FILE" or "GIT_DIR" or "GIT_PREFIX").ToDictionary(pair => pair[0], pair => pair[1]);
        told.ShouldContainKey("GIT_INDEX_FILE");
        await project.GitAsync("reset", "-q", "--hard", "HEAD~1");
        project.With("a.py", Bad + "d = e\n");
        var machine = new CountingMachine(project.Machine, told);
        var found = await NewFindings.InspectAsync(new Inspector(machine, TimeProvider.System), new InspectionRequest(project.Root) { Only = ["pyflakes"] }, null, machine, CancellationToken.None);
        Project.Lines(found.Report).ShouldBe(["a.py:7 pyflakes F821"]);
    }

    [Fact]
    public async Task Tracked_files_that_are_ignored_are_known_too()
    {
        using var project = await GitProject.CreateAsync();
        project.With("a.py", Bad).With(".gitignore", "a.py\n");
        await project.GitAsync("add", "-f", "a.py");
        await project.CommitAsync();
        Project.Lines((await project.NewAsync()).Report).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tool_that_fails_on_the_base_alone_is_told()
    {
        using var project = await GitProject.CreateAsync();
        using var tools = new TemporaryFolder();
        await project.With("a.yaml", "a: 1\n").CommitAsync();
        tools.Write("yamllint", $"#!/bin/sh\nif [ \"$1\" = --version ]; then echo 1.2; elif [ \"$(pwd -P)\" = {project.Root} ]; then echo 'a.yaml:1:1: [error] odd (rule)'; exit 1; else kill -9 $$; fi\n");
        File.SetUnixFileMode(tools.File("yamllint"), (UnixFileMode)0b111_101_101);
        var machine = new CountingMachine(project.Machine, new Dictionary<string, string> { ["PATH"] = $"{tools.Path}:{Environment.GetEnvironmentVariable("PATH")}" });
        var found = await NewFindings.InspectAsync(new Inspector(machine, TimeProvider.System), new InspectionRequest(project.Root) { Only = ["yamllint"] }, null, machine, CancellationToken.None);
        found.Report.Findings.Count.ShouldBe(1);
        found.Unjudged.ShouldHaveSingleItem().Problem!.What.ShouldBe("yamllint died of signal 9.");
    }

    [Fact]
    public async Task A_folder_that_was_a_link_is_new_and_the_link_is_not_followed()
    {
        using var project = await GitProject.CreateAsync();
        using var elsewhere = new Project().With("a.py", Bad);
        File.CreateSymbolicLink(Path.Combine(project.Root, "sub"), elsewhere.Root);
        await project.CommitAsync();
        File.Delete(Path.Combine(project.Root, "sub"));
        project.With("sub/a.py", Bad);
        (await project.NewAsync(change: request => request with { Root = Path.Combine(project.Root, "sub") })).Report.Findings.Count.ShouldBe(3);
        (await project.NewAsync()).Report.Findings.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_root_that_is_reached_through_a_link_is_the_same()
    {
        using var project = await GitProject.CreateAsync();
        using var links = new TemporaryFolder();
        await project.With("sub/a.py", Bad).With("sub/b.py", Bad.Replace("f(", "g(")).CommitAsync();
        await project.GitAsync("mv", "sub/b.py", "sub/c.py");
        File.AppendAllText(Path.Combine(project.Root, "sub/c.py"), "e = h\n");
        File.CreateSymbolicLink(links.File("link"), project.Root);
        foreach (var path in (string[])["sub", Path.Combine(links.File("link"), "sub"), "sub/c.py"])
            Project.Lines((await project.NewAsync(change: request => request with { Root = links.File("link"), Paths = [path], Only = ["pyflakes"] })).Report).ShouldBe(["sub/c.py:7 pyflakes F821"]);
    }

    [Fact]
    public async Task Without_a_base_the_problem_says_what_to_do()
    {
        using var none = new Project().With("a.py", Bad);
        using var unborn = await GitProject.CreateAsync(committed: false);
        using var project = await GitProject.CreateAsync();
        await project.With("a.py", Bad).CommitAsync();
        await project.With("a.py", Bad + "\n").CommitAsync();
        using var clones = new TemporaryFolder();
        await Tool.RunAsync("git", ["clone", "-q", "--depth=1", $"file://{project.Root}", clones.File("shallow")]);
        await project.GitAsync("checkout", "-q", "--orphan", "other");
        await project.GitAsync("commit", "-q", "--allow-empty", "-m", "unrelated");
        var problems = new List<string>();
        foreach (var (name, root, @base) in ((string, string, string?)[])[("no repository", none.Root, null), ("no commit", unborn.Root, null), ("unknown", project.Root, "mian"), ("an option", project.Root, "--output=x"),
            ("no common commit", project.Root, "main"), ("shallow clone", clones.File("shallow"), "HEAD~1")])
        {
            var problem = await ProblemAsync(root, @base);
            problems.Add($"{name}: {problem.Replace(root, "ROOT")}");
        }
        Snapshot.Matches(string.Join('\n', problems), "problems");

        async Task<string> ProblemAsync(string root, string? @base)
        {
            try
            {
                await NewFindings.InspectAsync(new Inspector(project.Machine, TimeProvider.System), new InspectionRequest(root), @base, project.Machine, CancellationToken.None);
            }
            catch (ProblemException problem)
            {
                return problem.Message;
            }
            return "none";
        }
    }
}
