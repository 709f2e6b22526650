using System.Text;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Cuts a stream of UTF-8 bytes into lines.</summary>
internal sealed class LineReader(Action<string> line)
{
    /// <summary>A longer line is handed over in parts.</summary>
    public const int LineBytesMax = 64 << 10;

    private readonly byte[] _buffer = new byte[LineBytesMax];
    private int _length;

    /// <summary>Hands over every line that these bytes complete.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            if (end >= 0 && _length == 0 && end <= LineBytesMax)
            {
                Emit(bytes[..end]);
                bytes = bytes[(end + 1)..];
                continue;
            }
            var part = end >= 0 ? bytes[..end] : bytes;
            var fits = Math.Min(part.Length, LineBytesMax - _length);
            part[..fits].CopyTo(_buffer.AsSpan(_length));
            _length += fits;
            if (fits < part.Length)
            {
                EmitPart();
                bytes = bytes[fits..];
                continue;
            }
            if (end < 0) return;
            End();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Hands over a last line that has no end.</summary>
    public void Finish()
    {
        if (_length > 0) End();
    }

    private void End()
    {
        Emit(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    // A character of several bytes is not torn: its beginning waits for the rest.
    private void EmitPart()
    {
        var cut = _length;
        while (cut > _length - 4 && (_buffer[cut - 1] & 0xC0) == 0x80) cut--;
        cut = (_buffer[cut - 1] & 0xC0) == 0xC0 ? cut - 1 : _length;
        Emit(_buffer.AsSpan(0, cut));
        _buffer.AsSpan(cut, _length - cut).CopyTo(_buffer);
        _length -= cut;
    }

    private void Emit(ReadOnlySpan<byte> text) =>
        line(Encoding.UTF8.GetString(text is [.. var most, (byte)'\r'] ? most : text));
}
