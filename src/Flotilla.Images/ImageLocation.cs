using Flotilla.Images.Archives;
using Flotilla.Images.Destinations;
using Flotilla.Images.Registries;
using Flotilla.Images.Sources;

namespace Flotilla.Images;

/// <summary>What kind of place an image comes from or goes to.</summary>
public enum ImageLocationKind
{
    /// <summary>A file: what it is, its content says; what is written is a tar of a root file system.</summary>
    File,

    /// <summary>An archive of <c>docker save</c>.</summary>
    DockerArchive,

    /// <summary>An OCI layout.</summary>
    Oci,

    /// <summary>A folder with a root file system.</summary>
    Folder,

    /// <summary>This machine's Docker.</summary>
    Docker,

    /// <summary>A registry.</summary>
    Registry,
}

/// <summary>
/// A place of images as users write it: <c>FILE.tar</c>, <c>docker-archive:FILE[:NAME:TAG]</c>, <c>oci:DIR[:TAG]</c>, <c>oci:FILE.tar[:TAG]</c>,
/// <c>dir:DIR</c>, <c>docker[:NAME]</c>, <c>HOST/NAME[:TAG]</c> or <c>NAME:TAG</c> (Docker Hub), <c>docker://NAME</c> for any registry.
/// </summary>
/// <param name="Kind">What kind.</param>
/// <param name="Path">The file or folder; empty where there is none.</param>
/// <param name="Reference">The name, tag or registry's reference; null where none is given.</param>
public sealed record ImageLocation(ImageLocationKind Kind, string Path, string? Reference)
{
    /// <summary>The forms, for help and messages.</summary>
    public const string Forms = "FILE.tar, docker-archive:FILE, oci:DIR[:TAG], dir:DIR, docker:NAME or HOST/NAME:TAG";

    private static readonly string[] Schemes = ["docker-archive", "oci", "oci-archive", "dir", "docker", "tar", "file", "registry"];
    private static readonly string[] FileEndings = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.bz2", ".tar.xz"];

