namespace Flotilla.Running;

/// <summary>The tags under which a host is known to the other members.</summary>
internal static class Tags
{
    public const string Role = "role";

    public const string Version = "version";

    public static IReadOnlyDictionary<string, string> Of(HostDescription host) =>
        new Dictionary<string, string>(host.Tags) { [Role] = string.Join(',', host.Roles) };
}
