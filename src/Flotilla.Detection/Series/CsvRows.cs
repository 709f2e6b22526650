namespace Flotilla.Detection;

/// <summary>The rows of a CSV file (RFC 4180, with comma, semicolon or tab). Blank lines are no rows.</summary>
internal sealed class CsvRows : RowReader
{
    private const int HeadRecords = 32;
    private readonly ByteSource _source;
    private readonly Queue<CsvRecord> _head = new();
    private readonly CsvLayout _layout;
    private int _line;

    /// <param name="source">Stands at the first row.</param>
    /// <param name="column">The column of values, by name or number from 1; null for the only one.</param>
    public CsvRows(ByteSource source, string? column)
    {
        _source = source;
        while (_head.Count < HeadRecords && TryReadRecord(out var record)) _head.Enqueue(new CsvRecord(record.ToArray(), _line));
        if (_head.Count == 0) throw source.Place.Problem(0, "The file is empty.", fix: "Remove it, or fill it again.");
        _layout = CsvLayout.Of([.. _head], column, source.Place);
        if (_layout.HasHeader) _head.Dequeue();
    }

    public override int Line => _line;

    public override long Row => _line;

    public override string Name(long row) => $"line {row}";

    public override bool TryRead(out Point point)
    {
        if (_head.TryDequeue(out var kept))
        {
            _line = kept.Line;
            point = Parse(kept.Text);
            return true;
        }
        if (TryReadRecord(out var record))
        {
            point = Parse(record);
            return true;
        }
        point = default;
        return false;
    }

    private Point Parse(ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<byte> time = default;
        ReadOnlySpan<byte> value = default;
        var fields = new CsvFields(record, _layout.Separator);
        var count = 0;
        while (fields.TryTake(out var field))
        {
            if (count == _layout.Time) time = field;
            else if (count == _layout.Value) value = field;
            else if (count >= _layout.Columns && !field.IsEmpty) throw WrongCount(record);
            count++;
        }
        if (count < _layout.Columns) throw WrongCount(record);
        return new Point(TimeOf(time, _source.Place), ValueOf(value, _source.Place));
    }

    // Without the end of its line. A line end in quotes does not end it.
    private bool TryReadRecord(out ReadOnlySpan<byte> record)
    {
        while (TryReadLine(out record))
        {
            if (!record.Trim((byte)' ').IsEmpty) return true;
        }
        return false;
    }

    private bool TryReadLine(out ReadOnlySpan<byte> record)
    {
        _line = _source.Line;
        var searched = 0;
        var quoted = false;
        while (true)
        {
            var unread = _source.Unread;
            var found = unread[searched..].IndexOfAny((byte)'\n', (byte)'"');
            if (found < 0)
            {
                searched = unread.Length;
                if (_source.Fill()) continue;
                if (quoted) throw _source.Place.Problem(_line, "A quote that opens in this row is never closed.", fix: "Close it, or double a quote that belongs to a field.");
                record = unread.TrimEnd((byte)'\r');
                _source.Advance(unread.Length);
                return !unread.IsEmpty;
            }
            searched += found + 1;
            if (unread[searched - 1] == (byte)'"')
            {
                quoted = !quoted;
                continue;
            }
            _source.Line++;
            if (quoted) continue;
            record = unread[..(searched - 1)].TrimEnd((byte)'\r');
            _source.Advance(searched);
            return true;
        }
    }

    private Flotilla.Core.ProblemException WrongCount(ReadOnlySpan<byte> record)
    {
        var count = 0;
        var fields = new CsvFields(record, _layout.Separator);
        while (fields.TryTake(out _)) count++;
        return _source.Place.Problem(_line, $"The row has {count} {(count == 1 ? "column" : "columns")} where {_layout.Columns} are expected.", $"It is {SeriesPlace.Excerpt(record)}.",
            "Complete it, or put quotes around a field that holds the separator.");
    }
}
