namespace Flotilla.Images.Tar;

/// <summary>
/// Reads a tar member by member and keeps every byte of its headers. The checksum of each header is verified. System.Formats.Tar
/// does neither.
/// </summary>
internal sealed class TarReader(TarInput input, ImageLimits limits)
{
    private readonly byte[] _block = new byte[TarHeader.BlockSize];

    /// <summary>What stands before the current member's content.</summary>
    public TarHead Head { get; } = new();

    /// <summary>After the last member: how many zero bytes follow, if nothing else does.</summary>
    public long EndZeros { get; private set; }

    /// <summary>After the last member: what follows, if it is not only zeros.</summary>
    public byte[]? Tail { get; private set; }

    /// <summary>Members so far.</summary>
    public long Count { get; private set; }

    /// <summary>Goes to the next member, whose head is then <see cref="Head"/>; false at the end of the archive.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Head.Clear();
        while (true)
        {
            var at = input.Position;
            var read = await input.ReadAsync(_block, cancellationToken);
            if (read == 0 && Head.BeforeCount == 0)
            {
                if (at == 0) throw ImageException.Of(ImageFault.BadTar, "The tar is empty.", fix: "Give an archive of at least one zero block.");
                return false;
            }
            if (read < TarHeader.BlockSize)
                throw Bad(at, read == 0 ? "the archive ends where a member should follow" : "the archive ends within a header");
            if (TarHeader.IsZero(_block))
            {
                if (Head.BeforeCount > 0) throw Bad(at, "an extended header stands before nothing");
                await ReadEndAsync(cancellationToken);
                return false;
            }
            if (!TarHeader.ChecksumHolds(_block)) throw Bad(at, at == 0 ? "this is no tar, or its first header is damaged" : "the header's checksum does not hold");
            if (_block[TarField.TypeOffset] is not ((byte)'x' or (byte)'g' or (byte)'X' or (byte)'L' or (byte)'K'))
            {
                Head.AddMain(_block);
                if (++Count > limits.EntriesMax) throw ImageException.Of(ImageFault.TooLarge, $"The layer has more than {limits.EntriesMax} members.", fix: "If that is right, raise the limit (--members-max): each takes about 1.5 kB of memory.");
                return true;
            }
            if (!TarHeader.TryNumber(TarField.Size.Of(_block), out var size) || size < 0) throw Bad(at, "an extended header has no size");
            if (size > limits.HeaderBytesMax - Head.Bytes.Length)
                throw ImageException.Of(ImageFault.TooLarge, $"The headers at byte {at} take more than {limits.HeaderBytesMax} bytes.", fix: "Raise the limit if that is right.");
            await input.ReadExactlyAsync(Head.AddBefore(_block, (int)size), cancellationToken);
        }
    }

    // From the first zero block on nothing is a member: zeros are counted, anything else is kept.
    private async ValueTask ReadEndAsync(CancellationToken cancellationToken)
    {
        var zeros = (long)TarHeader.BlockSize;
        var chunk = new byte[64 * 1024];
        MemoryStream? kept = null;
        while (true)
        {
            var read = await input.ReadAsync(chunk, cancellationToken);
            if (read == 0) break;
            if (kept is null && !chunk.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                zeros += read;
                continue;
            }
            kept ??= new MemoryStream();
            if (zeros + kept.Length + read > limits.TailBytesMax)
                throw ImageException.Of(ImageFault.TooLarge, $"More than {limits.TailBytesMax} bytes follow the end of the archive.", "they are no members and not zero.", "Cut them off, or raise the limit.");
            kept.Write(chunk, 0, read);
        }
        EndZeros = zeros;
        if (kept is not null) Tail = [.. new byte[zeros], .. kept.ToArray()];
    }

    private static ImageException Bad(long at, string why) =>
        ImageException.Of(ImageFault.BadTar, $"The tar is damaged at byte {at}: {why}.", fix: "Fetch or write the archive again.");
}
