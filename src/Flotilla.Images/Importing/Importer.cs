using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Layout;
using Flotilla.Images.Sources;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Importing;

/// <summary>Brings an image into the graph: layers, tree, proof, commit.</summary>
internal sealed class Importer(GraphFolder graph, TimeProvider time)
{
    private const int CommitAttemptsMax = 100;

    public async Task<ImportedImage> ImportAsync(IImageSource source, ImageName name, ImportOptions options, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var hold = await GraphLock.ShareAsync(graph.Path, time, cancellationToken);
        graph.Objects.Refresh();
        await using var image = await source.OpenAsync(cancellationToken);
        if (image.Layers.Count == 0) throw ImageException.Of(ImageFault.BadArchive, $"{source.Name} has no layers.", fix: "Name an image with content.");
        if (image.Layers.Count > options.Limits.LayersMax)
            throw ImageException.Of(ImageFault.TooLarge, $"{source.Name} has {image.Layers.Count} layers; {options.Limits.LayersMax} are possible.", fix: "Raise the limit if that is right.");
        var stored = await StoreAsync(image, options, cancellationToken);
        // The buffers of the writer are many times what the proof needs, and would stay beside it.
        GC.Collect();
        graph.Objects.Refresh();
        await ProveAsync(stored, options, cancellationToken);
        var (commit, isNew, commitBytes) = await CommitAsync(stored, image, source, name, options, cancellationToken);
        return new ImportedImage(name, commit, isNew, stored.ImageId, stored.DiffIds, stored.Bytes, stored.StoredBytes + commitBytes, time.GetElapsedTime(start));
    }

