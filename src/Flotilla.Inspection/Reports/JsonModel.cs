using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Flotilla.Inspection.Reports;

// The shape of Prospector's JSON, with additions only. What Prospector writes as null is written as null here.

internal sealed record JsonReport(JsonSummary? Summary, JsonNode? Profile, IReadOnlyList<JsonMessage>? Messages)
{
    /// <summary>The report in this shape.</summary>
    public static JsonReport Of(InspectionReport report, ReportOptions options, string format) => new(
        options.MessagesOnly ? null : JsonSummary.Of(report, format),
        options.Profile is { } profile ? YamlTree.Read(profile) : null,
        options.SummaryOnly ? null : [.. report.Findings.Select(finding => JsonMessage.Of(report, options, finding))]);
}

internal sealed record JsonSummary
{
    public required string Started { get; init; }

    public required IReadOnlyList<string> Libraries { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Strictness { get; init; }

    public required string Profiles { get; init; }

    /// <summary>Those that ran or tried to.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    [JsonPropertyName("message_count")]
    public required int MessageCount { get; init; }

    public required string Completed { get; init; }

    [JsonPropertyName("time_taken")]
    public required string TimeTaken { get; init; }

    [JsonPropertyName("external_config")]
    public string? ExternalConfig { get; init; }

    public required string Formatter { get; init; }

    public required IReadOnlyList<JsonTool> ToolReports { get; init; }

    public required int Suppressed { get; init; }

    public required int Known { get; init; }

    /// <summary>How many, by language.</summary>
    public required IReadOnlyDictionary<string, int> Files { get; init; }

    public static JsonSummary Of(InspectionReport report, string format) => new()
    {
        Started = ReportText.Moment(report.Started),
        Libraries = report.Libraries,
        Strictness = report.Strictness,
        Profiles = string.Join(", ", report.Profiles),
        Tools = [.. report.Tools.Where(tool => tool.State != ToolState.Missing).Select(tool => tool.Name)],
        MessageCount = report.Findings.Count,
        Completed = ReportText.Moment(report.Completed),
        TimeTaken = ReportText.Seconds(report),
        ExternalConfig = report.ExternalConfiguration.Count == 0 ? null : string.Join(", ", report.ExternalConfiguration.Select(each => $"{each.Key}: {each.Value}")),
        Formatter = format,
        ToolReports = [.. report.Tools.Select(JsonTool.Of)],
        Suppressed = report.Suppressed.Count,
        Known = report.Known,
        Files = report.Files,
    };
}

internal sealed record JsonTool(string Name, string State, string? Version, int Files, int Cached, int Findings, double Seconds, JsonProblem? Problem)
{
    public static JsonTool Of(ToolReport tool) => new(
        tool.Name, ReportText.Word(tool.State), tool.Version, tool.Files, tool.Cached, tool.Findings, Math.Round(tool.Elapsed.TotalSeconds, 3),
        tool.Problem is { } problem ? new JsonProblem(problem.What, problem.Where?.ToString(), problem.Why, problem.Fix) : null);
}

internal sealed record JsonProblem(string What, string? Where, string? Why, string? Fix);

internal sealed record JsonMessage(string Source, string Code, JsonLocation Location, string Message)
{
    public required string Severity { get; init; }

    public string? DocUrl { get; init; }

    public required bool IsFixable { get; init; }

    public required IReadOnlyList<JsonName> AlsoReportedBy { get; init; }

    public static JsonMessage Of(InspectionReport report, ReportOptions options, Finding finding)
    {
        var place = finding.Location;
        var location = new JsonLocation(
            ReportText.FilePath(report, options, place.Path), place.Module, place.Function, place.Line, place.Column, place.EndLine, place.EndColumn);
        return new JsonMessage(finding.Tool, finding.Code, location, finding.Message)
        {
            Severity = ReportText.Word(finding.Severity),
            DocUrl = WebAddress.Of(finding.DocUrl),
            IsFixable = finding.IsFixable,
            AlsoReportedBy = [.. finding.AlsoReportedBy.Select(name => new JsonName(name.Tool, name.Code, name.Message))],
        };
    }
}

/// <summary>Lines and characters count from 1; the end is the character after the last.</summary>
internal sealed record JsonLocation(
    string Path,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Module,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Function,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Line,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Character,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? LineEnd,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? CharacterEnd);

internal sealed record JsonName(string Source, string Code, string Message);

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JsonReport))]
[JsonSerializable(typeof(IReadOnlyList<GitLabIssue>))]
[JsonSerializable(typeof(SarifLog))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;

/// <summary>How JSON is written.</summary>
internal static class ReportJson
{
    // The output is not put into HTML: what matters is that people can read it.
    private static readonly ReportJsonContext Readable = new(new JsonSerializerOptions(ReportJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });

    public static JsonTypeInfo<JsonReport> Report => Readable.JsonReport;

    public static JsonTypeInfo<IReadOnlyList<GitLabIssue>> GitLab => Readable.IReadOnlyListGitLabIssue;

    public static JsonTypeInfo<SarifLog> Sarif => Readable.SarifLog;

    /// <summary>Writes a document and a line feed. Invisible characters are escaped; they can only be in strings.</summary>
    public static void Write<T>(T document, JsonTypeInfo<T> type, TextWriter output)
    {
        var options = new JsonWriterOptions { Encoder = type.Options.Encoder, Indented = type.Options.WriteIndented, NewLine = type.Options.NewLine, SkipValidation = true };
        using (var json = new Utf8JsonWriter(new EscapedText(output), options)) JsonSerializer.Serialize(json, document, type);
        output.Write('\n');
    }

    /// <summary>Writes a part of a document of JSON or YAML with its invisible characters escaped: both have them in double quotes only.</summary>
    public static void WriteEscaped(ReadOnlySpan<char> text, TextWriter output)
    {
        var written = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var beyond = text[at..].IndexOfAnyExceptInRange('\0', '~');
            if (beyond < 0) break;
            at += beyond;
            if (!IsInvisible(text[at])) continue;
            output.Write(text[written..at]);
            output.Write("\\u");
            output.Write(((int)text[at]).ToString("x4", CultureInfo.InvariantCulture));
            written = at + 1;
        }
        output.Write(text[written..]);
    }

    private static bool IsInvisible(char c) => char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    // A document may have many megabytes: it goes on piece by piece.
    private sealed class EscapedText(TextWriter output) : IBufferWriter<byte>
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private byte[] _bytes = new byte[16 * 1024];
        private char[] _chars = [];

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > _bytes.Length) _bytes = new byte[sizeHint];
            return _bytes;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public void Advance(int count)
        {
            if (_chars.Length < Encoding.UTF8.GetMaxCharCount(count)) _chars = new char[Encoding.UTF8.GetMaxCharCount(_bytes.Length)];
            WriteEscaped(_chars.AsSpan(0, _decoder.GetChars(_bytes.AsSpan(0, count), _chars, flush: false)), output);
        }
    }
}
