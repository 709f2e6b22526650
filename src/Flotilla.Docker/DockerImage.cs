namespace Flotilla.Docker;

/// <summary>An image in an engine.</summary>
/// <param name="Id"><c>sha256:…</c> of its configuration.</param>
/// <param name="Tags">Its names: <c>shop:1.0</c>.</param>
/// <param name="Bytes">What it takes unpacked.</param>
/// <param name="DiffIds"><c>sha256:…</c> of each layer's tar, the base first; empty in a list.</param>
public sealed record DockerImage(string Id, IReadOnlyList<string> Tags, long Bytes, IReadOnlyList<string> DiffIds);
