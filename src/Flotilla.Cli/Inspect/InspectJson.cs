using System.Text.Json.Serialization;

namespace Flotilla.Cli.Inspect;

internal sealed record ProfileOutput(IReadOnlyList<string> Profiles, string? Strictness, IReadOnlyList<string> Uses, string Yaml);

internal sealed record ProfileFindingOutput(string Code, string Message, string Path, int? Line, int? Column);

internal sealed record ToolOutput(string Name, string? Version, string Description, bool RunsByDefault, string Install);

internal sealed record DefectOutput(string Defect, IReadOnlyList<DefectNameOutput> Names);

internal sealed record DefectNameOutput(string Tool, string Code);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ProfileOutput))]
[JsonSerializable(typeof(ProfileFindingOutput[]))]
[JsonSerializable(typeof(ToolOutput[]))]
[JsonSerializable(typeof(DefectOutput[]))]
internal sealed partial class InspectJson : JsonSerializerContext;
