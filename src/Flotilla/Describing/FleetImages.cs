using Flotilla.Core;
using Flotilla.Images;

namespace Flotilla;

/// <summary>The images of a fleet and the file that pins them.</summary>
internal sealed class FleetImages
{
    private readonly List<FleetImage> _images = [];
    private readonly Dictionary<string, ImageLock> _locks = [];
    private readonly List<Problem> _problems = [];

    public IReadOnlyList<FleetImage> All => _images;

    public FleetImage Add(string name, SourceLocation declared)
    {
        var image = new FleetImage(name, LockFor(declared.File).Find(name), declared);
        _images.Add(image);
        return image;
    }

    /// <summary>What is wrong with the names and the pins.</summary>
    public IEnumerable<Problem> Check()
    {
        foreach (var problem in _problems) yield return problem;
        foreach (var image in _images)
            if (Objection(image) is { } problem) yield return problem;
    }

    private Problem? Objection(FleetImage image)
    {
        if (!ImageName.TryParse(image.Name, out _))
            return new Problem($"Image \"{image.Name}\" has a name that cannot be used.", image.Declared, Fix: "Choose one like example.com/shop/1.0.");
        if (image.Commit is not null || _problems.Count > 0) return null;
        var pinned = LockFor(image.Declared.File).Names;
        var near = Suggestion.For(image.Name, pinned) is { } other ? $" Or did you mean \"{other}\", which is?" : "";
        return new Problem($"Image \"{image.Name}\" is not pinned in {ImageLock.FileName}.", image.Declared, Fix: $"Run \"flotilla lock\" to pin its newest version.{near}");
    }

    // Beside the source; a program that was moved to another host has it beside itself.
    private ImageLock LockFor(string source)
    {
        var beside = Path.GetDirectoryName(source) ?? "";
        var folder = File.Exists(Path.Combine(beside, ImageLock.FileName)) ? beside : AppContext.BaseDirectory;
        if (_locks.TryGetValue(folder, out var known)) return known;
        try
        {
            return _locks[folder] = ImageLock.Read(folder);
        }
        catch (ProblemException e)
        {
            _problems.AddRange(e.Problems);
            return _locks[folder] = new ImageLock();
        }
    }
}
