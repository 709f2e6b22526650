using Flotilla.Images.Exporting;
using Flotilla.Images.Graph;
using Flotilla.Images.Layout;

namespace Flotilla.Images;

/// <summary>One version of an image in the graph.</summary>
public sealed class GraphImage
{
    private readonly Lazy<ReadOnlyMemory<byte>> _config;
    private readonly Lazy<IReadOnlyList<GraphLayer>> _layers;
    private readonly Lazy<string> _id;

    internal GraphImage(ObjectStore store, ObjectId commit, CommitText text, string name)
    {
        (Store, Commit, Text, Name) = (store, commit, text, name);
        _config = new(() => Store.Read(Entry(LayerPaths.Config) ?? throw NoImage(), ObjectType.Blob));
        _layers = new(ReadLayers);
        _id = new(() => "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Config.Span)));
    }

    internal ObjectStore Store { get; }

    internal CommitText Text { get; }

    /// <summary>The lineage, as the commit says it.</summary>
    public string Name { get; }

    /// <summary>The version.</summary>
    public ObjectId Commit { get; }

    /// <summary>The version before it, if there is one, then what it was built from.</summary>
    public IReadOnlyList<ObjectId> Parents => Text.Parents;

    /// <summary>When it was committed.</summary>
    public DateTimeOffset Time => Text.Time;

    /// <summary>Who committed it.</summary>
    public string Author => Text.Author;

    /// <summary>The first line of the commit.</summary>
    public string Subject => Text.Message.Split('\n')[0];

    /// <summary>What the commit says of the image, in order: <c>Image</c>, <c>Upstream</c>, <c>Diff-Id</c>, <c>Tree-Sha256</c>, <c>Source</c>, …</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers => [.. Text.Trailers.Select(each => KeyValuePair.Create(each.Key, each.Value))];

    /// <summary>The configuration (OCI image-spec, config.md), byte for byte as it came.</summary>
    public ReadOnlyMemory<byte> Config => _config.Value;

    /// <summary><c>sha256:…</c> of the configuration: the image's id for Docker.</summary>
    public string ImageId => _id.Value;

    /// <summary>The layers, the base first.</summary>
    public IReadOnlyList<GraphLayer> Layers => _layers.Value;

    /// <summary>What a container would see, by path: layers laid over each other. Folders come before what is in them.</summary>
    public IEnumerable<ImageEntry> Entries() => Flatten().Walk().Select(each => ImageEntry.Of(each.Node.Member, each.Path));

    /// <summary>
    /// The content of a file, symbolic links not followed; null when no file stands at the path. The stream's length is
    /// <paramref name="size"/>.
    /// </summary>
    /// <param name="path">As <see cref="ImageEntry.Path"/> gives it; a leading slash is allowed.</param>
    /// <param name="size">Bytes of the content.</param>
    public Stream? OpenFile(string path, out long size)
    {
        ArgumentNullException.ThrowIfNull(path);
        size = 0;
        path = path.Trim('/');
        if (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
        return path.Length > 0 && !path.Split('/').Any(part => part is "" or "." or "..") && new ContentLookup(Store, Rootfs, null).FindVisible(path) is { } blob
            ? Store.Open(blob, out size)
            : null;
    }

    internal ObjectId? Rootfs => Entry(LayerPaths.Rootfs);

    internal FlatTree Flatten()
    {
        var tree = new FlatTree(DuplicatePaths.LastWins);
        foreach (var layer in Layers)
        {
            tree.NextLayer();
            foreach (var member in layer.Reader.Members()) tree.Place(member, default, member.Sha256);
        }
        return tree;
    }

    internal ObjectId? Entry(string name) =>
        GitTree.Read(Store, Text.Tree).Where(entry => entry.Name == name).Select(entry => (ObjectId?)entry.Id).FirstOrDefault();

    private List<GraphLayer> ReadLayers()
    {
        var rootfs = Rootfs;
        var layers = new SortedDictionary<int, GraphLayer>();
        foreach (var entry in GitTree.Read(Store, Entry(LayerPaths.Layers) ?? throw NoImage()))
            if (int.TryParse(entry.Name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index))
                layers[index] = new GraphLayer(Store, new LayerReader(Store, entry.Id), rootfs);
        if (layers.Count == 0 || layers.Last().Key != layers.Count - 1) throw NoImage();
        return [.. layers.Values];
    }

    private ImageException NoImage() => ImageException.Of(ImageFault.NotFound, $"The commit {Commit} is no image.", fix: "Name a lineage; \"flotilla image log\" lists the versions of one.");
}
