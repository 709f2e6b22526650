namespace Flotilla.Detection;

/// <summary>Finds the series in a JSON file: where they stand and what they are called. Their points are not looked at.</summary>
internal static class JsonParts
{
    private const string Known =
        "[[unix seconds, value], …], Graphite's [{\"target\": …, \"datapoints\": [[value, unix seconds], …]}, …] or Prometheus' {\"status\": \"success\", \"data\": …}";

    public static IReadOnlyList<SeriesPart> Find(JsonCursor cursor)
    {
        cursor.Peek();
        var whole = new SeriesPart("", cursor.Offset, cursor.Line, TimeFirst: true, IsWhole: true);
        var parts = new List<SeriesPart>();
        if (cursor.TryTake('{'))
        {
            Prometheus(cursor, parts);
        }
        else
        {
            cursor.Take('[');
            if (cursor.Peek() is '[' or ']') return [whole];
            Graphite(cursor, parts);
        }
        cursor.TakeEnd();
        return parts;
    }

    // After the opening bracket: at least one object.
    private static void Graphite(JsonCursor cursor, List<SeriesPart> parts)
    {
        do
        {
            if (cursor.Peek() >= 0 && !cursor.TryTake('{')) throw cursor.Unexpected(Known);
            var line = cursor.Line;
            var target = "";
            SeriesPart? part = null;
            foreach (var key in Keys(cursor))
            {
                if (key == "target") target = cursor.String("the name of a target");
                else if (key == "datapoints") part = Part(cursor, timeFirst: false);
                else cursor.Skip();
            }
            if (part is null) throw cursor.Place.NotASeries(line, Known, "an object without \"datapoints\"");
            parts.Add(part with { Target = target });
        }
        while (cursor.TakeNext(']'));
    }

    // After the opening brace.
    private static void Prometheus(JsonCursor cursor, List<SeriesPart> parts)
    {
        var line = cursor.Line;
        string? status = null;
        var error = "";
        var hasData = false;
        string? first = null;
        foreach (var key in Keys(cursor))
        {
            first ??= key;
            if (key == "status" && cursor.Peek() == '"') status = cursor.String("a status");
            else if (key == "error" && cursor.Peek() == '"') error = cursor.String("an error");
            else if (key == "data" && cursor.TryTake('{')) hasData = Data(cursor, parts) || hasData;
            else cursor.Skip();
        }
        if (status == "error")
        {
            throw cursor.Place.Problem(line, "This is not a series, but an error of Prometheus.", $"It says {SeriesPlace.Excerpt(error)}.",
                "Correct the query and get it again.");
        }
        if (!hasData) throw cursor.Place.NotASeries(line, Known, first is null ? "an empty object" : $"an object that starts with {SeriesPlace.Excerpt(first)}");
    }

    private static bool Data(JsonCursor cursor, List<SeriesPart> parts)
    {
        var hasResult = false;
        foreach (var key in Keys(cursor))
        {
            if (key == "resultType")
            {
                var type = cursor.String("a type of result");
                if (type != "matrix")
                {
                    throw cursor.Place.Problem(cursor.Line, $"This is a Prometheus result of the type {SeriesPlace.Excerpt(type)}, not a series.",
                        "Only \"matrix\" holds values over time.", "Get it from /api/v1/query_range, with start, end and step.");
                }
            }
            else if (key == "result" && cursor.TryTake('['))
            {
                hasResult = true;
                if (cursor.TryTake(']')) continue;
                do Metric(cursor, parts);
                while (cursor.TakeNext(']'));
            }
            else
            {
                cursor.Skip();
            }
        }
        return hasResult;
    }

    private static void Metric(JsonCursor cursor, List<SeriesPart> parts)
    {
        if (!cursor.TryTake('{')) throw cursor.Unexpected("{\"metric\": …, \"values\": [[unix seconds, \"value\"], …]}");
        var line = cursor.Line;
        var name = "{}";
        SeriesPart? part = null;
        foreach (var key in Keys(cursor))
        {
            if (key == "metric" && cursor.TryTake('{')) name = MetricName(cursor);
            else if (key == "values") part = Part(cursor, timeFirst: true);
            else cursor.Skip();
        }
        if (part is null) throw cursor.Place.NotASeries(line, "\"values\" for each metric", $"{SeriesPlace.Excerpt(name)} without them");
        parts.Add(part with { Target = name });
    }

    // As Prometheus writes it: name{label="value"}.
    private static string MetricName(JsonCursor cursor)
    {
        var name = "";
        var labels = new List<string>();
        foreach (var key in Keys(cursor))
        {
            var value = cursor.String("the value of a label");
            if (key == "__name__") name = value;
            else labels.Add($"{key}=\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"");
        }
        return labels.Count > 0 || name.Length == 0 ? $"{name}{{{string.Join(',', labels)}}}" : name;
    }

    private static SeriesPart Part(JsonCursor cursor, bool timeFirst)
    {
        if (cursor.Peek() != '[') throw cursor.Unexpected("an array of pairs");
        var part = new SeriesPart("", cursor.Offset, cursor.Line, timeFirst);
        cursor.Skip();
        return part;
    }

    // After the opening brace, up to and with the closing one; the caller takes the value of each key.
    private static IEnumerable<string> Keys(JsonCursor cursor)
    {
        if (cursor.TryTake('}')) yield break;
        do
        {
            var key = cursor.String("a key in quotes");
            cursor.Take(':');
            yield return key;
        }
        while (cursor.TakeNext('}'));
    }
}
