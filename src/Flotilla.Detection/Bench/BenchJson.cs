using System.Text.Json.Serialization;

namespace Flotilla.Detection.Bench;

/// <summary>The JSON of results and comparisons: snake case, what is null is left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(Comparison))]
internal sealed partial class BenchJson : JsonSerializerContext;
