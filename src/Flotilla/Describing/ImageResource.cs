using System.Text;
using Flotilla.Core;
using Flotilla.Resources;

namespace Flotilla;

/// <summary>A folder of the host with the files of an image, in the version that <c>images.lock</c> pins.</summary>
/// <remarks>
/// The folder is the image's alone: with another version it is replaced as a whole, and what was written into it is gone. Beside it lies
/// <c>.NAME.flotilla-image</c>, which says the version. A folder with something in it that no image was laid into is never replaced.
/// </remarks>
/// <param name="Image">What is laid down.</param>
/// <param name="Path">The folder's absolute path in plain form, as <c>/opt/shop</c>. It is the resource's name.</param>
public sealed record ImageResource(FleetImage Image, string Path) : Resource(TypeName, Path)
{
    /// <summary><c>image</c>.</summary>
    public const string TypeName = "image";

    // What stands beside the folder has a longer name than the folder itself.
    private const int NameBytesMax = 255 - 16;

    /// <summary>The absolute path.</summary>
    public string Path => Name;

    /// <summary>
    /// The graph that has the version, on the machine where the fleet's program runs: absolute, or relative to the fleet's folder. Null
    /// for <c>.flotilla/images</c> or <c>graph</c> in the fleet's folder or above.
    /// </summary>
    public string? Graph { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ResourceId> AutomaticRequires => PathRules.Ancestors(Path).Select(path => new ResourceId(DirectoryResource.TypeName, path));

    /// <inheritdoc/>
    public override string? Occupies => "path " + Path;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Validate()
    {
        foreach (var problem in PathRules.Check(this)) yield return problem;
        if (Path == "/") yield return new Problem($"Image \"{Path}\" is the root directory.", Declared, Fix: "Name a folder below it, as \"/opt/shop\".");
        if (Encoding.UTF8.GetByteCount(Path[(Path.LastIndexOf('/') + 1)..]) is > NameBytesMax and <= 255 and var length)
            yield return new Problem($"Image \"{Path}\" has a folder name of {length} bytes; {NameBytesMax} is the most, for names beside it are longer.", Declared, Fix: "Shorten it.");
        if (Graph is { Length: 0 }) yield return new Problem($"Image \"{Path}\" has an empty path of its graph.", Declared, Fix: "Name the folder of the graph, or leave it out.");
    }
}
