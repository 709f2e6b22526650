using System.Text.Json;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Programs;
using Flotilla.Inspection.Tools.Python;

namespace Flotilla.Inspection.Caching;

/// <summary>
/// Which version of each tool there is. Asking takes up to a second a tool, so the answer is kept with marks of what could change it: the tool's
/// program in PATH, and the folders in which packages of Python are installed, which change whenever a package comes, goes or changes version.
/// </summary>
internal sealed class ToolVersions
{
    private readonly string? _file;
    private readonly Dictionary<string, KnownVersion> _known = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lazy<string> _packages = new(() => string.Join('|', Interpreters.PackageFolders().Append("/usr/lib/python3/dist-packages").Distinct(StringComparer.Ordinal).Select(Mark)));
    private bool _changed;

    public ToolVersions(string? folder)
    {
        if (folder is null) return;
        _file = Path.Combine(folder, "versions.json");
        try
        {
            if (File.Exists(_file)) _known = JsonSerializer.Deserialize(File.ReadAllBytes(_file), CacheJson.Default.DictionaryStringKnownVersion) ?? _known;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            // They are asked again.
        }
    }

    /// <summary>The version and all that tells one installation of the tool from another; null when it is not there.</summary>
    public async Task<(string? Version, string Marks)> FindAsync(ITool tool, IMachine machine, CancellationToken cancellationToken)
    {
        var marks = tool is IInstalled program ? $"{BuiltIn.Version}|{string.Join('|', program.Candidates.Select(InPath))}|{_packages.Value}" : null;
        if (marks is not null)
            lock (_lock)
                if (_known.GetValueOrDefault(tool.Name) is { } known && known.Marks == marks) return (known.Version, marks);
        var version = await tool.FindVersionAsync(machine, cancellationToken);
        if (marks is not null)
            lock (_lock)
            {
                _known[tool.Name] = new KnownVersion(marks, version);
                _changed = true;
            }
        return (version, marks ?? BuiltIn.Version);
    }

    /// <summary>Keeps what was learned.</summary>
    public void Save()
    {
        if (_file is not null && _changed) CacheFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(_known, CacheJson.Default.DictionaryStringKnownVersion));
    }

    private static string InPath(string program)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            if (Path.Combine(folder, program) is var path && File.Exists(path)) return program == "dotnet" ? $"{Mark(path)} {Mark(SdksOf(path))}" : Mark(path);
        return $"{program} absent";
    }

    // An SDK that comes or goes leaves the program dotnet as it is.
    private static string SdksOf(string dotnet) =>
        Path.Combine(Path.GetDirectoryName(File.ResolveLinkTarget(dotnet, returnFinalTarget: true)?.FullName ?? dotnet)!, "sdk");

    private static string Mark(string path)
    {
        if (!Path.Exists(path)) return $"{path} absent";
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? (Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path));
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {(target as FileInfo)?.Length}");
    }
}
