using System.Text.Json;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Described;

/// <summary>Reads results of SARIF 2.1.0 (OASIS): rule, level, text, the first place, and the rule's page.</summary>
internal static class SarifReader
{
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It is no SARIF.</exception>
    public static List<Finding> Read(string tool, string output, ToolPaths paths, string code)
    {
        using var json = JsonDocument.Parse(output);
        if (JsonPointer.Find(json.RootElement, "/runs") is not { ValueKind: JsonValueKind.Array } runs) throw new FormatException("It has no list \"runs\":");
        var findings = new List<Finding>();
        foreach (var run in runs.EnumerateArray())
        {
            var rules = Rules(run);
            if (JsonPointer.Find(run, "/results") is not { ValueKind: JsonValueKind.Array } results) continue;
            foreach (var result in results.EnumerateArray())
            {
                // What the code's author silenced is no finding.
                if (JsonPointer.Find(result, "/suppressions") is { ValueKind: JsonValueKind.Array } silenced && silenced.GetArrayLength() > 0) continue;
                var index = Number(result, "/ruleIndex") ?? Number(result, "/rule/index");
                var id = Text(result, "/ruleId") ?? Text(result, "/rule/id") ?? (index is { } i && i < rules.Count ? rules[i].Id : null) ?? code;
                var rule = rules.Find(each => each.Id == id);
                var region = JsonPointer.Find(result, "/locations/0/physicalLocation/region");
                var path = Text(result, "/locations/0/physicalLocation/artifactLocation/uri");
                findings.Add(new Finding(tool, id, Text(result, "/message/text") ?? rule?.Text ?? id, new FindingLocation(path is null ? "." : paths.Of(PathOf(path)), Number(region, "/startLine"), Number(region, "/startColumn"))
                {
                    EndLine = Number(region, "/endLine"),
                    EndColumn = Number(region, "/endColumn"),
                })
                {
                    DocUrl = rule?.Page,
                    Severity = (Text(result, "/level") ?? rule?.Level) switch { "error" => Severity.Error, "note" or "none" => Severity.Note, _ => Severity.Warning },
                });
            }
        }
        return findings;
    }

    private sealed record Rule(string Id, string? Text, string? Page, string? Level);

    private static List<Rule> Rules(JsonElement run) => JsonPointer.Find(run, "/tool/driver/rules") is { ValueKind: JsonValueKind.Array } rules
        ? [.. rules.EnumerateArray().Select(rule => new Rule(Text(rule, "/id") ?? "", Text(rule, "/shortDescription/text"), Text(rule, "/helpUri"), Text(rule, "/defaultConfiguration/level")))] : [];

    private static string PathOf(string uri) => uri.StartsWith("file://", StringComparison.Ordinal) && Uri.TryCreate(uri, UriKind.Absolute, out var absolute) ? absolute.LocalPath : Uri.UnescapeDataString(uri);

    private static string? Text(JsonElement? at, string pointer) => at is { } element && JsonPointer.Find(element, pointer) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static int? Number(JsonElement? at, string pointer) => at is { } element && JsonPointer.Find(element, pointer) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value >= 0 ? value : null;
}
