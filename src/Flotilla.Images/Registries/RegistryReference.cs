using System.Text.RegularExpressions;
using Flotilla.Images.Formats;

namespace Flotilla.Images.Registries;

/// <summary>
/// Where an image is in a registry (distribution-spec, "Pulling manifests"). What is left out is filled in as Docker does:
/// <c>nginx</c> is <c>docker.io/library/nginx:latest</c>.
/// </summary>
public sealed partial record RegistryReference
{
    /// <summary>Docker's own registry.</summary>
    public const string DockerHub = "docker.io";

    private const int NameLengthMax = 255;

    private RegistryReference(string host, string repository, string? tag, string? digest) => (Host, Repository, Tag, ManifestDigest) = (host, repository, tag, digest);

    /// <summary>The registry: host, and port if it has one.</summary>
    public string Host { get; }

    /// <summary>The repository: <c>library/nginx</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null when a digest says all.</summary>
    public string? Tag { get; }

    /// <summary><c>sha256:…</c> of the manifest, if it is given.</summary>
    public string? ManifestDigest { get; }

    /// <summary>What a registry is asked for: the digest, else the tag.</summary>
    public string Version => ManifestDigest ?? Tag!;

    /// <summary>Reads <c>[HOST[:PORT]/]NAME[:TAG][@DIGEST]</c>; throws <see cref="ImageException"/>.</summary>
    public static RegistryReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text;
        string? digest = null;
        if (rest.IndexOf('@') is >= 0 and var at)
        {
            digest = rest[(at + 1)..];
            rest = rest[..at];
            if (!Digest.Is(digest)) throw Bad(text, $"\"{digest}\" is no digest: sha256: and 64 digits in lower case.", "Copy it from where the image was pushed.");
        }
        var host = DockerHub;
        var slash = rest.IndexOf('/');
        if (slash > 0 && IsHost(rest[..slash]))
        {
            host = rest[..slash] is "index.docker.io" or "registry-1.docker.io" ? DockerHub : rest[..slash];
            rest = rest[(slash + 1)..];
            if (!HostPattern().IsMatch(host)) throw Bad(text, $"\"{host}\" is no host.", "Write HOST or HOST:PORT before the first slash.");
        }
        string? tag = null;
        if (rest.LastIndexOf(':') is > 0 and var colon && colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagPattern().IsMatch(tag)) throw Bad(text, $"\"{tag}\" is no tag.", "A tag has up to 128 letters, digits, points, dashes and underscores, and begins with a letter, digit or underscore.");
        }
        if (!NamePattern().IsMatch(rest))
            throw Bad(text, rest.Any(char.IsAsciiLetterUpper) ? "names are in lower case." : $"\"{rest}\" is no name.", rest.Any(char.IsAsciiLetterUpper) ? $"Did you mean \"{text.Replace(rest, rest.ToLowerInvariant())}\"?" : "A name has lower-case letters, digits, and single points, dashes and underscores between them; parts are separated by slashes.");
        if (host == DockerHub && !rest.Contains('/')) rest = "library/" + rest;
        if (host.Length + rest.Length > NameLengthMax) throw Bad(text, $"it is longer than {NameLengthMax} characters.", "Shorten it.");
        return new RegistryReference(host, rest, tag ?? (digest is null ? "latest" : null), digest);
    }

    /// <summary>Whether the part before the first slash is a host rather than the first part of a name.</summary>
    internal static bool IsHost(string part) => part == "localhost" || part.Contains('.') || (part.LastIndexOf(':') is > 0 and var colon && part[(colon + 1)..].All(char.IsAsciiDigit));

    /// <summary>As Docker shows it: without its own registry and without <c>library/</c>.</summary>
    public string ToFamiliarString()
    {
        var name = Host != DockerHub ? $"{Host}/{Repository}" : Repository.StartsWith("library/", StringComparison.Ordinal) ? Repository["library/".Length..] : Repository;
        return name + Suffix;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Host}/{Repository}{Suffix}";

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (ManifestDigest is null ? "" : "@" + ManifestDigest);

    private static ImageException Bad(string text, string why, string fix) => ImageException.Of(ImageFault.BadName, $"\"{text}\" is no image of a registry.", why, fix);

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.None, 1000)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostPattern();
}
