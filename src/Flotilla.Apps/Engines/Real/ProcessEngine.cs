using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Apps.Engines.Real;

/// <summary>Runs instances as processes of this machine. Nothing but <c>/bin/sh</c> and <c>setsid</c> is needed, root neither.</summary>
/// <remarks>
/// <para>
/// A program gets the environment of Flotilla, its own, and <c>FLOTILLA_APP</c>, <c>FLOTILLA_INSTANCE</c>,
/// <c>FLOTILLA_HOST</c>, <c>FLOTILLA_RUN</c>, <c>HOST</c> (the address to listen on), <c>PORT</c> (the first port) and
/// <c>PORT_NAME</c> for every port, with hyphens as underscores. It leads a session of its own; standard input is empty.
/// </para>
/// <para>
/// What it starts is found again by cgroup (version 2) where Flotilla may make one, else by environment and parents, and does
/// not outlive it. Free ports are allotted from 20000 to 29999. Output goes to <c>logs/INSTANCE.log</c> in the state directory.
/// </para>
/// <para>A death by signal n cannot be told from the exit code 128 + n, and is taken for the signal.</para>
/// </remarks>
public sealed class ProcessEngine : IEngine
{
    private readonly ProcessEngineOptions _options;
    private readonly string _state;
    private readonly PortAllotment _ports;
    private readonly string _cgroupName;
    private readonly Lock _gate = new();
    private readonly List<ProcessInstance> _live = [];
    private Task<int>? _recovered;
    private FileStream? _lock;
    private string? _cgroup;
    private int _trees;
    private bool _disposed;

    /// <summary>Nothing is touched before the first start or <see cref="RecoverAsync"/>.</summary>
    public ProcessEngine(ProcessEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _state = Path.GetFullPath(options.StateDirectory);
        _ports = new PortAllotment(IPAddress.Parse(options.Address), options.Random);
        _cgroupName = "flotilla-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_state)).AsSpan(0, 6));
    }

    /// <inheritdoc/>
    public string Name => "process";

    /// <summary>True when process trees are tracked by cgroups; known after the first start or <see cref="RecoverAsync"/>.</summary>
    public bool TracksByCgroup => _cgroup is not null;

