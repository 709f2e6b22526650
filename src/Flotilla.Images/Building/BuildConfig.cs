using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Images.Configuration;

namespace Flotilla.Images.Building;

/// <summary>What a build writes about itself: the image's configuration, and the hash of what it was told.</summary>
internal static class BuildConfig
{
    /// <summary>The upstream's configuration with other layers and one more line of history (OCI image-spec, config.md).</summary>
    /// <param name="upstream">Byte for byte.</param>
    /// <param name="diffIds">Of all layers.</param>
    /// <param name="created">Null for no time.</param>
    /// <param name="createdBy">Who made the last layer; null for a configuration that stays as it is.</param>
    /// <param name="hasLayer">Whether the line of history stands for a layer.</param>
    /// <param name="flat">Whether the history begins anew.</param>
    public static byte[] Write(ReadOnlyMemory<byte> upstream, IReadOnlyList<string> diffIds, DateTimeOffset? created, string createdBy, bool hasLayer, bool flat)
    {
        var root = JsonNode.Parse(upstream.Span) as JsonObject ?? [];
        root.Remove("created");
        var time = created?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        if (time is not null) root["created"] = time;
        root["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. diffIds.Select(id => (JsonNode)id)]) };
        var line = new JsonObject { ["created_by"] = createdBy };
        if (time is not null) line.Insert(0, "created", time);
        if (!hasLayer) line["empty_layer"] = true;
        // A history counts layers, so it goes on only where there was one.
        if (flat) root["history"] = new JsonArray(line);
        else if (root["history"] is JsonArray history) history.Add((JsonNode)line);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>The SHA-256 of the settings of a target: the same for the same words, wherever the folders stand.</summary>
    public static string Sha256(ImageConfiguration configuration, ImageSettings settings, BuildOptions options)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            Text("name", configuration.Name?.Value);
            Text("upstream", configuration.Upstream?.Value);
            Text("target", options.Target);
            json.WriteBoolean("noop", options.Noop);
            json.WriteBoolean("epoch", options.Epoch);
            json.WriteBoolean("flatten", options.Flatten);
            Texts("command", settings.Command?.Value ?? []);
            Text("folder", settings.Folder?.Value);
            Text("user", settings.User?.Value);
            Text("hostname", settings.Hostname?.Value);
            Text("network", settings.Network?.Value.ToString());
            Text("privileged", settings.Privileged?.Value.ToString());
            Texts("mounts", settings.Mounts.Select(each => $"{Path.GetRelativePath(configuration.Folder, each.Value.From)} {each.Value.To} {(each.Value.Writable ? "rw" : "ro")}"));
            Texts("ports", settings.Ports.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Value.Host}:{each.Value.Container}")));
            Texts("dns", settings.Dns.Select(each => each.Value));
            Texts("environment", settings.Environment.Select(each => each.Value.Value is { } value ? $"{each.Key}={value}" : each.Key));
            Texts("limits", settings.Limits.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Value.Name} {each.Value.Soft} {each.Value.Hard}")));
            json.WriteEndObject();

            void Text(string key, string? value)
            {
                if (value is not null) json.WriteString(key, value);
            }

            void Texts(string key, IEnumerable<string> values)
            {
                json.WriteStartArray(key);
                foreach (var value in values) json.WriteStringValue(value);
                json.WriteEndArray();
            }
        }
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }
}
