using System.Security.Cryptography;
using Flotilla.Images.Exporting;
using Flotilla.Images.Graph;
using Flotilla.Images.Layout;

namespace Flotilla.Images.Importing;

/// <summary>
/// The proof that a stored layer gives back the bytes that came: every head is made again from its stored line and hashed in order;
/// every content is looked up as an export does, must be the blob of the bytes that came, and is read back if it is new.
/// </summary>
internal sealed class LayerProof(LayerBuilder came)
{
    private readonly byte[] _pieces = came.Pieces();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);

    /// <param name="layer">As it is stored.</param>
    /// <param name="isNew">The objects that were written by this import.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public bool Holds(GraphLayer layer, IReadOnlySet<ObjectId> isNew, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var contents = layer.Contents();
        var read = new HashSet<ObjectId>();
        var file = 0;
        foreach (var member in layer.Reader.Members())
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(LayerWriter.Head(member, layer.Reader.Recipe.Dialect));
            if (member.Type == MemberType.SymbolicLink && contents.FindVisible(member.Path) is { } link && isNew.Contains(link) && read.Add(link) && !IsWhole(layer, link)) return false;
            if (member.ContentLength == 0) continue;
            var blob = contents.Find(member);
            if (file >= came.Files.Count) return false;
            var (path, _, wanted, sha256) = came.Files[file++];
            if (blob != wanted || path != member.Path || !sha256.AsSpan().SequenceEqual(member.Sha256)) return false;
            hash.AppendData(LayerWriter.Padding(member).Span);
            if (isNew.Contains(blob) && read.Add(blob) && !sha256.AsSpan().SequenceEqual(Read(layer, blob))) return false;
        }
        if (layer.Reader.Recipe.EndZeros != came.EndZeros || (came.Tail is null) != (layer.Reader.Tail is null)) return false;
        if (layer.Reader.Tail is { } tail && !SHA256.HashData(came.Tail!).AsSpan().SequenceEqual(Read(layer, tail))) return false;
        return file == came.Files.Count && hash.GetHashAndReset().AsSpan().SequenceEqual(_pieces);
    }

    // The target of a link comes out of its line; the object beside it is what git shows.
    private static bool IsWhole(GraphLayer layer, ObjectId link)
    {
        using var content = layer.Open(link);
        using var target = new MemoryStream();
        try
        {
            content.CopyTo(target);
        }
        catch (InvalidDataException)
        {
            return false;
        }
        return ObjectId.Of(ObjectType.Blob, target.GetBuffer().AsSpan(0, (int)target.Length)) == link;
    }

    private byte[] Read(GraphLayer layer, ObjectId blob)
    {
        using var content = layer.Open(blob);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            for (int read; (read = content.Read(_buffer)) > 0;) hash.AppendData(_buffer.AsSpan(0, read));
        }
        catch (InvalidDataException)
        {
            return [];
        }
        return hash.GetHashAndReset();
    }
}
