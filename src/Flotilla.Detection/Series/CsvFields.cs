namespace Flotilla.Detection;

/// <summary>
/// The fields of one row of CSV (RFC 4180), without the spaces and the quotes around them. A quote inside a quoted field stays doubled.
/// </summary>
internal ref struct CsvFields(ReadOnlySpan<byte> record, byte separator)
{
    private ReadOnlySpan<byte> _rest = record;
    private bool _ended;

    /// <summary>Takes the next field; false after the last.</summary>
    public bool TryTake(out ReadOnlySpan<byte> field)
    {
        if (_ended)
        {
            field = default;
            return false;
        }
        var trimmed = _rest.TrimStart((byte)' ');
        var quoted = !trimmed.IsEmpty && trimmed[0] == (byte)'"';
        if (quoted) _rest = trimmed;
        var from = quoted ? Closing(_rest) : 0;
        var length = _rest[from..].IndexOf(separator);
        _ended = length < 0;
        field = (_ended ? _rest : _rest[..(from + length)]).Trim((byte)' ');
        if (quoted && field.Length >= 2 && field[^1] == (byte)'"') field = field[1..^1];
        if (!_ended) _rest = _rest[(from + length + 1)..];
        return true;
    }

    // The position after the quote that closes the field.
    private static int Closing(ReadOnlySpan<byte> text)
    {
        var at = 1;
        while (true)
        {
            var found = text[at..].IndexOf((byte)'"');
            if (found < 0) return text.Length;
            at += found + 1;
            if (at >= text.Length || text[at] != (byte)'"') return at;
            at++;
        }
    }
}
