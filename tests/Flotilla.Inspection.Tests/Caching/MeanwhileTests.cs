using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Python;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Caching;

/// <summary>Files that are written, go away or are no files while they are inspected.</summary>
public sealed class MeanwhileTests
{
    [Theory]
    [InlineData(ToolScope.File)]
    [InlineData(ToolScope.Imports)]
    [InlineData(ToolScope.Project)]
    public async Task What_was_said_of_a_file_that_was_written_meanwhile_is_said_of_no_other_content(ToolScope scope)
    {
        using var project = new Project().With("a.py", "one = 1\n").With("b.py", "x = 1\n");
        var tool = new EditedMeanwhile(scope) { Before = () => project.With("a.py", "another = 2\n") };
        (await InspectAsync()).ShouldBe(["another = 2", "x = 1"]);
        tool.Before = () => { };
        project.With("a.py", "one = 1\n");
        (await InspectAsync()).ShouldBe(["one = 1", "x = 1"]);
        tool.Asked = 0;
        (await InspectAsync()).ShouldBe(["one = 1", "x = 1"]);
        tool.Asked.ShouldBe(0, "what was said when nothing changed is kept");

        async Task<IEnumerable<string>> InspectAsync() =>
            (await project.InspectAsync(request => request with { Tools = new Toolbox([tool]), CacheFolder = project.Cache })).Findings.Select(finding => finding.Message);
    }

    [Fact]
    public async Task A_name_that_leads_to_a_device_or_a_pipe_holds_nobody_up()
    {
        using var project = new Project().With("a.py", "import endless, waiting, there\n").With("there.py", "import os\n");
        File.CreateSymbolicLink(Path.Combine(project.Root, "endless.py"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(project.Root, ".pylintrc"), "/dev/zero");
        await Tool.RunAsync("mkfifo", [Path.Combine(project.Root, "pipe")]);
        File.CreateSymbolicLink(Path.Combine(project.Root, "waiting.py"), "pipe");
        await Tool.RunAsync("git", ["-C", project.Root, "init", "-q"]);
        var report = await project.InspectAsync(request => request with { Only = ["pyflakes", "imports"], CacheFolder = project.Cache });
        Project.Lines(report).ShouldContain("there.py:1 pyflakes F401");
        report.Tools.ShouldAllBe(tool => tool.State == ToolState.Ran);
    }

    [Fact]
    public async Task A_tool_that_throws_has_failed_and_the_others_are_heard()
    {
        using var project = new Project().With("a.py", "import os\n");
        var broken = new EditedMeanwhile(ToolScope.File) { Before = () => throw new FileNotFoundException("a.py is gone.") };
        var report = await project.InspectAsync(request => request with { Tools = new Toolbox([broken, new Pyflakes()]), CacheFolder = project.Cache });
        Project.Lines(report).ShouldBe(["a.py:1 pyflakes F401"], string.Join('\n', report.Tools));
        var failed = report.Tools.Single(tool => tool.State == ToolState.Failed);
        failed.Problem!.ToString().ShouldContain("edited could not do its work.");
        failed.Problem.Why.ShouldNotBeNull().ShouldContain("a.py is gone.");
    }

    /// <summary>Says what is in each file, after something happened.</summary>
    private sealed class EditedMeanwhile(ToolScope scope) : ITool
    {
        public Action Before { get; set; } = () => { };

        public int Asked { get; set; }

        public string Name => "edited";

        public string Description => "what is there";

        public bool RunsByDefault => true;

        public string Install => "";

        public ToolScope Scope => scope;

        public bool Takes(SourceFile file) => file.Language == Languages.Python;

        public Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken) => Task.FromResult<string?>("1");

        public IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) => [];

        public Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken)
        {
            Before();
            Asked += run.Files.Count;
            return Task.FromResult(new ToolOutcome([.. run.Files.Select(file => new Finding(Name, "there", File.ReadAllText(file.FullPath).Trim(), new FindingLocation(file.Path, 1)))]));
        }
    }
}
