using System.Text.Json.Nodes;

namespace Flotilla.Inspection.Tests.Reports;

/// <summary>
/// What OASIS' SARIF 2.1.0 (27 March 2020) asks of the objects that are written: the properties that there must be and those there may be (its schema
/// lets no other pass), enumerations, and what refers to what. Numbers are sections.
/// </summary>
internal sealed class SarifShape
{
    private static readonly string[] Levels = ["none", "note", "warning", "error"];

    private readonly List<string> _wrong = [];

    private SarifShape()
    {
    }

    /// <summary>Sentences about what is not as the standard asks; empty for a good log.</summary>
    public static IReadOnlyList<string> Problems(JsonNode log)
    {
        var shape = new SarifShape();
        shape.Log(log.AsObject());
        return shape._wrong;
    }

    private void Log(JsonObject log)
    {
        Members(log, "sarifLog 3.13", ["version", "runs"], ["$schema"]);
        Expect(log["version"]!.GetValue<string>() == "2.1.0", "3.13.2 version");
        foreach (var run in Objects(log["runs"])) Run(run);
    }

    private void Run(JsonObject run)
    {
        Members(run, "run 3.14", ["tool"], ["invocations", "originalUriBaseIds", "artifacts", "results", "properties", "columnKind"]);
        Expect(run["columnKind"]?.GetValue<string>() is "utf16CodeUnits" or "unicodeCodePoints", "3.14.17 columnKind");
        Members(run["tool"]!.AsObject(), "tool 3.18", ["driver"], []);
        var driver = run["tool"]!["driver"]!.AsObject();
        Members(driver, "toolComponent 3.19", ["name"], ["version", "rules"]);
        var rules = Objects(driver["rules"]).ToList();
        foreach (var rule in rules) Rule(rule);
        Expect(rules.Select(rule => rule["id"]!.GetValue<string>()).Distinct().Count() == rules.Count, "3.49.3 ids of rules are distinct");
        foreach (var (id, value) in run["originalUriBaseIds"]!.AsObject())
        {
            Members(value!.AsObject(), "artifactLocation 3.4", [], ["uri", "description"]);
            if (value["uri"] is { } uri) Expect(Uri.TryCreate(uri.GetValue<string>(), UriKind.Absolute, out var address) && address.AbsolutePath.EndsWith('/'), $"3.14.14 {id} is absolute and ends with a slash");
        }
        var artifacts = Objects(run["artifacts"]).ToList();
        foreach (var artifact in artifacts)
        {
            Members(artifact, "artifact 3.24", [], ["location"]);
            ArtifactLocation(artifact["location"]!.AsObject(), run);
        }
        Expect(artifacts.Select(artifact => artifact.ToJsonString()).Distinct().Count() == artifacts.Count, "3.14.15 artifacts are distinct");
        foreach (var invocation in Objects(run["invocations"])) Invocation(invocation);
        var results = Objects(run["results"]).ToList();
        foreach (var result in results) Result(result, run, rules);
        Expect(results.Select(result => result.ContainsKey("suppressions")).Distinct().Count() <= 1, "3.27.23 all results have suppressions or none");
    }

    private void Rule(JsonObject rule)
    {
        Members(rule, "reportingDescriptor 3.49", ["id"], ["name", "shortDescription", "helpUri", "defaultConfiguration", "properties"]);
        Members(rule["shortDescription"]!.AsObject(), "multiformatMessageString 3.12", ["text"], []);
        Members(rule["defaultConfiguration"]!.AsObject(), "reportingConfiguration 3.50", [], ["level"]);
        Expect(Levels.Contains(rule["defaultConfiguration"]!["level"]!.GetValue<string>()), "3.50.3 level");
        if (rule["helpUri"] is { } uri) Expect(Uri.IsWellFormedUriString(uri.GetValue<string>(), UriKind.Absolute), "3.49.12 helpUri");
    }

    private void Invocation(JsonObject invocation)
    {
        Members(invocation, "invocation 3.20", ["executionSuccessful"], ["startTimeUtc", "endTimeUtc", "toolExecutionNotifications"]);
        foreach (var name in new[] { "startTimeUtc", "endTimeUtc" })
            Expect(DateTimeOffset.TryParseExact(invocation[name]!.GetValue<string>(), "yyyy-MM-ddTHH:mm:ss.fffZ", null, System.Globalization.DateTimeStyles.AssumeUniversal, out _), $"3.9 {name}");
        foreach (var notification in Objects(invocation["toolExecutionNotifications"]))
        {
            Members(notification, "notification 3.58", ["message"], ["level", "properties"]);
            Expect(Levels.Contains(notification["level"]!.GetValue<string>()), "3.58.6 level");
            Message(notification["message"]);
        }
    }

