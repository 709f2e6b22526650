using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Archives;

/// <summary>Looks at a tar's names, in the order in which they stand, until it is clear what the tar is.</summary>
internal sealed class KindFinder(Stream tar)
{
    private readonly byte[] _block = new byte[TarHeader.BlockSize];
    private readonly byte[] _skipped = new byte[64 * 1024];

    public async Task<ArchiveKind> RunAsync(int namesMax, CancellationToken cancellationToken)
    {
        var kind = ArchiveKind.RootFileSystem;
        for (var names = 0; names < namesMax; names++)
        {
            var read = await tar.ReadAtLeastAsync(_block, _block.Length, throwOnEndOfStream: false, cancellationToken);
            // What is damaged is said by who reads it as what it is taken for.
            if (read < _block.Length || TarHeader.IsZero(_block) || !TarHeader.ChecksumHolds(_block)
                || !TarHeader.TryNumber(TarField.Size.Of(_block), out var size) || size < 0) break;
            var name = Escaped.From(TarField.Name.Text(_block));
            if (name.StartsWith("./", StringComparison.Ordinal)) name = name[2..];
            // Docker's archives of today are both; its own manifest has the names.
            if (name == ArchiveFile.DockerManifest) return ArchiveKind.Docker;
            if (name is ArchiveFile.OciLayout) kind = ArchiveKind.Oci;
            await SkipAsync((size + TarHeader.BlockSize - 1) / TarHeader.BlockSize * TarHeader.BlockSize, cancellationToken);
        }
        return kind;
    }

    private async Task SkipAsync(long count, CancellationToken cancellationToken)
    {
        if (tar.CanSeek)
        {
            tar.Seek(count, SeekOrigin.Current);
            return;
        }
        while (count > 0)
        {
            var read = await tar.ReadAsync(_skipped.AsMemory(0, (int)Math.Min(count, _skipped.Length)), cancellationToken);
            if (read == 0) return;
            count -= read;
        }
    }
}
