using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Flotilla.Core;

namespace Flotilla.Running.Real.Rehearsal;

/// <summary>
/// A network of this machine's own for the hosts of a rehearsal: a network namespace for each, and one with a bridge that connects them
/// (network_namespaces(7), veth(4)). This machine's own network is left as it is, and cannot be reached from there.
/// </summary>
internal sealed class HostNetwork : IDisposable
{
    /// <summary>How the namespaces are called, whose second word is the process that made them.</summary>
    private const string Prefix = "flotilla-";
    private const string Namespaces = "/run/netns";

    private readonly string _switch;
    private readonly List<string> _hosts;
    private readonly string _name;

    private HostNetwork(string name, IReadOnlyList<string> hosts)
    {
        (_name, _hosts) = (name, [.. hosts]);
        _switch = $"{name}-switch";
    }

    /// <summary>Makes the network.</summary>
    /// <exception cref="ProblemException">This user may not, or a program for it is missing.</exception>
    public static HostNetwork Create(IReadOnlyList<string> hosts)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new ProblemException(new Problem("A rehearsal gives each host a network of its own, and that takes root.",
                Why: $"This is user {Environment.UserName}.", Fix: "Run it with sudo, or \"flotilla up --scenario NAME\" instead, where all hosts share this machine's network."));
        Sweep();
        var network = new HostNetwork($"{Prefix}{Environment.ProcessId}", hosts);
        try
        {
            Ip("netns", "add", network._switch);
            Ip("-n", network._switch, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
            Ip("-n", network._switch, "link", "set", "br0", "up");
            for (var i = 0; i < hosts.Count; i++)
            {
                var space = network.SpaceOf(i);
                Ip("netns", "add", space);
                Ip("-n", network._switch, "link", "add", Port(i), "type", "veth", "peer", "name", "eth0", "netns", space);
                Ip("-n", network._switch, "link", "set", Port(i), "master", "br0", "up");
                Ip("-n", space, "addr", "add", $"{AddressOf(i)}/16", "dev", "eth0");
                Ip("-n", space, "link", "set", "eth0", "up");
                Ip("-n", space, "link", "set", "lo", "up");
            }
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The address of a host; the hosts are counted from 0.</summary>
    public static string AddressOf(int host) => string.Create(CultureInfo.InvariantCulture, $"10.83.{(host + 1) / 250}.{(host + 1) % 250}");

    public string AddressOf(string host) => AddressOf(_hosts.IndexOf(host));

    /// <summary>What a program is started through so that it runs on a host.</summary>
    public IReadOnlyList<string> Through(string host) => ["nsenter", $"--net={Path.Combine(Namespaces, SpaceOf(_hosts.IndexOf(host)))}"];

    /// <summary>Takes a host off the network, or puts it back.</summary>
    public void SetCutOff(string host, bool cutOff) =>
        Ip("-n", _switch, "link", "set", Port(_hosts.IndexOf(host)), cutOff ? "down" : "up");

    /// <summary>Kills all that runs on a host.</summary>
    public void Kill(string host) => KillAllIn(SpaceOf(_hosts.IndexOf(host)));

    public void Dispose()
    {
        for (var i = 0; i < _hosts.Count; i++) Remove(SpaceOf(i));
        Remove(_switch);
    }

    private string SpaceOf(int host) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{host}");

    private static string Port(int host) => string.Create(CultureInfo.InvariantCulture, $"host{host}");

    // What a rehearsal left that was killed itself.
    private static void Sweep()
    {
        if (!Directory.Exists(Namespaces)) return;
        foreach (var space in Directory.EnumerateFiles(Namespaces, $"{Prefix}*").Select(Path.GetFileName).OfType<string>())
            if (space[Prefix.Length..].Split('-') is [var process, _] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && !Directory.Exists($"/proc/{id}"))
                Remove(space);
    }

    private static void Remove(string space)
    {
        if (!File.Exists(Path.Combine(Namespaces, space))) return;
        KillAllIn(space);
        Ip("netns", "delete", space);
    }

    // Until none is left: one that is killed may have just started another.
    private static void KillAllIn(string space)
    {
        while (Run("ip", ["netns", "pids", space]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } processes)
            foreach (var process in processes)
                if (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) KillOne(id);
    }

    private static void KillOne(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            running.Kill();
            running.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended meanwhile.
        }
    }

    private static void Ip(params string[] arguments)
    {
        var (exitCode, _, error) = Run("ip", arguments);
        if (exitCode != 0)
            throw new ProblemException(new Problem("The network of the rehearsal cannot be made.", Why: $"\"ip {string.Join(' ', arguments)}\" says: {error.Trim()}",
                Fix: "Does this kernel have network namespaces, bridges and veth, and may this container use them? \"flotilla up --scenario NAME\" needs none of them."));
    }

    private static (int ExitCode, string Output, string Error) Run(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new ProblemException(new Problem($"There is no program {program} to make the network of the rehearsal with.", Why: e.Message,
                Fix: "Install it: on Debian, apt-get install iproute2 util-linux."), e);
        }
    }
}
