using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flotilla.Core;
using Flotilla.Inspection.Fingerprints;

namespace Flotilla.Inspection.Changes;

/// <summary>The file of a <see cref="Baseline"/>.</summary>
internal static class BaselineFile
{
    private const string Format = "flotilla-baseline";
    private const int Version = 1;
    private const string Anew = "Write the baseline anew from a tree whose findings you accept.";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Temporary(string path) => $"{path}.{Environment.ProcessId}.new";

    public static void Write(Baseline baseline, string path)
    {
        var text = new StringBuilder();
        text.Append("{\n  \"format\": \"").Append(Format).Append("\",\n  \"version\": ").Append(Version).Append(",\n  \"fingerprints\": \"").Append(Fingerprint.Scheme).Append("\",\n  \"findings\": [");
        for (var i = 0; i < baseline.Entries.Count; i++) text.Append(i == 0 ? "\n    " : ",\n    ").Append(Line(baseline.Entries[i]));
        text.Append(baseline.Entries.Count == 0 ? "]\n}\n" : "\n  ]\n}\n");
        try
        {
            var full = Path.GetFullPath(path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var temporary = Temporary(full);
            File.WriteAllText(temporary, text.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("The baseline cannot be written.", new SourceLocation(path, 0), failure.Message, "Name a file in a folder that you may write."), failure);
        }
    }

    private static string Line(BaselineEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteString("path", entry.Path);
            json.WriteString("tool", entry.Tool);
            json.WriteString("code", entry.Code);
            json.WriteString("message", entry.Message);
            json.WriteString("fingerprint", entry.Fingerprint);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static Baseline Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("The baseline cannot be read.", new SourceLocation(path, 0), failure.Message, "Name a file that holds a baseline, or write one first."), failure);
        }
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        var reader = new Utf8JsonReader(text);
        try
        {
            return Read(ref reader, text, path);
        }
        catch (JsonException broken)
        {
            var line = (int)(broken.LineNumber ?? 0);
            var conflict = Encoding.UTF8.GetString(text).Split('\n').ElementAtOrDefault(line)?.TrimStart() is { } at && (at.StartsWith("<<<<<<<", StringComparison.Ordinal) || at.StartsWith("=======", StringComparison.Ordinal) || at.StartsWith(">>>>>>>", StringComparison.Ordinal));
            throw new ProblemException(new Problem("The baseline is no JSON.", new SourceLocation(path, line + 1) { Column = (int)(broken.BytePositionInLine ?? 0) + 1 },
                conflict ? "A conflict of a merge stands in it." : "The text ends or goes on where it must not.", conflict ? "Keep the lines of both sides and remove the marks." : Anew), broken);
        }
    }

    private static Baseline Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, string path)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Wrong(text, path, 0, "The file is no baseline.", "It is no JSON object.", Anew);
        List<BaselineEntry>? entries = null;
        string? format = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var at = reader.TokenStartIndex;
            switch (name)
            {
                case "format":
                    format = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    if (format != Format) throw Wrong(text, path, at, "The file is no baseline.", $"Its format is not \"{Format}\".", Anew);
                    break;
                case "version":
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var version) || version != Version)
                        throw Wrong(text, path, at, "The baseline is of another version.", $"This program reads version {Version}.", $"Use the program that wrote it, or write it anew.");
                    break;
                case "fingerprints":
                    if (reader.TokenType != JsonTokenType.String || reader.GetString() != Fingerprint.Scheme)
                        throw Wrong(text, path, at, "The baseline's fingerprints are made in another way.", $"This program makes \"{Fingerprint.Scheme}\".", Anew);
                    break;
                case "findings":
                    if (reader.TokenType != JsonTokenType.StartArray) throw Wrong(text, path, at, "\"findings\" is no list.", null, Anew);
                    entries = [];
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) entries.Add(Entry(ref reader, text, path));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        while (reader.Read())
        {
        }
        if (format is null) throw Wrong(text, path, 0, "The file is no baseline.", $"It has no \"format\": \"{Format}\".", Anew);
        return new Baseline(entries ?? throw Wrong(text, path, 0, "The baseline has no findings.", "There is no list \"findings\".", Anew));
    }

    private static BaselineEntry Entry(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, string path)
    {
        var start = reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject) throw Wrong(text, path, start, "A known finding is no object.", null, "Remove it.");
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String) said[name] = reader.GetString()!;
            else reader.Skip();
        }
        foreach (var name in (string[])["path", "tool", "code", "message", "fingerprint"])
            if (!said.ContainsKey(name)) throw Wrong(text, path, start, $"A known finding has no \"{name}\".", null, "Remove the line.");
        if (said["fingerprint"] is not { Length: 32 } digits || !digits.All(char.IsAsciiHexDigitLower))
            throw Wrong(text, path, start, "A known finding's fingerprint is none.", "It is 32 hexadecimal digits.", "Remove the line.");
        return new BaselineEntry(said["path"], said["tool"], said["code"], said["message"], digits);
    }

    private static ProblemException Wrong(ReadOnlySpan<byte> text, string path, long index, string what, string? why, string fix) =>
        new(new Problem(what, new SourceLocation(path, 1 + text[..(int)index].Count((byte)'\n')), why, fix));
}
