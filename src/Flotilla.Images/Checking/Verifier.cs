using System.Security.Cryptography;
using System.Text;
using Flotilla.Images.Graph;
using Flotilla.Images.Layout;

namespace Flotilla.Images.Checking;

/// <summary>Recomputes every hash of an image from the graph's bytes: each object's id, each file's SHA-256, the tree's, each layer's, each pack's.</summary>
internal sealed class Verifier(GraphImage image)
{
    private readonly List<Core.Problem> _problems = [];
    private readonly Dictionary<ObjectId, byte[]> _sha256 = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(128 * 1024);
    private readonly HashSet<PackFile> _packs = [];
    private int _objects;

    public async Task<ImageVerification> RunAsync(CancellationToken cancellationToken)
    {
        CheckCommit();
        var tree = Hash(image.Text.Tree, "", cancellationToken);
        var promised = image.Text.Trailer("Tree-Sha256");
        if (promised is null) Say("The commit has no Tree-Sha256.", "It was not written by an import.");
        else if (tree is not null && promised != Convert.ToHexStringLower(tree)) Say("The tree is not the one that was committed.", $"its SHA-256 is {Convert.ToHexStringLower(tree)}, the commit says {promised}.");
        var layers = 0;
        if (tree is not null) layers = await CheckLayersAsync(cancellationToken);
        CheckPacks(cancellationToken);
        return new ImageVerification(image.Commit, _objects, layers, [], _problems);
    }

    // Deflate leaves bits unused, so that a changed byte need not change an object: git would refuse the pack all the same.
    private void CheckPacks(CancellationToken cancellationToken)
    {
        foreach (var pack in _packs)
            if (!pack.IsWhole(cancellationToken)) Say($"The pack {Path.GetFileName(pack.Path)} is damaged.", "its last bytes are not the hash of those before them.");
    }

    private void Count(ObjectId id)
    {
        _objects++;
        if (image.Store.PackOf(id) is { } pack) _packs.Add(pack);
    }

    private void CheckCommit()
    {
        var content = image.Store.Read(image.Commit, ObjectType.Commit);
        Count(image.Commit);
        if (ObjectId.Of(ObjectType.Commit, content) != image.Commit) Say($"The commit {image.Commit} is damaged.", "its content has another id.");
    }

    private async Task<int> CheckLayersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var promised = image.Text.Trailers.Where(each => each.Key == "Diff-Id").Select(each => each.Value).ToList();
            if (!promised.SequenceEqual(image.Layers.Select(layer => layer.DiffId))) Say("The layers are not those that the commit names.");
            if (!ImageConfig.DiffIds(image.Config).SequenceEqual(image.Layers.Select(layer => layer.DiffId))) Say("The layers are not those that the image's configuration names.");
            if (image.Text.Trailer("Image-Id") is { } id && id != image.ImageId) Say("The configuration is not the one that the commit names.", $"its hash is {image.ImageId}, the commit says {id}.");
            foreach (var layer in image.Layers) await layer.WriteToAsync(Stream.Null, cancellationToken);
            foreach (var layer in image.Layers) CheckFiles(layer);
            return image.Layers.Count;
        }
        catch (ImageException e)
        {
            _problems.Add(e.Problem);
            return 0;
        }
    }

    // The lines say the SHA-256 of each file; that of its blob was computed above.
    private void CheckFiles(GraphLayer layer)
    {
        var contents = layer.Contents();
        foreach (var member in layer.Reader.Members())
            if (member is { Type: MemberType.File, Size: > 0, Sha256: { } promised } && _sha256.TryGetValue(contents.Find(member), out var actual) && !actual.AsSpan().SequenceEqual(promised))
                Say($"\"{member.Path}\" is not the file that was imported.", $"its SHA-256 is {Convert.ToHexStringLower(actual)}, its line says {Convert.ToHexStringLower(promised)}.");
    }

    private byte[]? Hash(ObjectId tree, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_sha256.TryGetValue(tree, out var known)) return known;
        try
        {
            var content = image.Store.Read(tree, ObjectType.Tree);
            Count(tree);
            if (ObjectId.Of(ObjectType.Tree, content) != tree) Say($"The folder \"{path}\" is damaged.", "its content has another id.");
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var entry in GitTree.Read(image.Store, tree))
            {
                var below = entry.IsFolder ? Hash(entry.Id, $"{path}{entry.Name}/", cancellationToken) : HashBlob(entry.Id, path + entry.Name);
                if (below is null) return null;
                hash.AppendData([.. Encoding.ASCII.GetBytes(TreeMode.Text(entry.Mode)), (byte)' ', .. Encoding.UTF8.GetBytes(entry.Name), 0]);
                hash.AppendData(below);
            }
            return _sha256[tree] = hash.GetHashAndReset();
        }
        catch (ImageException e)
        {
            _problems.Add(e.Problem);
            return null;
        }
    }

    private byte[]? HashBlob(ObjectId id, string path)
    {
        if (_sha256.TryGetValue(id, out var known)) return known;
        try
        {
            using var content = image.Store.Open(id, out var size);
            using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            sha1.AppendData(ObjectId.Header(ObjectType.Blob, size));
            for (int read; (read = content.Read(_buffer)) > 0;)
            {
                sha1.AppendData(_buffer.AsSpan(0, read));
                sha256.AppendData(_buffer.AsSpan(0, read));
            }
            Count(id);
            if (new ObjectId(sha1.GetHashAndReset()) != id) Say($"\"{path}\" is damaged.", "its content has another id.");
            return _sha256[id] = sha256.GetHashAndReset();
        }
        catch (Exception e) when (e is ImageException or InvalidDataException)
        {
            _problems.Add(e is ImageException image ? image.Problem : new Core.Problem($"\"{path}\" is damaged.", Why: e.Message));
            return null;
        }
    }

    private void Say(string what, string? why = null) =>
        _problems.Add(new Core.Problem(what, Why: why, Fix: "Fetch the graph again from where it was pushed to; \"git fsck\" says more."));
}
