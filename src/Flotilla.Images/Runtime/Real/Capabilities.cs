using System.Globalization;

namespace Flotilla.Images.Runtime.Real;

/// <summary>The capabilities of Linux by number (capabilities(7)), and those that this process has and can give.</summary>
internal static class Capabilities
{
    private static readonly string[] ByNumber =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
        "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
        "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
        "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>Those of this process, as <c>CAP_NAME</c>.</summary>
    public static IReadOnlyList<string> Own()
    {
        const string label = "CapEff:";
        var line = File.ReadLines("/proc/self/status").First(each => each.StartsWith(label, StringComparison.Ordinal));
        var bits = ulong.Parse(line.AsSpan(label.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return [.. ByNumber.Index().Where(each => (bits >> each.Index & 1) != 0).Select(each => "CAP_" + each.Item)];
    }
}
