using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Flotilla.Detection.Scoring;

namespace Flotilla.Detection.Reports;

/// <summary>
/// A series as the page's script reads it: JSON with the times as steps, the values as the bytes of doubles in base64, and a
/// score as two characters. JSON's escapes of <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and of what is not ASCII keep it inside its element.
/// </summary>
internal static class EmbeddedSeries
{
    /// <summary>Where a score is missing.</summary>
    public const int MissingScore = 4095;

    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Writes one object; the returned text is ASCII.</summary>
    public static string Write(ReportSeries series, int pointsMax)
    {
        var result = series.Result;
        var points = series.Points!.Points;
        var kept = Thinning.Keep(series, pointsMax);
        var positions = kept ?? [.. Enumerable.Range(0, points.Count)];

        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("path", result.Path);
        json.WriteNumber("points", result.Points);
        if (kept is not null) WriteSteps(json, "positions", kept);
        WriteTimes(json, points, positions);
        // Written as it is: the escape of + would make three characters of one.
        json.WritePropertyName("values");
        json.WriteRawValue($"\"{Values(points, positions)}\"", skipInputValidation: true);
        if (result.Labels is { } labels)
        {
            json.WriteNumber("probation", NabScorer.Probation(result.Points));
            json.WriteStartArray("labels");
            foreach (var window in labels)
            {
                json.WriteStartArray();
                json.WriteNumberValue(window.First);
                json.WriteNumberValue(window.Last);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        json.WriteStartArray("detectors");
        foreach (var (index, detector) in result.Detectors.Index())
        {
            json.WriteStartObject();
            json.WriteString("name", detector.Name);
            json.WriteString("summary", CardText.Summary(series, index));
            WriteSteps(json, "anomalies", detector.Anomalies);
            if (result.Labels is not null)
            {
                json.WriteStartArray("firsts");
                foreach (var first in series.Alerts[index].Firsts) json.WriteNumberValue(first ?? -1);
                json.WriteEndArray();
            }
            if (detector.Scores is { } scores) json.WriteString("scores", Scores(scores, positions));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return Encoding.ASCII.GetString(bytes.WrittenSpan);
    }

    /// <summary>
    /// A score in thousandths of the height of its picture: up to the limit, 1, as it is; above it 1 + log₁₀, up to 1,000 times
    /// the limit. So a score over the limit is over 1,000 here, and one that is not is not.
    /// </summary>
    public static int Level(double? score) => score switch
    {
        null => MissingScore,
        <= 1 => (int)Math.Round(1000 * score.Value),
        _ => Math.Clamp((int)Math.Round(1000 * (1 + Math.Log10(score.Value))), 1001, 4000),
    };

    // Ascending numbers as the first and the differences: fewer digits.
    private static void WriteSteps(Utf8JsonWriter json, string name, IReadOnlyList<int> ascending)
    {
        json.WriteStartArray(name);
        var before = 0;
        foreach (var each in ascending)
        {
            json.WriteNumberValue(each - before);
            before = each;
        }
        json.WriteEndArray();
    }

    // Times are the first in milliseconds since 1970, then pairs: a difference, and how many times it comes in a row.
    private static void WriteTimes(Utf8JsonWriter json, IReadOnlyList<Point> points, IReadOnlyList<int> positions)
    {
        json.WriteNumber("start", (points[positions[0]].At - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        json.WriteStartArray("steps");
        for (var i = 1; i < positions.Count;)
        {
            var step = Step(i);
            var next = i + 1;
            while (next < positions.Count && Step(next) == step) next++;
            json.WriteNumberValue(step.TotalMilliseconds);
            json.WriteNumberValue(next - i);
            i = next;
        }
        json.WriteEndArray();

        TimeSpan Step(int i) => points[positions[i]].At - points[positions[i - 1]].At;
    }

    private static string Values(IReadOnlyList<Point> points, IReadOnlyList<int> positions)
    {
        var bytes = new byte[8 * positions.Count];
        for (var i = 0; i < positions.Count; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), points[positions[i]].Value);
        return Convert.ToBase64String(bytes);
    }

    private static string Scores(IReadOnlyList<double?> scores, IReadOnlyList<int> positions) =>
        string.Create(2 * positions.Count, (scores, positions), static (text, state) =>
        {
            for (var i = 0; i < state.positions.Count; i++)
            {
                var position = state.positions[i];
                // A detector that gave up has no scores from there on.
                var level = Level(position < state.scores.Count ? state.scores[position] : null);
                text[2 * i] = Digits[level >> 6];
                text[2 * i + 1] = Digits[level & 63];
            }
        });
}
