using System.Security.Cryptography;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Importing;

/// <summary>Takes one layer's tar apart: contents into the pack, the rest into lines, the visible files into the image's tree.</summary>
internal sealed class LayerImport(PackWriter writer, FlatTree tree, ImageLimits limits)
{
    private readonly LayerBuilder _builder = new();
    private readonly MemberParser _parser = new(limits);
    private readonly byte[] _padding = new byte[TarHeader.BlockSize];

    public LayerBuilder Builder => _builder;

    /// <summary>Reads to the end; returns the SHA-256 of the tar and its length.</summary>
    public async Task<(string Sha256, long Bytes, TarReader End)> RunAsync(TarInput input, CancellationToken cancellationToken)
    {
        var reader = new TarReader(input, limits);
        tree.NextLayer();
        while (true)
        {
            var position = input.Position;
            if (!await reader.MoveNextAsync(cancellationToken)) break;
            var member = _parser.Parse(reader.Head, position);
            _builder.AddHead(reader.Head.Bytes);
            HeadPrediction.Make(member, reader.Head, _builder.Dialect);
            if (member.Type == MemberType.File) await TakeFileAsync(member, input, cancellationToken);
            else writer.Then(() => Place(member, default));
        }
        writer.Flush();
        return (Convert.ToHexStringLower(input.Sha256()), input.Position, reader);
    }

    private async Task TakeFileAsync(Member member, TarInput input, CancellationToken cancellationToken)
    {
        if (member.Size <= PackWriter.HeldMax)
        {
            var content = writer.Reserve((int)member.Size, (id, sha256) => Finish(id, sha256));
            await input.ReadExactlyAsync(content, cancellationToken);
            await ReadPaddingAsync(member, input, cancellationToken);
            return;
        }
        var (blob, hash) = await writer.AddLargeAsync(member.Size, input.ReadExactlyAsync, cancellationToken);
        await ReadPaddingAsync(member, input, cancellationToken);
        Finish(blob, hash);

        void Finish(ObjectId id, byte[] sha256)
        {
            member.Sha256 = sha256;
            Place(member, id);
        }
    }

    private async ValueTask ReadPaddingAsync(Member member, TarInput input, CancellationToken cancellationToken)
    {
        var padding = _padding.AsMemory(0, (int)(-member.Size & (TarHeader.BlockSize - 1)));
        await input.ReadExactlyAsync(padding, cancellationToken);
        _builder.AddHead(padding.Span);
        if (padding.Span.ContainsAnyExcept((byte)0)) member.Padding = Convert.ToBase64String(padding.Span);
    }

    private void Place(Member member, ObjectId blob)
    {
        var sha256 = member.Sha256;
        if (member.Type == MemberType.SymbolicLink)
        {
            var target = Escaped.ToBytes(member.Link!);
            blob = writer.Add(ObjectType.Blob, target);
            sha256 = SHA256.HashData(target);
        }
        tree.Place(member, blob, sha256);
        _builder.Add(member, blob);
    }
}
