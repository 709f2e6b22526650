using System.Globalization;

namespace Flotilla.Images.Layout;

/// <summary>Where things stand in the tree of an image's commit.</summary>
internal static class LayerPaths
{
    /// <summary>The visible files, as git files.</summary>
    public const string Rootfs = "rootfs";

    /// <summary>The image's configuration, byte for byte.</summary>
    public const string Config = "image.json";

    /// <summary>A folder for each layer, numbered from 0, the base.</summary>
    public const string Layers = "layers";

    /// <summary>Within a layer: its lines.</summary>
    public const string Meta = "meta";

    /// <summary>Within a layer: how its tar is written.</summary>
    public const string Recipe = "recipe";

    /// <summary>Within a layer: which shard gives how many members in turn, where a walk through the folders does not say it.</summary>
    public const string Order = "order";

    /// <summary>Within a layer: what follows its end, where that is not only zeros.</summary>
    public const string Tail = "tail";

    /// <summary>Within a layer: files that <c>rootfs</c> does not show, because a layer above has others there.</summary>
    public const string Kept = "kept";

    public static string Layer(int index) => index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The path below <see cref="Kept"/> of a file.</summary>
    public static string KeptFile(string path, int again) =>
        GitName.OfPath(path) + (again == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"%again{again}"));
}
