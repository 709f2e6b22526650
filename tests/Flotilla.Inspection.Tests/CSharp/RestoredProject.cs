using Flotilla.Core.Machines;
using Flotilla.Inspection.CSharp;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.CSharp;

/// <summary>A folder with restored C# projects, shared by tests because restore takes seconds.</summary>
public sealed class RestoredProject : IAsyncLifetime
{
    public const string Library = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
          </PropertyGroup>
        </Project>
        """;

    private readonly TemporaryFolder _folder = new();

    public string Root => _folder.Path;

    internal RoslynTool Tool { get; } = new();

    internal CountingMachine Machine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Machine = new CountingMachine(_folder.File("data"));
        // Whatever stands above the temporary folder is none of the tests' business.
        _folder.Write("Directory.Build.props", "<Project/>");
        _folder.Write("Directory.Build.targets", "<Project/>");
        _folder.Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.IDE0005.severity = warning\ndotnet_diagnostic.CA1822.severity = warning\n");
        _folder.Write("lib/lib.csproj", Library);
        _folder.Write("lib/Placeholder.cs", "namespace Lib;\npublic static class Placeholder { public const int One = 1; }\n");
        _folder.Write("app/app.csproj", Library.Replace("</Project>", "<ItemGroup><ProjectReference Include=\"../lib/lib.csproj\" /></ItemGroup></Project>"));
        _folder.Write("program/program.cs", "#:property Nullable=enable\nint unused;\nSystem.Console.WriteLine(Helper.Word?.Length);\nstatic class Helper { public static string Word = null; }\n");
        _folder.Write("program/Directory.Build.props", "<Project><PropertyGroup><PublishAot>false</PublishAot></PropertyGroup></Project>");
        Directory.CreateDirectory(_folder.File("broken"));
        BrokenAnalyzers.Write(_folder.File("broken"));
        _folder.Write("broken/broken.csproj", Library.Replace("</Project>", "<ItemGroup><Analyzer Include=\"Throwing.dll\" /><Analyzer Include=\"Orphan.dll\" /></ItemGroup></Project>"));
        _folder.Write("broken/Code.cs", "namespace Broken;\npublic static class Code { public static void M() { int unused; } }\n");
        foreach (var project in new[] { "app/app.csproj", "broken/broken.csproj", "program/program.cs" }) await RestoreAsync(project);
    }

    private async Task RestoreAsync(string project)
    {
        var restored = await Machine.RunAsync(
            new Command("dotnet", ["restore", project], Timeout: TimeSpan.FromMinutes(3), WorkingDirectory: Root), TestContext.Current.CancellationToken);
        restored.ExitCode.ShouldBe(0, restored.Output + restored.Error);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes a file; its folder is one of the projects'.</summary>
    public string Write(string name, string content) => _folder.Write(name, content);

    /// <summary>Inspects what stands below folders.</summary>
    internal Task<RoslynOutcome> InspectAsync(string[] folders, ToolSettings? settings = null, RoslynTool? tool = null, IMachine? machine = null)
    {
        var tree = Tree(folders);
        return (tool ?? Tool).InspectAsync(
            new ToolRun(tree, tree.Files, settings ?? new ToolSettings(), machine ?? Machine) { Parallelism = 2 }, TestContext.Current.CancellationToken);
    }

    internal SourceTree Tree(params string[] folders) => new(Root,
    [
        .. folders.SelectMany(folder => Directory.GetFiles(_folder.File(folder), "*", SearchOption.AllDirectories))
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(Path.GetRelativePath(Root, path), path, Languages.CSharp)),
    ]);
}
