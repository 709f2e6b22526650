using System.Text.Json;
using Flotilla.Core;
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
    // A loaded machine takes a second or two to start an interpreter.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string? _file;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, KnownVersion> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FoundVersion> _found = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lazy<string> _packages = new(() => string.Join('|', Interpreters.EveryPackageFolder().Distinct(StringComparer.Ordinal).Select(Mark).Append(Environment.GetEnvironmentVariable("PYTHONPATH"))));
    private bool _changed;

    /// <param name="folder">Where answers are kept; null keeps none.</param>
    /// <param name="timeout">After which a tool that has not answered is given up.</param>
    /// <param name="time">Tells when that is.</param>
    public ToolVersions(string? folder, TimeSpan timeout, TimeProvider time)
    {
        (_timeout, _time) = (timeout, time);
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

    /// <summary>The version and all that tells one installation of the tool from another. A tool is asked once.</summary>
    public async Task<FoundVersion> FindAsync(ITool tool, IMachine machine, CancellationToken cancellationToken)
    {
        lock (_lock)
            if (_found.GetValueOrDefault(tool.Name) is { } asked) return asked;
        var marks = tool is IInstalled program ? $"{BuiltIn.Version}|{string.Join('|', program.Candidates.Select(InPath))}|{_packages.Value}" : null;
        if (marks is not null)
            lock (_lock)
                if (_known.GetValueOrDefault(tool.Name) is { } known && known.Marks == marks) return new FoundVersion(known.Version, marks);
        var found = await AskAsync(tool, machine, marks ?? BuiltIn.Version, cancellationToken);
        lock (_lock)
        {
            _found[tool.Name] = found;
            if (marks is null || found.GivenUp is not null) return found;
            _known[tool.Name] = new KnownVersion(marks, found.Version);
            _changed = true;
        }
        return found;
    }

    private async Task<FoundVersion> AskAsync(ITool tool, IMachine machine, string marks, CancellationToken cancellationToken)
    {
        var patience = _timeout < Patience ? _timeout : Patience;
        using var late = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return new FoundVersion(await tool.FindVersionAsync(machine, either.Token), marks);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new FoundVersion(null, marks)
            {
                GivenUp = new Problem($"{tool.Name} was stopped.", Why: $"it did not tell its version in {patience.TotalSeconds:0.#} s.", Fix: $"Run \"flotilla inspect --without-tool {tool.Name}\" to go on without it, or run {tool.Name} by itself to see what ails it."),
            };
        }
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
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path} {target.FullName} {target.LastWriteTimeUtc.Ticks} {(target as FileInfo)?.Length}");
    }
}
