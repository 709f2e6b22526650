namespace Flotilla.Docker;

/// <summary>What an engine says of itself.</summary>
/// <param name="Version">Its release, such as <c>20.10.24</c>.</param>
/// <param name="ApiVersion">The newest version of the API that it speaks.</param>
/// <param name="OperatingSystem"><c>linux</c> or <c>windows</c>.</param>
/// <param name="Architecture">As images say it: <c>amd64</c>, <c>arm64</c>.</param>
public sealed record DockerVersion(string Version, string ApiVersion, string OperatingSystem, string Architecture);
