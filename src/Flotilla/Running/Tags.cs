namespace Flotilla.Running;

/// <summary>The tags under which a host is known to the other members.</summary>
internal static class Tags
{
    public static IReadOnlyDictionary<string, string> Of(HostDescription host) =>
        new Dictionary<string, string> { ["role"] = string.Join(',', host.Roles) };
}
