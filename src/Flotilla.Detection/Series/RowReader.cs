namespace Flotilla.Detection;

/// <summary>Reads the rows of a series in their order.</summary>
internal abstract class RowReader
{
    /// <summary>Reads the next row; false after the last one. A missing value is NaN.</summary>
    public abstract bool TryRead(out Point point);

    /// <summary>The line of the row that was read last.</summary>
    public abstract int Line { get; }

    /// <summary>Which row that was: a number that <see cref="Name"/> understands.</summary>
    public abstract long Row { get; }

    /// <summary>A row as problems call it: <c>line 12</c>, <c>point 11</c>.</summary>
    public abstract string Name(long row);

    /// <summary>Reads a time, or throws the problem with it.</summary>
    protected DateTimeOffset TimeOf(ReadOnlySpan<byte> text, SeriesPlace place)
    {
        var kind = TimeText.Read(text, out var at);
        return kind == TimeKind.Time ? at : throw Wrong(kind, text, place);
    }

    /// <summary>Reads a value, or throws the problem with it.</summary>
    protected double ValueOf(ReadOnlySpan<byte> text, SeriesPlace place) => NumberText.Read(text, out var value) switch
    {
        ValueKind.Infinite => throw place.Problem(Line, $"The value {SeriesPlace.Excerpt(text)} of {Name(Row)} is infinite.",
            "A series has finite values; a division by zero often gives this.", "Write null (in CSV: nothing) where there is no value, or the largest value that can be."),
        ValueKind.Other => throw place.Problem(Line, $"The value {SeriesPlace.Excerpt(text)} of {Name(Row)} is not a number.",
            fix: "Write a number such as 3.5, with a point, or null (in CSV: nothing) where there is no value."),
        _ => value,
    };

    private Flotilla.Core.ProblemException Wrong(TimeKind kind, ReadOnlySpan<byte> text, SeriesPlace place)
    {
        if (kind == TimeKind.Other)
        {
            return place.Problem(Line, $"The time {SeriesPlace.Excerpt(text)} of {Name(Row)} is not a time.",
                fix: "Write unix seconds such as 1442425500, or 2015-09-16T17:45:00Z.");
        }
        var (unit, divisor) = (NumberText.TryParse(text, out var number) ? number : double.NaN) switch
        {
            <= TimeText.SecondsMax * 1e3 => ("milliseconds", 1e3m),
            <= TimeText.SecondsMax * 1e6 => ("microseconds", 1e6m),
            <= TimeText.SecondsMax * 1e9 => ("nanoseconds", 1e9m),
            _ => ("", 0m),
        };
        if (divisor == 0)
        {
            return place.Problem(Line, $"The time {SeriesPlace.Excerpt(text)} of {Name(Row)} is too large for a time.",
                fix: "Write unix seconds such as 1442425500, or 2015-09-16T17:45:00Z.");
        }
        var seconds = Math.Round((decimal)number / divisor, 3);
        var at = TimeText.Show(DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)));
        return place.Problem(Line, $"The time {SeriesPlace.Excerpt(text)} of {Name(Row)} is in {unit}.",
            $"Times are unix seconds; read as {unit} it is {at}, read as seconds it lies after the year 2286.",
            FormattableString.Invariant($"Divide every time by {divisor:0}: {SeriesPlace.Excerpt(text)} becomes {seconds:0.###}."));
    }
}
