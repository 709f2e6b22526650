using System.Globalization;
using System.Text.Json;

namespace Flotilla.Inspection.Tools.Described;

/// <summary>Points to a value in JSON, by RFC 6901.</summary>
internal static class JsonPointer
{
    /// <summary>The value; null when there is none.</summary>
    public static JsonElement? Find(JsonElement root, string pointer)
    {
        var at = root;
        foreach (var escaped in pointer.Split('/').Skip(1))
        {
            var name = escaped.Replace("~1", "/").Replace("~0", "~");
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member)) at = member;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength()) at = at[index];
            else return null;
        }
        return at;
    }
}
