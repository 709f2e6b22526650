namespace Flotilla.Images.Tar;

/// <summary>What stands before a member's content: extended headers, long names, and the header itself, as whole blocks.</summary>
internal sealed class TarHead
{
    private readonly List<(int Header, int Data, int Length)> _before = [];
    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _main;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The header of the member.</summary>
    public ReadOnlySpan<byte> Main => _bytes.AsSpan(_main, TarHeader.BlockSize);

    /// <summary>How many headers stand before it.</summary>
    public int BeforeCount => _before.Count;

    public ReadOnlySpan<byte> BeforeHeader(int index) => _bytes.AsSpan(_before[index].Header, TarHeader.BlockSize);

    public ReadOnlySpan<byte> BeforeData(int index) => _bytes.AsSpan(_before[index].Data, _before[index].Length);

    public void Clear()
    {
        _before.Clear();
        _length = 0;
    }

    public void AddMain(ReadOnlySpan<byte> block)
    {
        _main = _length;
        Append(block);
    }

    /// <summary>Adds a header that has data of its own, and gives room for the data and its padding.</summary>
    public Memory<byte> AddBefore(ReadOnlySpan<byte> block, int dataLength)
    {
        var header = _length;
        Append(block);
        var data = _length;
        var padded = (dataLength + TarHeader.BlockSize - 1) / TarHeader.BlockSize * TarHeader.BlockSize;
        Reserve(padded);
        _length += padded;
        _before.Add((header, data, dataLength));
        return _bytes.AsMemory(data, padded);
    }

    /// <summary>Finds the parts of stored bytes again; false when they are no head.</summary>
    public bool TrySplit(ReadOnlySpan<byte> bytes)
    {
        Clear();
        while (bytes.Length > TarHeader.BlockSize)
        {
            if (!TarHeader.TryNumber(TarField.Size.Of(bytes), out var size) || size < 0 || size > bytes.Length) return false;
            var room = AddBefore(bytes[..TarHeader.BlockSize], (int)size);
            if (TarHeader.BlockSize + room.Length > bytes.Length) return false;
            bytes.Slice(TarHeader.BlockSize, room.Length).CopyTo(room.Span);
            bytes = bytes[(TarHeader.BlockSize + room.Length)..];
        }
        if (bytes.Length != TarHeader.BlockSize) return false;
        AddMain(bytes);
        return true;
    }

    private void Append(ReadOnlySpan<byte> block)
    {
        Reserve(block.Length);
        block.CopyTo(_bytes.AsSpan(_length));
        _length += block.Length;
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
    }
}
