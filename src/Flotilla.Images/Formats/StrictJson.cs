using System.Text.Json;

namespace Flotilla.Images.Formats;

/// <summary>JSON that means one thing: a name that stands twice is refused, for readers differ in which one they take.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string what)
    {
        try
        {
            return JsonDocument.Parse(bytes, Options);
        }
        catch (JsonException e)
        {
            throw ImageException.Of(ImageFault.BadArchive, $"{what} is malformed.", e.Message, "Fetch or write it again; if that does not help, do not use it.", e);
        }
    }

    /// <summary>The text of a property; null when it is not there or null.</summary>
    public static string? Text(this JsonElement json, string name, string what) =>
        !json.TryProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Bad(what, $"\"{name}\" is no text");

    public static string Required(this JsonElement json, string name, string what) =>
        json.Text(name, what) is { Length: > 0 } text ? text : throw Bad(what, $"it has no \"{name}\"");

    /// <summary>The items of a property; none when it is not there or null.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name, string what) =>
        !json.TryProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
        : throw Bad(what, $"\"{name}\" is no list");

    public static IReadOnlyList<string> Texts(this JsonElement json, string name, string what) =>
        [.. json.Items(name, what).Select(each => each.ValueKind == JsonValueKind.String ? each.GetString()! : throw Bad(what, $"\"{name}\" holds what is no text"))];

    public static bool TryProperty(this JsonElement json, string name, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public static ImageException Bad(string what, string why) =>
        ImageException.Of(ImageFault.BadArchive, $"{what} is not what it should be: {why}.", fix: "Fetch or write it again; if that does not help, do not use it.");
}
