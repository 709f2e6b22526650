using System.Xml.Linq;
using Flotilla.Testing;

namespace Flotilla.Tests.Architecture;

/// <summary>Holds the arrows between the projects: who may refer to whom.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Capabilities =
        ["Apps", "Consistency", "Detection", "Events", "Images", "Inspection", "Logs", "Networks", "Resources"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Flotilla"] = [.. Capabilities, "Core", "Console", "Web"],
        ["Cli"] = ["Flotilla"],
        ["Console"] = ["Core"],
        ["Core"] = [],
        ["Docker"] = ["Core"],
        ["MessagePack"] = [],
        ["Web"] = [],
        ["Apps"] = ["Core", "Resources", "Images", "Networks", "Logs", "Docker"],
        ["Consistency"] = ["Core"],
        ["Detection"] = ["Core"],
        ["Events"] = ["Core", "MessagePack"],
        ["Images"] = ["Core", "Docker"],
        ["Inspection"] = ["Core"],
        ["Logs"] = ["Core", "MessagePack"],
        ["Networks"] = ["Core", "Resources"],
        ["Resources"] = ["Core"],
    };

    public static TheoryData<string> Projects => [.. Directory.EnumerateFiles(Repository.File("src"), "*.csproj", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_that_the_design_lets_it(string project)
    {
        var name = Short(project);
        Allowed.ShouldContainKey(name, $"{name} is a project that the design does not name.");
        References(project, "ProjectReference").Select(Short).Except(Allowed[name]).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_capability_and_the_core_need_nothing_but_the_framework(string project)
    {
        if (Short(project) is not "Core" && !Capabilities.Contains(Short(project))) return;
        var allowed = new[] { "Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3", "MathNet.Numerics", "Npgsql", "Microsoft.CodeAnalysis.CSharp", "YamlDotNet" };
        References(project, "PackageReference").Except(Short(project) == "Core" ? [] : allowed).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_has_its_tests_and_stands_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.File("Flotilla.slnx"));
        foreach (var project in Projects.Select(row => row.Data))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var tests = $"tests/{name}.Tests/{name}.Tests.csproj";
            File.Exists(Repository.File(tests)).ShouldBeTrue($"{tests} is missing");
            solution.ShouldContain($"src/{name}/{name}.csproj");
            solution.ShouldContain(tests);
        }
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(element => element.Attribute("Include")!.Value);

    private static string Short(string project) =>
        Path.GetFileNameWithoutExtension(project) is "Flotilla" and var sdk ? sdk : Path.GetFileNameWithoutExtension(project)["Flotilla.".Length..];
}
