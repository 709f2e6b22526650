using System.Text.Json;
using Flotilla.Images.Configuration;

namespace Flotilla.Images.Runtime.Real;

/// <summary>Writes a bundle's <c>config.json</c> (OCI runtime-spec 1.0.2, config.md and config-linux.md).</summary>
internal static class BundleFile
{
    // What Docker gives a container, and takes from it: the widest common expectation of images.
    private static readonly string[] DefaultCapabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private static readonly string[] MaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ];

    private static readonly string[] ReadOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <param name="path">The file.</param>
    /// <param name="root">The container's root folder.</param>
    /// <param name="settings">What to run and how.</param>
    /// <param name="binds">Files and folders of the host that the container sees, in the order in which they are mounted.</param>
    /// <param name="capabilities">Those that can be given: all of them to a privileged one.</param>
    public static void Write(string path, string root, ContainerSettings settings, IReadOnlyList<Mount> binds, IReadOnlyList<string> capabilities)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("ociVersion", "1.0.2");
        WriteProcess(json, settings, settings.Privileged ? capabilities : [.. DefaultCapabilities.Intersect(capabilities)]);
        json.WriteStartObject("root");
        json.WriteString("path", root);
        json.WriteBoolean("readonly", false);
        json.WriteEndObject();
        json.WriteString("hostname", settings.Hostname);
        WriteMounts(json, settings, binds);
        WriteLinux(json, settings);
        json.WriteEndObject();
    }

    private static void WriteProcess(Utf8JsonWriter json, ContainerSettings settings, IReadOnlyList<string> capabilities)
    {
        json.WriteStartObject("process");
        json.WriteBoolean("terminal", settings.Terminal);
        json.WriteStartObject("user");
        json.WriteNumber("uid", settings.User.User);
        json.WriteNumber("gid", settings.User.Group);
        json.WriteStartArray("additionalGids");
        foreach (var group in settings.User.Groups) json.WriteNumberValue(group);
        json.WriteEndArray();
        json.WriteEndObject();
        WriteList(json, "args", settings.Command);
        WriteList(json, "env", settings.Environment.Select(each => $"{each.Key}={each.Value}"));
        json.WriteString("cwd", settings.Folder);
        json.WriteStartObject("capabilities");
        // Another user than root gets no more than programs with capabilities of their own may raise.
        foreach (var set in settings.User.User == 0 ? new[] { "bounding", "effective", "permitted" } : ["bounding"]) WriteList(json, set, capabilities);
        json.WriteEndObject();
        json.WriteStartArray("rlimits");
        foreach (var limit in settings.Limits)
        {
            json.WriteStartObject();
            json.WriteString("type", "RLIMIT_" + limit.Name.ToUpperInvariant());
            json.WriteNumber("hard", limit.Hard ?? ulong.MaxValue);
            json.WriteNumber("soft", limit.Soft ?? ulong.MaxValue);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("noNewPrivileges", false);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, ContainerSettings settings, IReadOnlyList<Mount> binds)
    {
        json.WriteStartArray("mounts");
        WriteMount(json, "/proc", "proc", "proc", []);
        WriteMount(json, "/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]);
        WriteMount(json, "/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]);
        WriteMount(json, "/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]);
        WriteMount(json, "/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]);
        WriteMount(json, "/sys", "sysfs", "sysfs", settings.Privileged ? ["nosuid", "noexec", "nodev"] : ["nosuid", "noexec", "nodev", "ro"]);
        foreach (var bind in binds) WriteMount(json, bind.To, "bind", bind.From, ["rbind", "rprivate", bind.Writable ? "rw" : "ro"]);
        json.WriteEndArray();
    }

    private static void WriteMount(Utf8JsonWriter json, string to, string type, string from, IReadOnlyList<string> options)
    {
        json.WriteStartObject();
        json.WriteString("destination", to);
        json.WriteString("type", type);
        json.WriteString("source", from);
        WriteList(json, "options", options);
        json.WriteEndObject();
    }

    private static void WriteLinux(Utf8JsonWriter json, ContainerSettings settings)
    {
        json.WriteStartObject("linux");
        json.WriteStartObject("resources");
        json.WriteStartArray("devices");
        json.WriteStartObject();
        json.WriteBoolean("allow", settings.Privileged);
        json.WriteString("access", "rwm");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("namespaces");
        foreach (var name in settings.Network == ContainerNetwork.None ? new[] { "pid", "mount", "ipc", "uts", "network" } : ["pid", "mount", "ipc", "uts"])
        {
            json.WriteStartObject();
            json.WriteString("type", name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (!settings.Privileged)
        {
            WriteList(json, "maskedPaths", MaskedPaths);
            WriteList(json, "readonlyPaths", ReadOnlyPaths);
        }
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
