using System.Buffers;
using System.Text.Json;

namespace Flotilla.Images.Formats;

/// <summary>Configuration and layers of an image (OCI image-spec, manifest.md; Docker's manifest version 2, schema 2).</summary>
internal sealed record ImageManifest(Descriptor Config, IReadOnlyList<Descriptor> Layers)
{
    public const int BytesMax = 4 << 20;
    public const int ConfigBytesMax = 16 << 20;

    public static ImageManifest Read(ReadOnlyMemory<byte> bytes, string what)
    {
        using var json = StrictJson.Parse(bytes, what);
        var root = json.RootElement;
        CheckSchema(root, what);
        if (!root.TryProperty("config", out var config)) throw StrictJson.Bad(what, "it names no configuration");
        var manifest = new ImageManifest(Descriptor.Read(config, what), [.. root.Items("layers", what).Select(each => Descriptor.Read(each, what))]);
        if (!MediaTypes.IsConfig(manifest.Config.MediaType) || manifest.Layers.Any(layer => !MediaTypes.IsLayer(layer.MediaType)))
            throw ImageException.Of(ImageFault.Unsupported, $"{what} is no image of a root file system, but {root.Text("artifactType", what) ?? manifest.Config.MediaType}.", fix: "Name a container image.");
        return manifest;
    }

    /// <summary>Whether the bytes are an index of manifests rather than a manifest, whatever type they were sent with.</summary>
    public static bool IsIndex(ReadOnlyMemory<byte> bytes, string what)
    {
        using var json = StrictJson.Parse(bytes, what);
        return json.RootElement.TryProperty("manifests", out _) && !json.RootElement.TryProperty("config", out _);
    }

    /// <summary>The manifests that an index lists.</summary>
    public static IReadOnlyList<Descriptor> ReadIndex(ReadOnlyMemory<byte> bytes, string what)
    {
        using var json = StrictJson.Parse(bytes, what);
        CheckSchema(json.RootElement, what);
        return [.. json.RootElement.Items("manifests", what).Select(each => Descriptor.Read(each, what))];
    }

    /// <summary>The one of an index that is for a platform.</summary>
    public static Descriptor Choose(IReadOnlyList<Descriptor> offered, ImagePlatform platform, string what)
    {
        // Attestations stand beside the images, for the platform unknown/unknown.
        var images = offered.Where(each => each.Platform is not { System: "unknown" }).ToList();
        if (images.Count == 1 && images[0].Platform is null) return images[0];
        return images.Find(each => each.Platform is { } its && platform == its)
            ?? images.Find(each => each.Platform is { } its && platform.Accepts(its))
            ?? throw ImageException.Of(ImageFault.NotFound, $"{what} has nothing for {platform}.",
                images.Count == 0 ? "it lists no image." : $"it has {string.Join(", ", images.Select(each => each.Platform?.ToString() ?? "an image of no platform").Distinct())}.", "Choose one of its platforms with --platform.");
    }

    public byte[] ToBytes(bool docker = false) => Write(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", docker ? MediaTypes.DockerManifest : MediaTypes.OciManifest);
        json.WritePropertyName("config");
        Config.Write(json);
        json.WriteStartArray("layers");
        foreach (var layer in Layers) layer.Write(json);
        json.WriteEndArray();
    });

    public static byte[] IndexBytes(IEnumerable<Descriptor> manifests) => Write(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciIndex);
        json.WriteStartArray("manifests");
        foreach (var manifest in manifests) manifest.Write(json);
        json.WriteEndArray();
    });

    private static byte[] Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void CheckSchema(JsonElement root, string what)
    {
        if (root.ValueKind != JsonValueKind.Object) throw StrictJson.Bad(what, "it is no object");
        if (root.TryProperty("schemaVersion", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == 2) return;
        throw ImageException.Of(ImageFault.Unsupported, $"{what} has a schema that is not supported.", "only version 2 is.", "Push or write the image again with a tool of this decade.");
    }
}
