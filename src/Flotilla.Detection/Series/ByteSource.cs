namespace Flotilla.Detection;

/// <summary>
/// A stream through a window of bytes that are not read yet. A window is as large as it must be for the longest line or word, at
/// most <see cref="BytesMax"/>.
/// </summary>
internal sealed class ByteSource
{
    /// <summary>The longest line of a CSV file, and the longest word of a JSON file.</summary>
    public const int BytesMax = 1 << 20;

    private const int BytesAtFirst = 128 * 1024;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[BytesAtFirst];
    private int _start;
    private int _end;
    private bool _ended;

    /// <param name="stream">Stands at the first byte.</param>
    /// <param name="place">What problems call it.</param>
    /// <param name="offset">Where the stream stands.</param>
    /// <param name="line">In which line.</param>
    public ByteSource(Stream stream, SeriesPlace place, long offset = 0, int line = 1)
    {
        (_stream, Place, Offset, Line) = (stream, place, offset, line);
    }

    public SeriesPlace Place { get; }

    /// <summary>The position in the stream of the first byte that is not read yet.</summary>
    public long Offset { get; private set; }

    /// <summary>The line of that byte, counted from 1; whoever advances over line ends counts them.</summary>
    public int Line { get; set; }

    /// <summary>What is in the window; valid until <see cref="Fill"/>.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Gets more bytes into the window, after those that are there; false at the end of the stream.</summary>
    public bool Fill()
    {
        if (_ended) return false;
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Grow();
        int read;
        try
        {
            read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Place.CannotRead(e);
        }
        _end += read;
        _ended = read == 0;
        return read > 0;
    }

    /// <summary>Leaves the first bytes of the window behind.</summary>
    public void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    private void Grow()
    {
        if (_buffer.Length >= BytesMax)
        {
            throw Place.Problem(Line, "This is not a series.", $"Over {BytesMax >> 20} MB stand here without an end of line or of a word.",
                "Move the file out of the folder.");
        }
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
