namespace Flotilla.Images.Formats;

/// <summary>Names of formats: OCI image-spec, media-types.md, and Docker's before it.</summary>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>What a registry is told to be understood.</summary>
    public static readonly IReadOnlyList<string> Manifests = [OciManifest, OciIndex, DockerManifest, DockerIndex];

    public static bool IsIndex(string type) => type is OciIndex or DockerIndex;

    public static bool IsManifest(string type) => type is OciManifest or DockerManifest;

    public static bool IsConfig(string type) => type is OciConfig or DockerConfig;

    /// <summary>Whether it is a layer of a root file system, however compressed.</summary>
    public static bool IsLayer(string type) =>
        type.StartsWith(OciLayer, StringComparison.Ordinal)
        || type.StartsWith("application/vnd.oci.image.layer.nondistributable.v1.tar", StringComparison.Ordinal)
        || type.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal);
}
