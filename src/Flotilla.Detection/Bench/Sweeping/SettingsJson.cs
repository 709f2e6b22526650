using System.Text.Json.Serialization;

namespace Flotilla.Detection.Bench;

/// <summary>The JSON form of <see cref="DetectorSettingsFile"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SettingsShape))]
internal sealed partial class SettingsJson : JsonSerializerContext;

internal sealed record SettingsShape(IReadOnlyList<SettingsShape.Detector?>? Detectors, string? Note = null)
{
    internal sealed record Detector(string? Name, Dictionary<string, double>? Settings = null, double? Threshold = null, int? Silence = null);
}
