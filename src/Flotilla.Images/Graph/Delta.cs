namespace Flotilla.Images.Graph;

/// <summary>Git's deltas: copy from the base, or insert what follows (gitformat-pack(5), "Deltified representation").</summary>
internal static class Delta
{
    /// <summary>The content, or null when the delta is malformed or not for this base.</summary>
    public static byte[]? Apply(ReadOnlySpan<byte> source, ReadOnlySpan<byte> delta)
    {
        if (!TrySize(ref delta, out var sourceSize) || sourceSize != source.Length || !TrySize(ref delta, out var size) || size > Array.MaxLength) return null;
        var result = GC.AllocateUninitializedArray<byte>((int)size);
        var at = 0;
        while (delta.Length > 0)
        {
            var code = delta[0];
            delta = delta[1..];
            if ((code & 0x80) == 0)
            {
                if (code == 0 || code > delta.Length || at + code > result.Length) return null;
                delta[..code].CopyTo(result.AsSpan(at));
                delta = delta[code..];
                at += code;
                continue;
            }
            long from = 0;
            var length = 0;
            for (var i = 0; i < 7; i++)
            {
                if ((code & (1 << i)) == 0) continue;
                if (delta.Length == 0) return null;
                if (i < 4) from |= (long)delta[0] << (8 * i);
                else length |= delta[0] << (8 * (i - 4));
                delta = delta[1..];
            }
            if (length == 0) length = 0x10000;
            if (from + length > source.Length || at + length > result.Length) return null;
            source.Slice((int)from, length).CopyTo(result.AsSpan(at));
            at += length;
        }
        return at == result.Length ? result : null;
    }

    private static bool TrySize(ref ReadOnlySpan<byte> delta, out long size)
    {
        size = 0;
        for (var shift = 0; delta.Length > 0 && shift < 63; shift += 7)
        {
            var each = delta[0];
            delta = delta[1..];
            size |= (long)(each & 0x7f) << shift;
            if ((each & 0x80) == 0) return true;
        }
        return false;
    }
}
