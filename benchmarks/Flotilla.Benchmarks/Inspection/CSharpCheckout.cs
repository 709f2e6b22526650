using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Inspection;

/// <summary>A clone of what is committed here, restored and not built.</summary>
internal sealed class CSharpCheckout : IDisposable
{
    /// <summary>What of it is inspected.</summary>
    public static readonly string[] Inspected = ["src", "tests"];

    // Build servers that are already there would make a build look faster than it is.
    private static readonly Dictionary<string, string?> Environment = new() { ["MSBUILDDISABLENODEREUSE"] = "1" };

    private readonly TemporaryFolder _folder = new();

    /// <summary>Its folder.</summary>
    public string Root => _folder.File("clone");

    /// <summary>A profile that asks for every pack of analysers that the machine has.</summary>
    public string Profile => _folder.File("packs.yaml");

    /// <summary>The projects that are inspected, absolute, sorted.</summary>
    public IReadOnlyList<string> Projects =>
        [.. Inspected.SelectMany(part => Directory.GetFiles(Path.Combine(Root, part), "*.csproj", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];

    /// <summary>Makes it.</summary>
    /// <param name="packs">The packs to ask for.</param>
    public static async Task<CSharpCheckout> MakeAsync(IEnumerable<string> packs)
    {
        var made = new CSharpCheckout();
        await ProgramRun.RunAsync(made._folder.Path, Environment, IsDone, "git", "clone", "--quiet", Repository.Root, made.Root);
        await ProgramRun.RunAsync(made.Root, Environment, IsDone, "dotnet", "restore", "Flotilla.slnx", "-v", "quiet");
        foreach (var program in Programs(made.Root)) await ProgramRun.RunAsync(made.Root, Environment, IsDone, "dotnet", "restore", program, "-v", "quiet");
        await File.WriteAllTextAsync(made.Profile, $"test-warnings: true\nroslyn:\n  options:\n    packs: [{string.Join(", ", packs)}]\n");
        return made;
    }

    /// <summary>Builds all of it, by the clean command, with nothing that outlives the build.</summary>
    public Task<ProgramRun> BuildAsync() =>
        ProgramRun.RunAsync(Root, Environment, IsDone, "dotnet", "build", "Flotilla.slnx", "-c", "Release", "--no-restore", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-v", "quiet");

    /// <summary>A cache folder that is not there yet.</summary>
    public string NewCache(int number) => _folder.File($"cache-{number}");

    /// <summary>Adds a comment to one file of every project.</summary>
    public void EditEachProject(int number)
    {
        foreach (var project in Projects)
        {
            var folder = Path.GetDirectoryName(project)!;
            var file = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Where(path => !Path.GetRelativePath(folder, path).StartsWith("obj", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();
            File.AppendAllText(file, $"// Edited: {number}.\n");
        }
    }

    public void Dispose() => _folder.Dispose();

    // Programs of one file are projects too, and no solution names them.
    private static IEnumerable<string> Programs(string root) => Inspected
        .SelectMany(part => Directory.GetFiles(Path.Combine(root, part), "fleet.cs", SearchOption.AllDirectories))
        .Where(path => File.ReadLines(path).Any(line => line.StartsWith("#:project", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal);

    private static bool IsDone(int code) => code == 0;
}