    private void Result(JsonObject result, JsonObject run, List<JsonObject> rules)
    {
        Members(result, "result 3.27", ["message"], ["ruleId", "ruleIndex", "level", "locations", "relatedLocations", "partialFingerprints", "suppressions", "properties"]);
        Message(result["message"]);
        Expect(Levels.Contains(result["level"]!.GetValue<string>()), "3.27.10 level");
        var index = result["ruleIndex"]!.GetValue<int>();
        Expect(index >= 0 && index < rules.Count && rules[index]["id"]!.GetValue<string>() == result["ruleId"]!.GetValue<string>(), "3.27.6 ruleIndex names the rule of ruleId");
        foreach (var location in Objects(result["locations"])) Location(location, run);
        var related = Objects(result["relatedLocations"]).ToList();
        foreach (var location in related) Location(location, run);
        Expect(related.Select(location => location["id"]!.GetValue<int>()).Distinct().Count() == related.Count, "3.28.2 ids of locations are distinct");
        foreach (var (_, fingerprint) in result["partialFingerprints"]!.AsObject()) Expect(fingerprint!.GetValue<string>().Length > 0, "3.27.17 partialFingerprints");
        foreach (var suppression in Objects(result["suppressions"]))
        {
            Members(suppression, "suppression 3.35", ["kind"], ["justification", "location"]);
            Expect(suppression["kind"]!.GetValue<string>() is "inSource" or "external", "3.35.2 kind");
            Location(suppression["location"]!.AsObject(), run);
        }
    }

    private void Location(JsonObject location, JsonObject run)
    {
        Members(location, "location 3.28", [], ["id", "physicalLocation", "logicalLocations", "message"]);
        var physical = location["physicalLocation"]!.AsObject();
        Members(physical, "physicalLocation 3.29", ["artifactLocation"], ["region"]);
        ArtifactLocation(physical["artifactLocation"]!.AsObject(), run);
        if (physical["region"] is JsonObject region) Region(region);
        foreach (var logical in Objects(location["logicalLocations"])) Members(logical, "logicalLocation 3.33", [], ["fullyQualifiedName", "kind"]);
        if (location["message"] is { } message) Message(message);
    }

    private void ArtifactLocation(JsonObject location, JsonObject run)
    {
        Members(location, "artifactLocation 3.4", ["uri"], ["uriBaseId", "index"]);
        var uri = location["uri"]!.GetValue<string>();
        var isBased = location["uriBaseId"] is not null;
        Expect(Uri.IsWellFormedUriString(uri, isBased ? UriKind.Relative : UriKind.Absolute), $"3.4.3 '{uri}' is an address (RFC 3986)");
        if (isBased) Expect(run["originalUriBaseIds"]!.AsObject().ContainsKey(location["uriBaseId"]!.GetValue<string>()), "3.4.4 uriBaseId");
        if (location["index"] is { } index) Expect(run["artifacts"]![index.GetValue<int>()]!["location"]!["uri"]!.GetValue<string>() == uri, "3.4.5 index");
    }

    private void Region(JsonObject region)
    {
        Members(region, "region 3.30", ["startLine"], ["startColumn", "endLine", "endColumn"]);
        var line = region["startLine"]!.GetValue<int>();
        var endLine = region["endLine"]?.GetValue<int>() ?? line;
        var column = region["startColumn"]?.GetValue<int>() ?? 1;
        Expect(line >= 1 && column >= 1 && endLine >= line, "3.30.5 to 3.30.7 lines and columns");
        if (region["endColumn"]?.GetValue<int>() is { } endColumn) Expect(endColumn >= 1 && (endLine > line || endColumn >= column), "3.30.8 endColumn");
    }

    private void Message(JsonNode? message)
    {
        Members(message!.AsObject(), "message 3.11", ["text"], []);
        Expect(message!["text"]!.GetValue<string>().Length > 0, "3.11.8 text");
    }

    private void Members(JsonObject value, string what, string[] required, string[] allowed)
    {
        foreach (var name in required) Expect(value.ContainsKey(name), $"{what} has {name}");
        foreach (var (name, member) in value) Expect(member is not null && (required.Contains(name) || allowed.Contains(name)), $"{what} may have {name}");
    }

    private void Expect(bool holds, string what)
    {
        if (!holds) _wrong.Add(what);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? array) => array?.AsArray().Select(item => item!.AsObject()) ?? [];
}
