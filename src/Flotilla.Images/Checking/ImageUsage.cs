using Flotilla.Images.Graph;

namespace Flotilla.Images.Checking;

/// <summary>What the versions of a lineage take in the graph.</summary>
/// <param name="Versions">The newest first.</param>
/// <param name="Files">The files that take most over all of these versions, the largest first.</param>
public sealed record ImageUsage(IReadOnlyList<VersionUsage> Versions, IReadOnlyList<FileUsage> Files);

/// <summary>What one version takes.</summary>
/// <param name="Commit">The version.</param>
/// <param name="Bytes">Of its layers' tars.</param>
/// <param name="StoredBytes">Of its objects in the graph, compressed, those of other versions included.</param>
/// <param name="AddedBytes">Of those that the versions before it do not have.</param>
public sealed record VersionUsage(ObjectId Commit, long Bytes, long StoredBytes, long AddedBytes);

/// <summary>What the contents of one path take over several versions.</summary>
/// <param name="Path">In the form that git has it.</param>
/// <param name="StoredBytes">Of its different contents, compressed.</param>
/// <param name="Contents">How many different contents there are.</param>
public sealed record FileUsage(string Path, long StoredBytes, int Contents);

/// <summary>What one lineage takes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Versions">How many versions it has.</param>
/// <param name="Bytes">Of the newest version's layers, as tars.</param>
/// <param name="StoredBytes">Of the objects of all its versions, compressed.</param>
/// <param name="OwnBytes">Of those that no other lineage has: what removing it would free.</param>
public sealed record LineageUsage(ImageName Name, int Versions, long Bytes, long StoredBytes, long OwnBytes);
