using System.Text.Json.Serialization;
using Flotilla.Detection.Bench;
using Flotilla.Detection.Scoring;

namespace Flotilla.Cli.Bench;

// The shapes of --output json of the commands below bench; those of results and comparisons are the library's.

internal sealed record DetectorsOutput(IReadOnlyList<DetectorOutput> Detectors);

internal sealed record DetectorOutput(
    string Name, IReadOnlyList<string> Groups, string? Summary, string? Cost, string? Memory, string? Source, IReadOnlyList<SettingOutput> Settings);

internal sealed record SettingOutput(string Name, double Value);

internal sealed record GrabOutput(IReadOnlyList<GrabbedOutput> Series);

internal sealed record GrabbedOutput(string Name, string File, int Points, int Missing);

internal sealed record SweepOutput(IReadOnlyList<SweptOutput> Detectors);

internal sealed record SweptOutput(
    string Name, IReadOnlyDictionary<string, double> Settings, double Threshold, int Silence, int Trials,
    IReadOnlyList<string> DevelopmentSeries, IReadOnlyList<string> TestSeries, PartsOutput Before, PartsOutput After)
{
    public static SweptOutput Of(SweepResult result) => new(
        result.Chosen.Name, result.Chosen.Settings, result.Chosen.Threshold, result.Chosen.Silence, result.Trials.Count,
        result.DevelopmentSeries, result.TestSeries, new(result.Before.Development, result.Before.Test), new(result.After.Development, result.After.Test));
}

internal sealed record PartsOutput(Score Development, Score? Test);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DetectorsOutput))]
[JsonSerializable(typeof(GrabOutput))]
[JsonSerializable(typeof(SweepOutput))]
internal sealed partial class BenchCliJson : JsonSerializerContext;
