using Flotilla.Images.Exporting;
using Flotilla.Images.Graph;

namespace Flotilla.Images;

/// <summary>A layer of an image in the graph.</summary>
public sealed class GraphLayer
{
    private readonly ObjectStore _store;
    private readonly ObjectId? _rootfs;

    internal GraphLayer(ObjectStore store, LayerReader reader, ObjectId? rootfs) => (_store, Reader, _rootfs) = (store, reader, rootfs);

    internal LayerReader Reader { get; }

    /// <summary><c>sha256:…</c> of the layer's tar.</summary>
    public string DiffId => Reader.Recipe.DiffId;

    /// <summary>Bytes of the tar.</summary>
    public long Bytes => Reader.Recipe.Bytes;

    /// <summary>How many members the tar has.</summary>
    public long Members => Reader.Recipe.Members;

    /// <summary>
    /// Writes the layer's tar, byte for byte as it was imported, in pieces of up to 128 KiB. Its hash is compared at the end:
    /// <see cref="ImageFault.DamagedGraph"/> says that it is not <see cref="DiffId"/>, so what was written must be thrown away.
    /// </summary>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var writer = new LayerWriter(_store, Reader, Contents(), stream);
        var written = await writer.WriteAsync(cancellationToken);
        if (written != Reader.Recipe.Sha256)
            throw ImageException.Of(ImageFault.DamagedGraph, $"The layer {DiffId} comes out as sha256:{written}.", fix: "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.");
    }

    /// <summary>The members of the tar in its order, whiteouts included.</summary>
    public IEnumerable<ImageEntry> Entries() => Reader.Members().Select(ImageEntry.Of);

    internal Stream Open(ObjectId blob) => _store.Open(blob, out _);

    internal ContentLookup Contents() => new(_store, _rootfs, Reader.Kept);
}