    /// <summary>Kills what an engine with the same state directory left behind when it was killed. The first start does it too.</summary>
    /// <returns>How many processes there were.</returns>
    /// <exception cref="IOException">The state directory cannot be used, or another engine is using it.</exception>
    public Task<int> RecoverAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_recovered is null or { IsFaulted: true }) _recovered = RecoverOnceAsync();
            return _recovered.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<IInstance> StartAsync(InstanceStart start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await RecoverAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ProgramPath.Refuse(start, e.Message, "Use another state directory, or make this one usable.", e);
        }
        var app = start.App;
        if (app.Program is null) throw ProgramPath.Refuse(start, "The app has no program; it can only be simulated.", "Say what to run.");
        var directory = app.WorkingDirectory is { } own ? Map(own) : null;
        if (directory is not null && !Directory.Exists(directory))
            throw ProgramPath.Refuse(start, $"Its working directory {directory} does not exist.", "Create it, or give another one.");
        var program = ProgramPath.Find(start, app.Program, directory, Map);
        var ports = _ports.Take(start);
        LogFile? log = null;
        try
        {
            log = new LogFile(Path.Combine(_state, "logs", $"{start.Id}.log"), app.Log);
            var environment = EnvironmentOf(start, ports);
            var running = RunningProgram.Start(
                new ProgramStart(program, app.Arguments, environment, directory), NewTree($"{start.Id}-{start.Run}"), _options.Time, Writer(start, log));
            var instance = Adopt(start, running, ports, environment, log);
            if (!Volatile.Read(ref _disposed)) return instance;
            await instance.KillAsync(CancellationToken.None);
            throw new ObjectDisposedException(nameof(ProcessEngine));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            log?.Dispose();
            _ports.GiveBack(ports);
            throw ProgramPath.Refuse(start, e.Message, "See to what the system says, then try again.", e);
        }
    }

    /// <inheritdoc/>
    public Task<ProbeResult> ProbeAsync(IInstance instance, HealthCheck check, CancellationToken cancellationToken)
    {
        var own = (ProcessInstance)instance;
        return check switch
        {
            HttpHealthCheck http => HttpProbe.RunAsync(_options.Http, own, own.Start.App, http, cancellationToken),
            TcpHealthCheck => ConnectAsync(Probes.Endpoint(own, own.Start.App, check), check.Timeout, cancellationToken),
            CommandHealthCheck command => RunProbeAsync(own, command, cancellationToken),
            _ => throw new NotSupportedException($"The process engine does not know {check.GetType().Name}."),
        };
    }

    /// <summary>Kills every live instance.</summary>
    public async ValueTask DisposeAsync()
    {
        List<ProcessInstance> live;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            live = [.. _live];
        }
        await Task.WhenAll(live.Select(instance => instance.KillAsync(CancellationToken.None)));
        try
        {
            if (_cgroup is not null) Directory.Delete(_cgroup);
        }
        catch (IOException)
        {
            // What cannot be removed now is removed by the next engine with this state directory.
        }
        _lock?.Dispose();
    }

    private ProcessInstance Adopt(
        InstanceStart start, RunningProgram running, IReadOnlyList<int> ports, IReadOnlyList<KeyValuePair<string, string>> environment, LogFile log)
    {
        var endpoints = new OrderedDictionary<string, Uri>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
            endpoints.Add(start.App.Ports[i].Name, new UriBuilder("http", _options.Address, ports[i]).Uri);
        ProcessInstance? instance = null;
        lock (_gate)
        {
            instance = new ProcessInstance(start, running, endpoints, environment, () =>
            {
                log.Dispose();
                _ports.GiveBack(ports);
                lock (_gate) _live.RemoveAll(other => ReferenceEquals(other.Start, start));
            });
            if (!instance.Exited.IsCompleted) _live.Add(instance);
        }
        return instance;
    }

    private async Task<int> RecoverOnceAsync()
    {
        Directory.CreateDirectory(Path.Combine(_state, "logs"));
        _lock ??= Lock();
        _cgroup = _options.UseCgroups ? CgroupRoot.TryMake(_cgroupName) : null;
        var killed = _cgroup is null ? 0 : await CgroupTree.KillLeftoversAsync(_cgroup, _options.Time, CancellationToken.None);
        var seen = new HashSet<int>();
        while (ProcessTable.Find(ProcessTree.StateVariable, _state) is { Count: > 0 } left)
        {
            foreach (var process in left)
            {
                Signals.Send(process.Id, Signals.Kill);
                seen.Add(process.Id);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(5), _options.Time);
        }
        return killed + seen.Count;
    }

    private FileStream Lock()
    {
        var path = Path.Combine(_state, "engine.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"Another Flotilla is using {_state}.", e);
        }
    }

    private ProcessTree NewTree(string name)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"{_cgroupName}-{Environment.ProcessId}-{Interlocked.Increment(ref _trees)}-{Nonce():x8}");
        if (_cgroup is null) return new TableTree { Mark = mark, Time = _options.Time };
        var folder = Path.Combine(_cgroup, name);
        Directory.CreateDirectory(folder);
        return new CgroupTree(folder) { Mark = mark, Time = _options.Time };
    }

    private int Nonce()
    {
        lock (_gate) return _options.Random.Next();
    }

    private List<KeyValuePair<string, string>> EnvironmentOf(InstanceStart start, IReadOnlyList<int> ports)
    {
        var all = new List<KeyValuePair<string, string>>(start.App.Environment);
        all.AddRange(start.ExtraEnvironment);
        Set("FLOTILLA_APP", start.App.Name);
        Set("FLOTILLA_INSTANCE", start.Id.ToString());
        Set("FLOTILLA_HOST", start.Host);
        Set("FLOTILLA_RUN", start.Run.ToString(CultureInfo.InvariantCulture));
        Set("HOST", _options.Address);
        Set(ProcessTree.StateVariable, _state);
        if (ports.Count > 0) Set("PORT", ports[0].ToString(CultureInfo.InvariantCulture));
        for (var i = 0; i < ports.Count; i++)
            Set("PORT_" + start.App.Ports[i].Name.ToUpperInvariant().Replace('-', '_'), ports[i].ToString(CultureInfo.InvariantCulture));
        return all;

        void Set(string name, string value) => all.Add(new(name, value));
    }

    private Action<bool, string> Writer(InstanceStart start, LogFile log)
    {
        var complained = false;
        return (isError, text) =>
        {
            var line = new OutputLine(start.Id, isError, _options.Time.GetUtcNow(), text);
            log.Write(line);
            start.Output(line);
            if (complained || log.Failure is not { } failure) return;
            complained = true;
            start.Output(new OutputLine(start.Id, true, line.At, failure));
        };
    }

    private string Map(string path) => _options.MapPath is { } map && Path.IsPathRooted(path) ? map(path) : path;

    private async Task<ProbeResult> ConnectAsync(Uri url, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, _options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Parse(url.Host), url.Port, both.Token);
            return new ProbeResult(true, $"{url.Authority}: connected");
        }
        catch (SocketException e)
        {
            return new ProbeResult(false, $"{url.Authority}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, $"{url.Authority}: no connection within {timeout.TotalSeconds:0.###} s");
        }
    }

    private async Task<ProbeResult> RunProbeAsync(ProcessInstance instance, CommandHealthCheck check, CancellationToken cancellationToken)
    {
        var start = instance.Start;
        var directory = start.App.WorkingDirectory is { } own ? Map(own) : null;
        var last = "";
        RunningProgram probe;
        try
        {
            var program = ProgramPath.Find(start, check.Program, directory, Map);
            var tree = NewTree(string.Create(CultureInfo.InvariantCulture, $"{start.Id}-{start.Run}-probe-{Interlocked.Increment(ref _trees)}"));
            probe = RunningProgram.Start(new ProgramStart(program, check.Arguments, instance.Environment, directory), tree, _options.Time, (_, text) =>
            {
                if (!string.IsNullOrWhiteSpace(text)) Volatile.Write(ref last, text.Trim());
            });
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            return new ProbeResult(false, $"{check.Program}: {(e is EngineException { Problem: var problem } ? problem.Why : e.Message)}");
        }
        try
        {
            var (code, _) = await probe.Ended.WaitAsync(check.Timeout, _options.Time, cancellationToken);
            return new ProbeResult(code == 0, last.Length > 0 ? $"{check.Program}: exit code {code}: {last}" : $"{check.Program}: exit code {code}");
        }
        catch (TimeoutException)
        {
            await probe.KillAsync(cancellationToken);
            return new ProbeResult(false, $"{check.Program}: no answer within {check.Timeout.TotalSeconds:0.###} s");
        }
        catch (OperationCanceledException)
        {
            await probe.KillAsync(CancellationToken.None);
            throw;
        }
    }
}
