namespace Flotilla.Detection;

/// <summary>The rows of a JSON array of pairs: <c>[[time, value], …]</c> or <c>[[value, time], …]</c>.</summary>
internal sealed class PairRows(JsonCursor cursor, SeriesPart part) : RowReader
{
    private const string Expected = "a pair [unix seconds, value]";
    private const string ExpectedReversed = "a pair [value, unix seconds]";
    private long _position = -1;
    private bool _closed;

    public override int Line => cursor.Line;

    public override long Row => _position;

    public override string Name(long row) => part.Target.Length > 0 ? $"point {row} of {SeriesPlace.Excerpt(part.Target)}" : $"point {row}";

    public override bool TryRead(out Point point)
    {
        point = default;
        if (_closed) return false;
        if (_position < 0) cursor.Take('[');
        if (_position < 0 ? cursor.TryTake(']') : !cursor.TakeNext(']'))
        {
            _closed = true;
            if (part.IsWhole) cursor.TakeEnd();
            return false;
        }
        _position++;
        var timeFirst = part.TimeFirst;
        var expected = timeFirst ? Expected : ExpectedReversed;
        if (!cursor.TryTake('[')) throw cursor.Unexpected(expected);
        var at = timeFirst ? Time(expected) : default;
        var value = timeFirst ? 0 : Value(expected);
        if (!cursor.TryTake(',')) throw cursor.Unexpected(expected);
        if (timeFirst) value = Value(expected);
        else at = Time(expected);
        if (!cursor.TryTake(']')) throw cursor.Unexpected(expected);
        point = new Point(at, value);
        return true;
    }

    private DateTimeOffset Time(string expected) => TimeOf(cursor.Scalar(expected), cursor.Place);

    private double Value(string expected) => ValueOf(cursor.Scalar(expected), cursor.Place);
}