    private async Task<Stored> StoreAsync(SourceImage image, ImportOptions options, CancellationToken cancellationToken)
    {
        using var writer = new PackWriter(Path.Combine(graph.Path, "objects", "pack"), graph.Objects, options.CompressionLevel);
        var root = new TreeBuilder();
        var tree = new FlatTree(options.Duplicates);
        var builders = new List<(LayerBuilder Builder, TreeBuilder Folder)>();
        var diffIds = new List<string>();
        var promised = image.Config is { IsEmpty: false } given ? ImageConfig.DiffIds(given) : null;
        if (promised is not null && promised.Count != image.Layers.Count)
            throw ImageException.Of(ImageFault.BadArchive, $"The configuration names {promised.Count} layers, but there are {image.Layers.Count}.", fix: "Fetch or write the image again.");
        long bytes = 0;
        foreach (var (index, layer) in image.Layers.Index())
        {
            var import = new LayerImport(writer, tree, options.Limits);
            var (sha256, length, end) = await ReadAsync(layer, import, options.Limits, cancellationToken);
            var diffId = "sha256:" + sha256;
            foreach (var wanted in new[] { layer.DiffId, promised?[index] })
                if (wanted is not null && wanted != diffId)
                    throw ImageException.Of(ImageFault.DigestMismatch, $"Layer {index} unpacks to {diffId}, but {wanted} was promised.", fix: "Fetch it again; if that does not help, do not use it.");
            var folder = root.Folder(LayerPaths.Layers).Folder(LayerPaths.Layer(index));
            import.Builder.Write(writer, folder, sha256, length, end);
            builders.Add((import.Builder, folder));
            diffIds.Add(diffId);
            bytes += length;
        }
        var rootfs = root.Folder(LayerPaths.Rootfs);
        foreach (var (path, node) in tree.Walk())
        {
            if (node.Type == MemberType.File) rootfs.Add(GitName.OfPath(path), node.Executable ? TreeMode.Executable : TreeMode.File, node.Blob, node.Sha256!);
            else if (node.Type == MemberType.SymbolicLink && node.LinkTarget!.Length > 0) rootfs.Add(GitName.OfPath(path), TreeMode.Link, node.Blob, node.Sha256!);
        }
        foreach (var (builder, folder) in builders)
            foreach (var file in builder.Files)
                if (tree.BlobAt(file.Path) != file.Blob)
                    folder.Folder(LayerPaths.Kept).Add(LayerPaths.KeptFile(file.Path, file.Again), TreeMode.File, file.Blob, file.Sha256);
        var config = image.Config is { IsEmpty: false } whole ? whole : ImageConfig.Minimal(diffIds, RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => "amd64", Architecture.Arm64 => "arm64", var other => other.ToString().ToLowerInvariant() });
        LayerBuilder.AddFile(writer, root, LayerPaths.Config, config.Span);
        var (id, treeSha256) = root.Write(writer);
        cancellationToken.ThrowIfCancellationRequested();
        var storedBytes = writer.Finish();
        return new Stored(id, Convert.ToHexStringLower(treeSha256), "sha256:" + Convert.ToHexStringLower(SHA256.HashData(config.Span)), diffIds, [.. builders.Select(each => new LayerProof(each.Builder))], writer.New, bytes, storedBytes);
    }

    private static async Task<(string Sha256, long Bytes, TarReader End)> ReadAsync(SourceLayer layer, LayerImport import, ImageLimits limits, CancellationToken cancellationToken)
    {
        await using var stream = await LayerStream.OpenAsync(layer, cancellationToken);
        using var input = new TarInput(stream.Tar, limits, stream.IsCompressed ? () => stream.StoredBytes : null);
        try
        {
            var result = await import.RunAsync(input, cancellationToken);
            await stream.VerifyAsync(cancellationToken);
            return result;
        }
        catch (InvalidDataException e)
        {
            throw ImageException.Of(ImageFault.BadCompression, "The layer's gzip is damaged or cut short.", e.Message, "Fetch or write it again.", e);
        }
    }

    // Nothing is committed that does not come out as it went in: the layers are made from what is stored now.
    private async Task ProveAsync(Stored stored, ImportOptions options, CancellationToken cancellationToken)
    {
        var image = new GraphImage(graph.Objects, default, new CommitText(stored.Tree, [], "", default, ""), "");
        foreach (var (index, layer) in image.Layers.Index())
        {
            var wanted = stored.DiffIds[index];
            try
            {
                if (options.ProveEverything) await layer.WriteToAsync(Stream.Null, cancellationToken);
                else if (!stored.Proofs[index].Holds(layer, stored.New, cancellationToken)) throw NotReproducible(wanted, null);
            }
            catch (ImageException e) when (e.Fault == ImageFault.DamagedGraph)
            {
                throw NotReproducible(wanted, e);
            }
            if (layer.DiffId != wanted) throw NotReproducible(wanted, null);
        }

        static ImageException NotReproducible(string wanted, Exception? inner) => ImageException.Of(
            ImageFault.NotReproducible, $"The layer {wanted} would not come out as it went in; nothing was committed.", inner?.Message,
            "This is a bug in Flotilla, or a failing disk: please report it with the archive.", inner);
    }

    private async Task<(ObjectId Commit, bool IsNew, long Bytes)> CommitAsync(
        Stored stored, SourceImage image, IImageSource source, ImageName name, ImportOptions options, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < CommitAttemptsMax; attempt++)
        {
            var previous = graph.Refs.Read(name.Ref);
            if (previous is { } old && CommitText.Parse(graph.Objects.Read(old, ObjectType.Commit), old) is var before
                && before.Tree == stored.Tree && (options.Upstream is null || before.Parents.Contains(options.Upstream.Commit)))
                return (old, false, 0);
            List<ObjectId> parents = [];
            if (previous is { } parent) parents.Add(parent);
            if (options.Upstream is { } upstream && !parents.Contains(upstream.Commit)) parents.Add(upstream.Commit);
            var text = new CommitText(stored.Tree, parents, options.Author, time.GetUtcNow(), Message(stored, image, source, name, options));
            var (id, bytes) = LooseObject.Write(graph.Path, ObjectType.Commit, text.ToBytes());
            var (code, _, error) = await graph.Git.TryRunAsync(
                ["update-ref", "-m", "flotilla image import", name.Ref, id.ToString(), previous?.ToString() ?? new string('0', 2 * ObjectId.Size)], cancellationToken);
            if (code == 0) return (id, true, bytes);
            if (graph.Git.IsDiskFull(error)) throw graph.Git.Full(error);
            // Somebody else committed to the lineage meanwhile: what is stored goes on top of theirs.
            graph.Objects.Refresh();
            if (graph.Refs.Read(name.Ref) == previous && !error.Contains("Unable to create", StringComparison.Ordinal))
                throw ImageException.Of(ImageFault.GitFailed, $"git could not set {name.Ref}.", error.Trim(), "Run \"git fsck\" in the graph to see what is wrong.");
        }
        throw ImageException.Of(ImageFault.Busy, $"{name} is being changed all the time by others.", fix: "Run the import again.");
    }

    private static string Message(Stored stored, SourceImage image, IImageSource source, ImageName name, ImportOptions options)
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(OneLine(options.Subject ?? $"{name} imported from {source.Name}")).Append("\n\n");
        text.Append(culture, $"Image: {name}\n");
        if (options.Upstream is { } upstream) text.Append(culture, $"Upstream: {upstream.Name} {upstream.Commit}\n");
        text.Append(culture, $"Source: {OneLine(source.Name)}\n");
        if (image.Digest is { } digest) text.Append(culture, $"Source-Digest: {OneLine(digest)}\n");
        text.Append(culture, $"Image-Id: {stored.ImageId}\n");
        foreach (var id in stored.DiffIds) text.Append(culture, $"Diff-Id: {id}\n");
        text.Append(culture, $"Tree-Sha256: {stored.TreeSha256}\n");
        foreach (var (key, value) in options.Trailers) text.Append(culture, $"{OneLine(key)}: {OneLine(value)}\n");
        text.Append(culture, $"Built-By: flotilla {typeof(Importer).Assembly.GetName().Version?.ToString(3)}\n");
        return text.ToString();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\0', ' ');

    private sealed record Stored(ObjectId Tree, string TreeSha256, string ImageId, IReadOnlyList<string> DiffIds, IReadOnlyList<LayerProof> Proofs, IReadOnlySet<ObjectId> New, long Bytes, long StoredBytes);
}
