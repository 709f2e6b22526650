using System.Text;

namespace Flotilla.Cli.Inspect;

/// <summary>Hands on in large pieces what is written word by word: the terminal's writer gives each word to the system at once.</summary>
/// <param name="to">Has all of it when this is disposed of; it stays open.</param>
internal sealed class BufferedWriter(TextWriter to) : TextWriter
{
    private readonly char[] _buffer = new char[16 * 1024];
    private int _used;

    public override Encoding Encoding => to.Encoding;

    public override void Write(char value)
    {
        if (_used == _buffer.Length) Flush();
        _buffer[_used++] = value;
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_used == _buffer.Length) Flush();
            var part = Math.Min(buffer.Length, _buffer.Length - _used);
            buffer[..part].CopyTo(_buffer.AsSpan(_used));
            _used += part;
            buffer = buffer[part..];
        }
    }

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Flush()
    {
        to.Write(_buffer, 0, _used);
        _used = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Flush();
        base.Dispose(disposing);
    }
}
