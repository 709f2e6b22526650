using System.Text.Json;

namespace Flotilla.Images.Formats;

/// <summary>What points at a blob (OCI image-spec, descriptor.md).</summary>
internal sealed record Descriptor(string MediaType, string Digest, long Size, ImagePlatform? Platform = null, string? RefName = null)
{
    public const string RefNameKey = "org.opencontainers.image.ref.name";

    public static Descriptor Read(JsonElement json, string what)
    {
        var digest = json.Required("digest", what);
        if (!Formats.Digest.Is(digest))
            throw digest.StartsWith("sha512:", StringComparison.Ordinal)
                ? ImageException.Of(ImageFault.Unsupported, $"{what} names {digest}; only sha256 is supported.", fix: "Write the image with sha256 digests.")
                : StrictJson.Bad(what, $"\"{digest}\" is no digest");
        if (!json.TryProperty("size", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var size) || size < 0)
            throw StrictJson.Bad(what, $"{digest} has no size");
        ImagePlatform? platform = null;
        if (json.TryProperty("platform", out var said))
            platform = new ImagePlatform(said.Text("os", what) ?? "", said.Text("architecture", what) ?? "", said.Text("variant", what));
        var refName = json.TryProperty("annotations", out var notes) ? notes.Text(RefNameKey, what) : null;
        return new Descriptor(json.Text("mediaType", what) ?? "", digest, size, platform, refName);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", MediaType);
        json.WriteString("digest", Digest);
        json.WriteNumber("size", Size);
        if (Platform is { } platform)
        {
            json.WriteStartObject("platform");
            json.WriteString("architecture", platform.Architecture);
            json.WriteString("os", platform.System);
            if (platform.Variant is { } variant) json.WriteString("variant", variant);
            json.WriteEndObject();
        }
        if (RefName is { } name)
        {
            json.WriteStartObject("annotations");
            json.WriteString(RefNameKey, name);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
