using System.Buffers;
using System.Text.Json;

namespace Flotilla.Images;

/// <summary>The little that is asked of an image's configuration here (OCI image-spec, config.md).</summary>
internal static class ImageConfig
{
    /// <summary>A configuration for layers that came without one. It says nothing that changes from run to run.</summary>
    public static byte[] Minimal(IReadOnlyList<string> diffIds, string architecture)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("architecture", architecture);
            json.WriteString("os", "linux");
            json.WriteStartObject("config");
            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            json.WriteStartArray("diff_ids");
            foreach (var id in diffIds) json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The <c>diff_ids</c> that a configuration names; throws when it is no configuration.</summary>
    public static IReadOnlyList<string> DiffIds(ReadOnlyMemory<byte> config)
    {
        try
        {
            using var json = JsonDocument.Parse(config);
            return [.. json.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString() ?? "")];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw ImageException.Of(ImageFault.BadArchive, "The image's configuration is malformed.", e.Message, "Fetch or write the image again.", e);
        }
    }

    /// <summary>For which machines it is; null when it does not say.</summary>
    public static ImagePlatform? Platform(ReadOnlyMemory<byte> config)
    {
        using var json = JsonDocument.Parse(config);
        return json.RootElement.ValueKind == JsonValueKind.Object && Text("os") is { } system && Text("architecture") is { } architecture
            ? new ImagePlatform(system, architecture, Text("variant")) : null;

        string? Text(string name) =>
            json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
    }
}
