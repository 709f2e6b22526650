using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Flotilla.Images;

namespace Flotilla.Programs.Real;

/// <summary>The files that the build of a fleet depends on, and the keys made from them.</summary>
internal sealed class FleetInputs
{
    private static readonly string[] Inherited =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config", "NuGet.Config", ".editorconfig"];

    private const string Directive = "#:";
    private const string ProjectDirective = "#:project ";

    private static readonly HashSet<string> SkippedFolders = ["bin", "obj", "node_modules"];

    private readonly SortedSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _projects = [];
    private readonly List<string> _directives = [];
    private readonly string _fleet;
    private readonly string _lock;

    private FleetInputs(string fleet)
    {
        (_fleet, _lock) = (fleet, LockOf(fleet));
        _files.Add(fleet);
        Inherit(Path.GetDirectoryName(fleet)!);
        foreach (var line in File.ReadLines(fleet).Where(line => line.StartsWith(Directive, StringComparison.Ordinal)))
        {
            _directives.Add(line);
            if (line.StartsWith(ProjectDirective, StringComparison.Ordinal)) AddProject(Path.Combine(Path.GetDirectoryName(fleet)!, line[ProjectDirective.Length..].Trim()));
        }
    }

    // Which projects there are is known, so that no project file is read.
    private FleetInputs(string fleet, IEnumerable<string> projects)
    {
        (_fleet, _lock) = (fleet, LockOf(fleet));
        _files.Add(fleet);
        Inherit(Path.GetDirectoryName(fleet)!);
        foreach (var project in projects)
        {
            _projects.Add(project);
            if (Path.GetDirectoryName(project) is not { } folder || !Directory.Exists(folder)) continue;
            AddFolder(folder);
            Inherit(folder);
        }
    }

    public static FleetInputs Of(string fleet) => new(fleet);

    /// <summary>
    /// The same without reading a project: as long as the stamp is the one that they had, <paramref name="projects"/> are
    /// still those that the fleet refers to.
    /// </summary>
    public static FleetInputs Of(string fleet, IEnumerable<string> projects) => new(fleet, projects);

    /// <summary>The projects that the fleet refers to, and those that they refer to.</summary>
    public IReadOnlyCollection<string> Projects => _projects;

    /// <summary>The file that pins a fleet's images. No build reads it; a copy lies beside the program, to go with it to other hosts.</summary>
    public static string LockOf(string fleet) => Path.Combine(Path.GetDirectoryName(fleet)!, ImageLock.FileName);

    /// <summary>Changes when a file is written, the one that pins images too: cheap, for "nothing has changed".</summary>
    public string Stamp()
    {
        var stamp = new Fingerprint();
        stamp.Append(Environment.Version.ToString());
        foreach (var file in File.Exists(_lock) ? _files.Append(_lock) : _files)
        {
            var info = new FileInfo(file);
            stamp.Append($"\n{file} {info.Length} {info.LastWriteTimeUtc.Ticks}");
        }
        return stamp.ToString();
    }

    /// <summary>Changes when a file's bytes change: names the build.</summary>
    public string ContentKey() => Key(_files, []);

    /// <summary>Changes when the bytes of a file other than <c>fleet.cs</c> change, or its directives do.</summary>
    public string SurroundingsKey() => Key(_files.Where(file => file != _fleet), _directives);

    private static string Key(IEnumerable<string> files, IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Environment.Version.ToString()));
        foreach (var line in lines) hash.AppendData(Encoding.UTF8.GetBytes("\n" + line));
        foreach (var file in files) hash.AppendData(Encoding.UTF8.GetBytes($"\n{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..20];
    }

    /// <summary>Changes when what decides which packages the fleet gets changes: its directives, projects and what these import.</summary>
    public string RestoreKey()
    {
        var key = new Fingerprint();
        key.Append(Environment.Version.ToString());
        foreach (var line in _directives) key.Append("\n" + line);
        foreach (var file in _files.Where(file => Path.GetExtension(file) is ".csproj" or ".props" or ".targets" or ".json" or ".config")) key.Append($"\n{file} {File.ReadAllText(file)}");
        return key.ToString();
    }

    private void AddProject(string path)
    {
        path = Path.GetFullPath(path);
        // The directive may name the project's folder.
        if (Directory.Exists(path)) path = Directory.EnumerateFiles(path, "*.csproj").FirstOrDefault() ?? path;
        if (!File.Exists(path) || !_projects.Add(path)) return;
        var folder = Path.GetDirectoryName(path)!;
        AddFolder(folder);
        Inherit(folder);
        try
        {
            foreach (var reference in XDocument.Load(path).Descendants("ProjectReference").Select(element => element.Attribute("Include")?.Value).OfType<string>())
                AddProject(Path.Combine(folder, reference.Replace('\\', '/')));
        }
        catch (XmlException)
        {
            // The build will say what is wrong with it.
        }
    }

    private void AddFolder(string folder)
    {
        // Editors lock a file by a link that leads nowhere.
        foreach (var file in Directory.EnumerateFiles(folder))
            if (File.ResolveLinkTarget(file, returnFinalTarget: true) is not { Exists: false }) _files.Add(file);
        foreach (var child in Directory.EnumerateDirectories(folder))
            if (Path.GetFileName(child) is var name && !SkippedFolders.Contains(name) && !name.StartsWith('.')) AddFolder(child);
    }

    private void Inherit(string folder)
    {
        for (string? at = folder; at is not null; at = Path.GetDirectoryName(at))
            foreach (var name in Inherited)
                if (Path.Combine(at, name) is var file && File.Exists(file)) _files.Add(file);
    }
}
