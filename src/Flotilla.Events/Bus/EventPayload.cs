using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>
/// The bytes that an event, a query or an answer carries. They never change; two payloads are equal when their
/// bytes are.
/// </summary>
public sealed class EventPayload : IEquatable<EventPayload>
{
    private const int ShownCharactersMax = 80;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly SearchValues<byte> ControlBytes =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(b => b is not ('\t' or '\n' or '\r')).Select(b => (byte)b), 127]);

    private readonly byte[] _bytes;

    private EventPayload(byte[] bytes) => _bytes = bytes;

    /// <summary>No bytes at all.</summary>
    public static EventPayload Empty { get; } = new([]);

    /// <summary>The bytes themselves.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>How many bytes there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes read as UTF-8; what is not UTF-8 becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(_bytes);

    /// <summary>A copy of these bytes.</summary>
    public static EventPayload FromBytes(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? Empty : new(bytes.ToArray());

    /// <summary>This text as UTF-8.</summary>
    public static EventPayload FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? Empty : new(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>This value as JSON, with camelCase names and enum values by name.</summary>
    /// <exception cref="NotSupportedException">The type has no JSON form.</exception>
    /// <exception cref="JsonException">The value has no JSON form: it contains itself.</exception>
    public static EventPayload FromJson<T>(T value) => new(JsonSerializer.SerializeToUtf8Bytes(value, Json));

    /// <summary>
    /// The value whose JSON form this is. Names are compared without regard to case; unknown ones are left aside.
    /// </summary>
    /// <exception cref="ProblemException">The bytes are not JSON, not of this type, or <c>null</c>.</exception>
    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(_bytes, Json)
                ?? throw new ProblemException(NotReadable<T>("It is the JSON value null."));
        }
        catch (JsonException error)
        {
            throw new ProblemException(NotReadable<T>(Reason(error)), error);
        }
    }

    /// <summary>
    /// What a handler returned, as an answer: null is empty, text and bytes are themselves, everything else becomes JSON.
    /// </summary>
    internal static EventPayload FromResult(object? result) => result switch
    {
        null => Empty,
        EventPayload payload => payload,
        string text => FromText(text),
        byte[] bytes => FromBytes(bytes),
        ReadOnlyMemory<byte> bytes => FromBytes(bytes.Span),
        _ => new(JsonSerializer.SerializeToUtf8Bytes(result, result.GetType(), Json)),
    };

    /// <inheritdoc/>
    public bool Equals(EventPayload? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EventPayload);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>
    /// The text, shortened to 80 characters and on one line; for bytes that are no text, how many there are.
    /// </summary>
    public override string ToString()
    {
        if (_bytes.Length == 0) return "";
        if (!System.Text.Unicode.Utf8.IsValid(_bytes) || _bytes.AsSpan().ContainsAny(ControlBytes))
            return $"<{_bytes.Length:N0} bytes>";
        return Shorten(Text);
    }

    private Problem NotReadable<T>(string why) => new(
        $"The payload cannot be read as {typeof(T).Name}: \"{this}\".",
        Why: why,
        Fix: $"Send it with {nameof(EventPayload)}.{nameof(FromJson)}, or read it with {nameof(Text)}.");

    private string Reason(JsonException error)
    {
        if (_bytes.Length == 0) return "It is empty.";
        try
        {
            using var document = JsonDocument.Parse(_bytes);
            return $"It is JSON, but the value at {error.Path} does not fit.";
        }
        catch (JsonException parse)
        {
            return $"It is not JSON from line {parse.LineNumber + 1}, byte {parse.BytePositionInLine + 1} on.";
        }
    }

    private static string Shorten(string text)
    {
        var line = text.Replace('\r', ' ').Replace('\n', ' ').Replace('\t', ' ');
        if (line.Length <= ShownCharactersMax) return line;
        var end = char.IsHighSurrogate(line[ShownCharactersMax - 2]) ? ShownCharactersMax - 2 : ShownCharactersMax - 1;
        return string.Concat(line.AsSpan(0, end), "…");
    }
}
