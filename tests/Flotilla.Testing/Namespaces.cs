using System.Diagnostics;

namespace Flotilla.Testing;

/// <summary>Networks of hosts' own, for tests that need them.</summary>
public static class Namespaces
{
    /// <summary>The reason to skip a test that needs them; null when this user may make them on this kernel.</summary>
    public static string? Missing { get; } = Find();

    private static string? Find()
    {
        if (!Environment.IsPrivilegedProcess) return "Networks for hosts take root.";
        if (Peer.Missing("ip", "iproute2") is { } missing) return missing;
        using var unshare = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "true"]) { RedirectStandardError = true })!;
        var error = unshare.StandardError.ReadToEnd();
        unshare.WaitForExit();
        return unshare.ExitCode == 0 ? null : $"Network namespaces cannot be made here: {error.Trim()}";
    }
}
