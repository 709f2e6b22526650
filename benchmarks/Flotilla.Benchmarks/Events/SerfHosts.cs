using System.Diagnostics;
using System.Globalization;
using Flotilla.Benchmarks.Harness;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Benchmarks.Events;

/// <summary>
/// Hosts with a real Serf agent each, of which one can be cut off. As root each is a network namespace with two interfaces: one for the
/// gossip, on a bridge of all hosts, and one for the agent's RPC, so that a host that is cut off still reaches its own agent. Otherwise
/// they are addresses of the loopback network, and an agent is stopped in place of being cut off.
/// </summary>
internal sealed class SerfHosts : IAsyncDisposable
{
    private const int GossipPort = 27946;
    private const int RpcPort = 27373;

    private static int _count;

    private readonly string _profile;
    private readonly string _mark;
    private readonly int _network;
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _agents = [];
    private readonly List<string> _names = [];

    private SerfHosts(string profile)
    {
        _profile = profile;
        var number = Environment.ProcessId * 8 + Interlocked.Increment(ref _count);
        _network = number % 250;
        _mark = string.Create(CultureInfo.InvariantCulture, $"fb{number % 100_000}");
    }

    public static bool HasNamespaces => Environment.IsPrivilegedProcess && File.Exists("/sbin/ip");

    public IReadOnlyList<string> Names => _names;

    /// <summary>CPU time of all agents, in seconds.</summary>
    public double CpuSeconds => _agents.Sum(agent =>
    {
        agent.Refresh();
        return agent.TotalProcessorTime.TotalSeconds;
    });

    /// <summary>Bytes that all hosts have sent to each other, with their headers; 0 without namespaces.</summary>
    public long GossipBytes => HasNamespaces
        ? _names.Select((_, i) => long.Parse(File.ReadAllText($"/sys/class/net/{Interface(i, "g")}/statistics/rx_bytes"), CultureInfo.InvariantCulture)).Sum()
        : 0;

    /// <param name="profile">Serf's timings: <c>local</c>, <c>lan</c>.</param>
    /// <param name="names">The hosts.</param>
    public static async Task<SerfHosts> StartAsync(string profile, params string[] names)
    {
        var hosts = new SerfHosts(profile);
        try
        {
            if (HasNamespaces) hosts.Ip($"link add {hosts._mark}b type bridge", $"link set {hosts._mark}b up");
            foreach (var name in names) await hosts.AddAsync(name);
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    public async Task<SerfBus> AttachAsync(int host, string role) => await SerfBus.AttachAsync(
        await SerfConnection.OpenAsync(new TcpSerfTransport(), new SerfOptions { Address = Rpc(host) }, TimeProvider.System, new Random(host), null, CancellationToken.None),
        new SerfBusOptions { Tags = new Dictionary<string, string> { ["role"] = role } }, TimeProvider.System, CancellationToken.None);

    /// <summary>How many queries the cluster has seen: Serf numbers them.</summary>
    public async Task<long> QueriesAsync()
    {
        await using var client = await ConnectAsync(0);
        return long.Parse((await client.StatsAsync(CancellationToken.None))["serf"]["query_time"], CultureInfo.InvariantCulture);
    }

    public void SetCutOff(int host, bool cutOff)
    {
        if (HasNamespaces) Ip($"link set {Interface(host, "g")} {(cutOff ? "down" : "up")}");
        else Run("/bin/kill", cutOff ? "-STOP" : "-CONT", _agents[host].Id.ToString(CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            agent.Kill();
            await agent.WaitForExitAsync();
            agent.Dispose();
        }
        if (HasNamespaces)
        {
            for (var i = 0; i < _names.Count; i++) Ip($"link del {Interface(i, "g")}", $"link del {Interface(i, "r")}", $"netns del {Namespace(i)}");
            Ip($"link del {_mark}b");
        }
        _folder.Dispose();
    }

    private async Task AddAsync(string name)
    {
        var i = _names.Count;
        _names.Add(name);
        if (HasNamespaces)
        {
            var (gossip, rpc) = (Interface(i, "g"), Interface(i, "r"));
            Ip($"netns add {Namespace(i)}", $"link add {gossip} type veth peer name gossip netns {Namespace(i)}", $"link set {gossip} master {_mark}b up",
                $"link add {rpc} type veth peer name rpc netns {Namespace(i)}", $"addr add 10.213.{_network}.{2 * i}/31 dev {rpc}", $"link set {rpc} up",
                $"-n {Namespace(i)} link set lo up", $"-n {Namespace(i)} addr add {Address(i)}/24 dev gossip", $"-n {Namespace(i)} link set gossip up",
                $"-n {Namespace(i)} addr add {Rpc(i).Host}/31 dev rpc", $"-n {Namespace(i)} link set rpc up");
        }
        string[] agent =
        [
            "serf", "agent", $"-node={name}", $"-bind={Address(i)}:{GossipPort}", $"-rpc-addr={Rpc(i)}", $"-profile={_profile}", "-log-level=warn",
            .. i == 0 ? Array.Empty<string>() : [$"-retry-join={Address(0)}:{GossipPort}", "-retry-interval=1s"],
        ];
        string[] command = HasNamespaces ? ["ip", "netns", "exec", Namespace(i), .. agent] : agent;
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        _agents.Add(process);
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var client = await ConnectAsync(i);
                return;
            }
            catch (Exception e) when (e is ProblemException or IOException && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(20);
            }
        }
    }

    private Task<SerfClient> ConnectAsync(int host) =>
        SerfClient.ConnectAsync(new TcpSerfTransport(), new SerfOptions { Address = Rpc(host) }, TimeProvider.System, CancellationToken.None);

    private string Namespace(int host) => $"{_mark}n{host}";

    private string Interface(int host, string kind) => $"{_mark}{kind}{host}";

    private string Address(int host) => HasNamespaces ? $"10.214.{_network}.{host + 1}" : $"127.213.{_network}.{host + 1}";

    private SerfAddress Rpc(int host) => new(HasNamespaces ? $"10.213.{_network}.{2 * host + 1}" : Address(host), RpcPort);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private void Ip(params string[] commands)
    {
        foreach (var command in commands) Run("/sbin/ip", command.Split(' '));
    }
}
