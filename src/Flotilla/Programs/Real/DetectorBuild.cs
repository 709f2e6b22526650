using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Flotilla.Detection;

namespace Flotilla.Programs.Real;

/// <summary>
/// Compiles a file of detectors against the <c>Flotilla.Detection</c> of this very process, and keeps what came out by the
/// file's content: <c>$XDG_CACHE_HOME/flotilla/detectors/HASH/NAME.dll</c>.
/// </summary>
internal static class DetectorBuild
{
    private const int BuildsKept = 20;

    // What stands above the cache, in a user's home, is not for this project.
    private static readonly string[] Alone =
        ["-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false"];

    /// <summary>The path of the assembly, built now if it must be.</summary>
    public static async Task<string> EnsureAsync(string file, CancellationToken cancellationToken)
    {
        var cache = Path.Combine(BuildCache.Root, "detectors");
        var folder = Path.Combine(cache, Key(file));
        var assembly = Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + ".dll");
        if (File.Exists(assembly)) return assembly;
        Directory.CreateDirectory(cache);
        await using var held = await BuildCache.LockAsync(cancellationToken);
        if (File.Exists(assembly)) return assembly;
        var temporary = Directory.CreateTempSubdirectory("flotilla-detectors-").FullName;
        try
        {
            var project = Path.Combine(temporary, Path.GetFileNameWithoutExtension(file) + ".csproj");
            Project(file).Save(project);
            await Dotnet.BuildAsync(file, temporary, ["build", project, "-c", "Release", "-o", Path.Combine(temporary, "out"), "-nologo", "-v", "quiet", .. Alone], cancellationToken);
            Directory.CreateDirectory(folder);
            var built = Path.Combine(temporary, "out", Path.GetFileName(assembly));
            File.Copy(built, assembly + ".new", overwrite: true);
            File.Move(assembly + ".new", assembly, overwrite: true);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
        BuildCache.Touch(folder);
        BuildCache.Prune(cache, BuildsKept);
        return assembly;
    }

    private static XElement Project(string file) => new("Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk"),
        new XElement("PropertyGroup",
            new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
            new XElement("LangVersion", "latest"),
            new XElement("Nullable", "enable"),
            new XElement("ImplicitUsings", "enable"),
            new XElement("EnableDefaultItems", "false"),
            new XElement("GenerateDependencyFile", "false"),
            new XElement("DebugType", "embedded")),
        new XElement("ItemGroup",
            new XElement("Compile", new XAttribute("Include", file)),
            new XElement("Using", new XAttribute("Include", typeof(IDetector).Namespace!)),
            Reference(typeof(IDetector)),
            Reference(typeof(Core.Problem))));

    private static XElement Reference(Type type) => new("Reference",
        new XAttribute("Include", type.Assembly.GetName().Name!),
        new XElement("HintPath", type.Assembly.Location),
        new XElement("Private", "false"));

    private static string Key(string file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Environment.Version} {typeof(IDetector).Module.ModuleVersionId} {Path.GetFileName(file)}\n"));
        hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..20];
    }
}
