using System.Globalization;
using System.Text.Json;
using Flotilla.Core;

namespace Flotilla.Detection.Scoring;

/// <summary>Reads labels token by token, so that every mistake has its line.</summary>
internal ref struct LabelsReader
{
    private const string Shape = """Write an object of series: {"folder/series.csv": [["2014-04-10 07:15:00", "2014-04-11 16:45:00"]]}.""";

    private readonly string _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<Problem> _problems = [];
    private readonly List<KeyValuePair<string, IReadOnlyList<LabelSpan>>> _entries = [];
    private Utf8JsonReader _json;

    private LabelsReader(ReadOnlySpan<byte> bytes, string file)
    {
        _file = file;
        _bytes = bytes;
        _json = new(bytes);
    }

    public static Labels Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var reader = new LabelsReader(bytes, file);
        try
        {
            reader.ReadAll();
        }
        catch (JsonException e)
        {
            var why = e.Message.Split(" LineNumber:", 2)[0];
            throw new ProblemException(new Problem("This is not JSON.", new(file, (int)(e.LineNumber ?? 0) + 1), why, Shape), e);
        }
        catch (InvalidOperationException e)
        {
            throw new ProblemException(new Problem("This is not JSON.", new(file, reader.Line()), "A string holds bytes or escapes that are no text.", Shape), e);
        }
        if (reader._problems.Count > 0) throw new ProblemException(reader._problems);
        return new(file, reader._entries);
    }

    private void ReadAll()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Wrong($"Labels are an object, not {Kind(_json.TokenType)}.", Shape);
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var path = _json.GetString()!;
            if (!seen.Add(path)) Wrong($"{path} stands here a second time.", "Put all labels of a series into one list.");
            _json.Read();
            _entries.Add(new(path, ReadSeries(path)));
        }
        // The rest must be white space.
        while (_json.Read()) { }
    }

    private List<LabelSpan> ReadSeries(string path)
    {
        var spans = new List<LabelSpan>();
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            Wrong($"The labels of {path} are a list, not {Kind(_json.TokenType)}.", Shape);
            _json.Skip();
            return spans;
        }
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            if (ReadSpan(path) is { } span) spans.Add(span);
        // Stable, so that of two that overlap the later one in the file is named.
        spans = [.. spans.OrderBy(span => span.First)];
        foreach (var (before, span) in spans.Zip(spans.Skip(1)))
        {
            if (span.First > before.Last) continue;
            _problems.Add(new($"The label {Text(span)} of {path} overlaps {Text(before)}.", new SourceLocation(_file, span.Line), Fix: "Make them one, or part them."));
        }
        return spans;
    }

    private LabelSpan? ReadSpan(string path)
    {
        var line = Line();
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            Wrong($"A label of {path} is a list of its first and last time, not {Kind(_json.TokenType)}.", Shape);
            _json.Skip();
            return null;
        }
        var times = new List<DateTimeOffset>();
        var items = 0;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            items++;
            if (ReadTime(path) is { } time) times.Add(time);
        }
        if (items != 2)
        {
            Wrong($"A label of {path} has {items} times; it takes two, the first and the last.", Shape, line);
            return null;
        }
        if (times.Count != 2) return null;
        var span = new LabelSpan(times[0], times[1], line);
        if (span.First <= span.Last) return span;
        Wrong($"The label {Text(span)} of {path} ends before it begins.", "Put the earlier time first.", line);
        return null;
    }

    private DateTimeOffset? ReadTime(string path)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (_json.TokenType != JsonTokenType.String)
        {
            Wrong($"A time in the labels of {path} is a string, not {Kind(_json.TokenType)}.", "Write it as \"2014-04-10 07:15:00\".");
            _json.Skip();
            return null;
        }
        var text = _json.GetString()!;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var time)) return time;
        Wrong($"\"{text}\" in the labels of {path} is not a time.", "Write it as \"2014-04-10 07:15:00\".");
        return null;
    }

    private void Wrong(string what, string fix, int? line = null) => _problems.Add(new(what, new SourceLocation(_file, line ?? Line()), Fix: fix));

    private readonly int Line() => _bytes[..(int)_json.TokenStartIndex].Count((byte)'\n') + 1;

    private static string Text(LabelSpan span) => $"{Labels.Text(span.First)} to {Labels.Text(span.Last)}";

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
