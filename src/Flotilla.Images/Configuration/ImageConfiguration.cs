using Flotilla.Core;

namespace Flotilla.Images.Configuration;

/// <summary>
/// What the <c>image.yaml</c> of a folder and those of the folders right above it say together. They are read from the topmost down to
/// the folder itself, and the deeper word holds: keys of <c>image</c> and <c>settings</c> one by one, lists behind the parents' entries
/// unless marked <c>!replace</c>, targets by name. Paths are relative to the file that says them.
/// </summary>
public sealed class ImageConfiguration
{
    /// <summary>What a file of configuration is called.</summary>
    public const string FileName = "image.yaml";

    private readonly IReadOnlyList<ImageFile> _files;

    private ImageConfiguration(string folder, IReadOnlyList<ImageFile> files)
    {
        (Folder, _files) = (folder, files);
        foreach (var file in files)
        {
            Name = file.Name ?? Name;
            // A source is that of the upstream beside it: another upstream has another.
            Source = file.Source ?? (file.Upstream is null ? Source : null);
            Upstream = file.Upstream ?? Upstream;
            Settings = file.Settings.Over(Settings);
        }
        Targets = [.. files.SelectMany(file => file.Targets.Select(target => target.Key)).Distinct()];
    }

    /// <summary>The folder of the image: that of the deepest file.</summary>
    public string Folder { get; }

    /// <summary>The files, the topmost first.</summary>
    public IReadOnlyList<string> Files => [.. _files.Select(file => file.Path)];

    /// <summary>The lineage that a build commits to and a run takes; null when no file says it.</summary>
    public Said<string>? Name { get; private set; }

    /// <summary>The image that a build begins with: a reference into the graph.</summary>
    public Said<string>? Upstream { get; private set; }

    /// <summary>Where the upstream is imported from while the graph does not have it.</summary>
    public Said<string>? Source { get; private set; }

    /// <summary>What holds for every target.</summary>
    public ImageSettings Settings { get; private set; } = ImageSettings.Empty;

    /// <summary>The names of the targets, those of the topmost file first.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>Where the graph stands unless somebody says otherwise: <c>graph</c> in the topmost folder that has a file.</summary>
    public string GraphFolder => Path.Combine(Path.GetDirectoryName(_files[0].Path)!, "graph");

    /// <summary>The settings with those of a target over them.</summary>
    /// <exception cref="ProblemException">There is no such target.</exception>
    public ImageSettings Target(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var settings = Settings;
        if (!Targets.Contains(name))
            throw new ProblemException(new Problem($"There is no target \"{name}\".", new SourceLocation(_files[^1].Path, 0), Fix: Suggestion.Sentence(name, Targets)));
        foreach (var target in _files.SelectMany(file => file.Targets).Where(target => target.Key == name)) settings = target.Value.Value.Over(settings);
        return settings;
    }

    /// <summary>The name, which is needed now.</summary>
    /// <exception cref="ProblemException">No file says it, or it cannot be one.</exception>
    public ImageName RequireName()
    {
        var said = Name ?? throw new ProblemException(new Problem("The image has no name.", new SourceLocation(_files[^1].Path, 0), Fix: "Add \"image: { name: example.com/shop/1.0 }\"."));
        try
        {
            return ImageName.Parse(said.Value);
        }
        catch (ImageException e)
        {
            throw new ProblemException(e.Problem with { Where = said.Where }, e);
        }
    }

    /// <summary>True when the folder has a file.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads the files of a folder and of those right above it, up to the first that has none.</summary>
    /// <param name="folder">The image's folder.</param>
    /// <exception cref="ProblemException">There is none, or they are wrong: all mistakes of all files at once.</exception>
    public static ImageConfiguration Load(string folder)
    {
        folder = Path.GetFullPath(folder);
        if (!IsIn(folder))
            throw new ProblemException(new Problem($"There is no {FileName} in {folder}.", Fix: $"Write one, or run the command in the folder of an image."));
        var paths = new List<string>();
        for (var at = new DirectoryInfo(folder); at is not null && IsIn(at.FullName); at = at.Parent) paths.Insert(0, Path.Combine(at.FullName, FileName));
        var problems = new List<Problem>();
        var files = paths.Select(path => ImageFileReader.Read(path, folder, problems)).ToList();
        return problems.Count == 0 ? new ImageConfiguration(folder, files) : throw new ProblemException(problems);
    }
}
