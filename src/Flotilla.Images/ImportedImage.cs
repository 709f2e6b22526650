using Flotilla.Images.Graph;

namespace Flotilla.Images;

/// <summary>What an import did.</summary>
/// <param name="Name">The lineage.</param>
/// <param name="Commit">Its newest version: the image.</param>
/// <param name="IsNew">False when the lineage's newest version was this image already and nothing was committed.</param>
/// <param name="ImageId"><c>sha256:…</c> of the configuration.</param>
/// <param name="DiffIds"><c>sha256:…</c> of each layer's tar, the base first.</param>
/// <param name="Bytes">Of all layers' tars.</param>
/// <param name="StoredBytes">What the graph grew by: the new pack with its index, and the commit.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ImportedImage(
    ImageName Name, ObjectId Commit, bool IsNew, string ImageId, IReadOnlyList<string> DiffIds, long Bytes, long StoredBytes, TimeSpan Elapsed);
