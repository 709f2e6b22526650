using System.Text.Json.Serialization;

namespace Flotilla.Inspection.Reports;

// The part of SARIF 2.1.0 that is written (OASIS Standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0",
// 27 March 2020); the numbers are its sections.

/// <summary>3.13.</summary>
internal sealed record SarifLog(IReadOnlyList<SarifRun> Runs)
{
    [JsonPropertyName("$schema"), JsonPropertyOrder(-2)]
    public string Schema => "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    [JsonPropertyOrder(-1)]
    public string Version => "2.1.0";
}

/// <summary>3.14.</summary>
internal sealed record SarifRun(
    SarifTool Tool,
    IReadOnlyList<SarifInvocation> Invocations,
    IReadOnlyDictionary<string, SarifBase> OriginalUriBaseIds,
    IReadOnlyList<SarifArtifact> Artifacts,
    IReadOnlyList<SarifResult> Results,
    SarifRunProperties Properties)
{
    /// <summary>3.14.17: columns count characters, not the halves that UTF-16 may make of one.</summary>
    public string ColumnKind => "unicodeCodePoints";
}

/// <summary>3.8: a property bag.</summary>
internal sealed record SarifRunProperties(
    IReadOnlyDictionary<string, int> Files, IReadOnlyList<string> Libraries, IReadOnlyList<string> Profiles, string? Strictness, int Known, IReadOnlyList<JsonTool> ToolReports);

/// <summary>3.14.14. Without an address the reader knows the folder, which is so in CI.</summary>
internal sealed record SarifBase(string? Uri, SarifText Description);

/// <summary>3.18.</summary>
internal sealed record SarifTool(SarifDriver Driver);

/// <summary>3.19.</summary>
internal sealed record SarifDriver(string Name, string Version, IReadOnlyList<SarifRule> Rules);

/// <summary>3.49.</summary>
internal sealed record SarifRule(string Id, string Name, SarifText ShortDescription, string? HelpUri, SarifConfiguration DefaultConfiguration, SarifRuleProperties Properties);

/// <summary>3.50.</summary>
internal sealed record SarifConfiguration(string Level);

/// <summary>3.8: <see cref="Tags"/> are known to readers.</summary>
internal sealed record SarifRuleProperties(string Tool, string Code, IReadOnlyList<string> Tags);

/// <summary>3.11 and 3.12.</summary>
internal sealed record SarifText(string Text);

/// <summary>3.20.</summary>
internal sealed record SarifInvocation(bool ExecutionSuccessful, string StartTimeUtc, string EndTimeUtc, IReadOnlyList<SarifNotification> ToolExecutionNotifications);

/// <summary>3.58.</summary>
internal sealed record SarifNotification(string Level, SarifText Message, SarifNotificationProperties Properties);

internal sealed record SarifNotificationProperties(string Tool, string State);

/// <summary>3.24.</summary>
internal sealed record SarifArtifact(SarifArtifactLocation Location);

/// <summary>3.4.</summary>
internal sealed record SarifArtifactLocation(string Uri, string? UriBaseId, int? Index);

/// <summary>3.27.</summary>
internal sealed record SarifResult(
    string RuleId,
    int RuleIndex,
    string Level,
    SarifText Message,
    IReadOnlyList<SarifLocation> Locations,
    IReadOnlyDictionary<string, string> PartialFingerprints)
{
    public IReadOnlyList<SarifLocation>? RelatedLocations { get; init; }

    /// <summary>3.27.23: present in all results or in none.</summary>
    public required IReadOnlyList<SarifSuppression> Suppressions { get; init; }

    public required SarifResultProperties Properties { get; init; }
}

internal sealed record SarifResultProperties(string Tool, bool IsFixable, IReadOnlyList<SarifAlso>? AlsoReportedBy);

internal sealed record SarifAlso(string Tool, string Code, string Message);

/// <summary>3.28.</summary>
internal sealed record SarifLocation(int? Id, SarifPhysicalLocation PhysicalLocation, IReadOnlyList<SarifLogicalLocation>? LogicalLocations, SarifText? Message = null);

/// <summary>3.29.</summary>
internal sealed record SarifPhysicalLocation(SarifArtifactLocation ArtifactLocation, SarifRegion? Region);

/// <summary>3.30.</summary>
internal sealed record SarifRegion(int StartLine, int? StartColumn, int? EndLine, int? EndColumn);

/// <summary>3.33.</summary>
internal sealed record SarifLogicalLocation(string FullyQualifiedName, string Kind);

/// <summary>3.35.</summary>
internal sealed record SarifSuppression(string Kind, string Justification, SarifLocation Location);
