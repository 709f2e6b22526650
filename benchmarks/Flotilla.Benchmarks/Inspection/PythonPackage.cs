using System.Text.RegularExpressions;
using Flotilla.Benchmarks.Harness;

namespace Flotilla.Benchmarks.Inspection;

/// <summary>A copy of a package of Python, in a folder that holds nothing else.</summary>
internal sealed partial class PythonPackage : IDisposable
{
    private static readonly Dictionary<string, string?> Plain = [];

    private readonly TemporaryFolder _folder = new();
    private int _caches;

    private PythonPackage(string name)
    {
        Name = name;
        Directory.CreateDirectory(Folder);
    }

    /// <summary>The package's name, which is its folder's.</summary>
    public string Name { get; }

    /// <summary>Where its folder lies.</summary>
    public string Folder => _folder.File("package");

    /// <summary>Its modules, relative to <see cref="Folder"/>, sorted.</summary>
    public IReadOnlyList<string> Modules { get; private set; } = [];

    public int Lines => Modules.Sum(module => File.ReadLines(Path.Combine(Folder, module)).Count());

    /// <summary>Copies a folder, or what Debian's package of Celery has.</summary>
    public static async Task<PythonPackage> MakeAsync(string? given)
    {
        var package = new PythonPackage(given is null ? "celery" : Path.GetFileName(Path.TrimEndingDirectorySeparator(given)));
        var from = given;
        if (from is null)
        {
            var downloaded = package._folder.File("debian");
            Directory.CreateDirectory(downloaded);
            await ShAsync(downloaded, "apt-get download -qq python3-celery && dpkg -x python3-celery_*.deb .");
            from = Path.Combine(downloaded, "usr/lib/python3/dist-packages/celery");
        }
        await ProgramRun.RunAsync(package.Folder, Plain, code => code == 0, "cp", "-r", from, package.Name);
        package.Modules = [.. Directory.GetFiles(package.Folder, "*.py", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(package.Folder, path)).Order(StringComparer.Ordinal)];
        return package;
    }

    /// <summary>A cache folder that is not there yet.</summary>
    public string NewCache() => _folder.File($"cache-{++_caches}");

    /// <summary>
    /// A long module that the fewest others name, and the one whose name most others have in a line with <c>import</c>: a guess by names, which is enough to
    /// choose a leaf and something central.
    /// </summary>
    public (string Leaf, string Central) Ends()
    {
        var imports = Modules.ToDictionary(module => module, module => string.Join('\n', ImportLine().Matches(File.ReadAllText(Path.Combine(Folder, module))).Select(match => match.Value)), StringComparer.Ordinal);
        var texts = Modules.ToDictionary(module => module, module => File.ReadAllText(Path.Combine(Folder, module)), StringComparer.Ordinal);
        var own = Modules.Where(module => !Path.GetFileName(module).StartsWith("__", StringComparison.Ordinal)).ToList();
        if (own.Count == 0) throw new InvalidOperationException($"{Name} has no modules to edit.");
        var leaf = own.OrderBy(module => Modules.Count(other => other != module && Names(texts[other], module))).ThenByDescending(module => texts[module].Length).First();
        var central = own.OrderByDescending(module => Modules.Count(other => other != module && Names(imports[other], module))).ThenBy(module => module, StringComparer.Ordinal).First();
        return (leaf, central);
    }

    /// <summary>Adds a comment that was not there before; what the interpreter sees stays the same.</summary>
    public void Edit(string module, int number) => File.AppendAllText(Path.Combine(Folder, module), $"# Edited: {number}.\n");

    public void Dispose() => _folder.Dispose();

    private static bool Names(string text, string module) => Regex.IsMatch(text, $@"\b{Regex.Escape(Path.GetFileNameWithoutExtension(module))}\b");

    private static Task ShAsync(string folder, string script) => ProgramRun.RunAsync(folder, Plain, code => code == 0, "sh", "-c", script);

    [GeneratedRegex(@"^\s*(from\b.*|import\b.*)$", RegexOptions.Multiline)]
    private static partial Regex ImportLine();
}