    /// <summary>Reads a place; what is meant by a bare word is looked up on the disk. Throws <see cref="ImageException"/>.</summary>
    public static ImageLocation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0) throw Bad("Nothing is no place of an image.", $"Write {Forms}.");
        if (text.StartsWith("docker://", StringComparison.Ordinal)) return Registry(text["docker://".Length..]);
        if (text == "docker") return new ImageLocation(ImageLocationKind.Docker, "", null);
        if (IsPath(text) || File.Exists(text)) return new ImageLocation(ImageLocationKind.File, text, null);
        var colon = text.IndexOf(':');
        var rest = colon < 0 ? "" : text[(colon + 1)..];
        if (colon > 0 && (Array.IndexOf(Schemes, text[..colon]) >= 0 && text[..colon] != "registry"))
        {
            if (rest.Length == 0) throw Bad($"\"{text}\" says no place after the colon.", $"Write {Forms}.");
            return text[..colon] switch
            {
                "docker" => new(ImageLocationKind.Docker, "", RegistryReference.Parse(rest) is { } ? rest : null),
                "dir" => new(ImageLocationKind.Folder, rest, null),
                "docker-archive" => Split(ImageLocationKind.DockerArchive, rest),
                "oci" or "oci-archive" => Split(ImageLocationKind.Oci, rest),
                _ => new(ImageLocationKind.File, rest, null),
            };
        }
        // "registry/HOST/NAME" says in full what HOST/NAME says.
        if (text.StartsWith("registry/", StringComparison.Ordinal) && text["registry/".Length..] is var named && named.IndexOf('/') is > 0 and var end && RegistryReference.IsHost(named[..end])) return Registry(named);
        if (text.IndexOf('/') is > 0 and var slash && RegistryReference.IsHost(text[..slash])) return Registry(text);
        if (Directory.Exists(text)) throw Bad($"\"{text}\" is a folder.", $"Write oci:{text} for an OCI layout, dir:{text} for a root file system.");
        // A colon without a host is a tag, or a scheme that is mistyped.
        if (colon > 0 && !text[..colon].Contains('/') && (rest.Contains('/') || rest.Contains(".tar", StringComparison.Ordinal)))
            throw Bad($"\"{text[..colon]}:\" is no kind of place.", Core.Suggestion.For(text[..colon], Schemes) is { } near ? $"Did you mean \"{near}:\"?" : $"Write {Forms}.");
        if (colon > 0 || text.Contains('/')) return Registry(text);
        throw Bad($"There is no file {text}.", Core.Suggestion.For(text, Schemes) is { } scheme && scheme != text ? $"Did you mean \"{scheme}:\"? For Docker Hub's image, write {text}:latest." : $"Name a file that is there; for Docker Hub's image, write {text}:latest.");
    }

    /// <summary>What imports from here.</summary>
    /// <param name="registry">How registries are spoken to.</param>
    /// <param name="cancellationToken">Ends the look into a file.</param>
    public async Task<IImageSource> ToSourceAsync(RegistryOptions registry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registry);
        switch (Kind)
        {
            case ImageLocationKind.DockerArchive: return new DockerArchiveSource(Path, Reference);
            case ImageLocationKind.Oci: return new OciLayoutSource(Path, Reference, registry.Platform);
            case ImageLocationKind.Folder: return new FolderSource(Path);
            case ImageLocationKind.Registry: return new RegistrySource(RegistryReference.Parse(Reference!), registry);
            case ImageLocationKind.Docker:
                return new DockerSource(Reference ?? throw Bad("\"docker\" does not say which image.", "Write docker:NAME; \"docker images\" lists them."));
            default:
                if (Directory.Exists(Path))
                {
                    if (File.Exists(System.IO.Path.Combine(Path, ArchiveFile.OciLayout))) return new OciLayoutSource(Path, null, registry.Platform);
                    throw Bad($"{Path} is a folder.", $"Write dir:{Path} for a root file system, oci:{Path} for an OCI layout.");
                }
                return await ArchiveFile.DetectAsync(Path, cancellationToken) switch
                {
                    ArchiveKind.Docker => new DockerArchiveSource(Path),
                    ArchiveKind.Oci => new OciLayoutSource(Path, null, registry.Platform),
                    _ => new TarFileSource(Path),
                };
        }
    }

    /// <summary>What exports to here.</summary>
    /// <param name="image">The image's lineage: its name is used where none is given.</param>
    /// <param name="registry">How registries are spoken to, and how layers are compressed.</param>
    public IImageDestination ToDestination(string image, RegistryOptions registry)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(registry);
        return Kind switch
        {
            ImageLocationKind.DockerArchive => new DockerArchiveDestination(Path, Tags(image)),
            ImageLocationKind.Oci => new OciLayoutDestination(Path, Reference ?? "latest", registry.Compression),
            ImageLocationKind.Folder => new FolderDestination(Path),
            ImageLocationKind.Docker => new DockerDestination(Reference),
            ImageLocationKind.Registry => new RegistryDestination(RegistryReference.Parse(Reference!), registry),
            _ when Directory.Exists(Path) => throw Bad($"{Path} is a folder.", $"Write oci:{Path} for an OCI layout, or name a file."),
            _ => new TarFileDestination(Path),
        };
    }

    private static bool IsPath(string text) =>
        text[0] is '/' or '.' or '~' || Array.Exists(FileEndings, ending => text.EndsWith(ending, StringComparison.Ordinal) && !text[..^ending.Length].Contains(':'));

    private static ImageLocation Registry(string reference)
    {
        RegistryReference.Parse(reference);
        return new ImageLocation(ImageLocationKind.Registry, "", reference);
    }

    // A path may hold colons: what is there goes first, then the first colon after the last slash.
    private static ImageLocation Split(ImageLocationKind kind, string rest)
    {
        if (File.Exists(rest) || Directory.Exists(rest)) return new ImageLocation(kind, rest, null);
        for (var colon = rest.IndexOf(':'); colon > 0; colon = rest.IndexOf(':', colon + 1))
            if (File.Exists(rest[..colon]) || Directory.Exists(rest[..colon])) return new ImageLocation(kind, rest[..colon], rest[(colon + 1)..]);
        var at = rest.IndexOf(':');
        return at > 0 ? new ImageLocation(kind, rest[..at], rest[(at + 1)..]) : new ImageLocation(kind, rest, null);
    }

    // A lineage's name need not be one that Docker takes; the archive is then known by its id.
    private IReadOnlyList<string> Tags(string image)
    {
        if (Reference is not null) return [RegistryReference.Parse(Reference).ToFamiliarString()];
        try
        {
            return [RegistryReference.Parse(image.ToLowerInvariant()).ToFamiliarString()];
        }
        catch (ImageException)
        {
            return [];
        }
    }

    private static ImageException Bad(string what, string fix) => ImageException.Of(ImageFault.BadName, what, fix: fix);
}
