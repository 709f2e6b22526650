using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <summary>Cuts the bytes that come from an agent into whole values.</summary>
internal sealed class FrameBuffer
{
    private const int RoomMin = 4096;

    private readonly MessagePackScanner _scanner = new();
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>True when the last byte that came was the last of a value.</summary>
    public bool IsBetweenValues => _start == _end;

    /// <summary>Where the next bytes go. What was taken before is no longer valid.</summary>
    public Memory<byte> Room()
    {
        if (_start == _end) _start = _scanned = _end = 0;
        if (_buffer.Length - _end < RoomMin)
        {
            var kept = _buffer.AsSpan(_start, _end - _start);
            // The scanner's limit on one value bounds the growth.
            var target = kept.Length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            kept.CopyTo(target);
            _buffer = target;
            (_start, _scanned, _end) = (0, _scanned - _start, kept.Length);
        }
        return _buffer.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    /// <summary>Takes the next whole value, if it is there; valid until the next <see cref="Room"/>.</summary>
    /// <exception cref="MessagePackException">There is no value.</exception>
    public bool TryTake(out ReadOnlyMemory<byte> value)
    {
        var ended = _scanner.TryFindEnd(_buffer.AsSpan(_scanned, _end - _scanned), out var consumed);
        _scanned += consumed;
        value = ended ? _buffer.AsMemory(_start, _scanned - _start) : default;
        if (ended) _start = _scanned;
        return ended;
    }
}
