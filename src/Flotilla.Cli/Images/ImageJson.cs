using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Cli.Images;

// The shapes of --output json of the commands below image.

internal sealed record ImportOutput(
    string Name, string Commit, string DiffId, IReadOnlyList<string> DiffIds, string ImageId, bool New, long Bytes, long StoredBytes, double Seconds);

internal sealed record ExportOutput(string Name, string Commit, string To, IReadOnlyList<string> DiffIds, long Bytes, double Seconds);

internal sealed record DiffOutput(
    IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<ChangedOutput> Changed, PackagesOutput Packages);

internal sealed record ChangedOutput(string Path, bool Content, IReadOnlyList<string> Metadata);

internal sealed record PackagesOutput(
    IReadOnlyList<string> Managers, IReadOnlyList<PackageOutput> Added, IReadOnlyList<PackageOutput> Removed, IReadOnlyList<PackageChangeOutput> Changed, IReadOnlyList<string> Unread);

internal sealed record PackageOutput(string Manager, string Name, string Version);

internal sealed record PackageChangeOutput(string Manager, string Name, string From, string To);

internal sealed record LineagesOutput(IReadOnlyList<VersionOutput> Images);

internal sealed record LogOutput(string Name, IReadOnlyList<VersionOutput> Versions);

internal sealed record VersionOutput(string Name, string Commit, IReadOnlyList<string> Parents, DateTimeOffset Time, string Author, string Subject, IReadOnlyList<TrailerOutput> Trailers);

internal sealed record TrailerOutput(string Key, string Value);

internal sealed record ShowOutput(
    string Name, string Commit, IReadOnlyList<string> Parents, DateTimeOffset Time, string ImageId, IReadOnlyList<LayerOutput> Layers, JsonElement Config, IReadOnlyList<TrailerOutput> Trailers);

internal sealed record LayerOutput(string DiffId, long Bytes, long Members);

internal sealed record ListOutput(string Name, string Commit, IReadOnlyList<EntryOutput> Entries);

internal sealed record EntryOutput(
    string Path, string Kind, string Mode, long User, long Group, string Modified, long? Size, string? Sha256, string? Target, string? Device, IReadOnlyDictionary<string, string>? Xattrs);

internal sealed record UsageOutput(string Name, IReadOnlyList<VersionUsageOutput> Versions, IReadOnlyList<FileUsageOutput> Files);

internal sealed record AllUsageOutput(IReadOnlyList<LineageUsageOutput> Images);

internal sealed record LineageUsageOutput(string Name, int Versions, long Bytes, long StoredBytes, long OwnBytes);

internal sealed record VersionUsageOutput(string Commit, long Bytes, long StoredBytes, long AddedBytes);

internal sealed record FileUsageOutput(string Path, long StoredBytes, int Contents);

internal sealed record VerifyOutput(string Name, string Commit, bool Ok, int Objects, int Layers, IReadOnlyList<SignatureOutput> Signatures, IReadOnlyList<string> Problems);

internal sealed record SignatureOutput(string Tag, string State, string? Key, string? Signer);

internal sealed record SignOutput(string Name, string Commit, string Tag, string? Key);

internal sealed record TransferOutput(string Remote, IReadOnlyList<TransferredOutput> Images, int Signatures);

internal sealed record TransferredOutput(string Name, string Outcome, string? Before, string Commit);

internal sealed record BundleOutput(string File, IReadOnlyList<BundledOutput> Images, int Signatures, long Bytes);

internal sealed record BundledOutput(string Name, string Commit);

internal sealed record BundleCheckOutput(string File, bool Ok, IReadOnlyList<string> Needs, IReadOnlyList<VerifyOutput> Images);

internal sealed record CollectedOutput(long BytesBefore, long BytesAfter);

internal sealed record BuildOutput(
    string Name, string Target, string Upstream, string UpstreamCommit, int ExitCode, string? Commit, bool New, IReadOnlyList<string>? DiffIds, long? StoredBytes);

internal sealed record ConfigOutput(
    string Folder, IReadOnlyList<string> Files, string Graph, string? Target, IReadOnlyList<string> Targets, IReadOnlyList<ConfigValueOutput> Values);

internal sealed record ConfigValueOutput(string Key, string? Value, string File, int Line, int Column);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImportOutput))]
[JsonSerializable(typeof(ExportOutput))]
[JsonSerializable(typeof(DiffOutput))]
[JsonSerializable(typeof(LineagesOutput))]
[JsonSerializable(typeof(LogOutput))]
[JsonSerializable(typeof(ShowOutput))]
[JsonSerializable(typeof(ListOutput))]
[JsonSerializable(typeof(UsageOutput))]
[JsonSerializable(typeof(AllUsageOutput))]
[JsonSerializable(typeof(VerifyOutput))]
[JsonSerializable(typeof(CollectedOutput))]
[JsonSerializable(typeof(BuildOutput))]
[JsonSerializable(typeof(ConfigOutput))]
[JsonSerializable(typeof(SignOutput))]
[JsonSerializable(typeof(TransferOutput))]
[JsonSerializable(typeof(BundleOutput))]
[JsonSerializable(typeof(BundleCheckOutput))]
internal sealed partial class ImageJson : JsonSerializerContext;
