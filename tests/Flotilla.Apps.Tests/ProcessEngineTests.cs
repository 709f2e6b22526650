using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Flotilla.Apps.Engines.Real;
using Flotilla.Core;
using Flotilla.Core.Http.Real;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

public sealed class ProcessEngineTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NetworkHttp _http = new();
    private readonly ProcessEngine _engine;
    private readonly List<OutputLine> _output = [];

    public ProcessEngineTests() => _engine = Programs.Engine(_folder, _http, useCgroups: true);

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private Task<IInstance> StartAsync(AppDescription app, params KeyValuePair<string, string>[] extra) =>
        _engine.StartAsync(new InstanceStart(new InstanceId(app.Name, 0), 7, app, "web-1", extra, line =>
        {
            lock (_output) _output.Add(line);
        }), None);

    private async Task<string> RefusedAsync(AppDescription app)
    {
        var refused = await Assert.ThrowsAsync<EngineException>(() => StartAsync(app));
        return refused.Message.Replace(_folder.Path, "/state", StringComparison.Ordinal)
            .Replace(Environment.GetEnvironmentVariable("PATH")!, "/usr/bin:/bin", StringComparison.Ordinal)
            .Replace($"(process {Environment.ProcessId})", "(process 4711)", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_gets_its_environment_directory_and_arguments_as_they_are()
    {
        var app = new AppDescription
        {
            Name = "shop",
            Program = "sh",
            Arguments = ["-c", "for v in FLOTILLA_APP FLOTILLA_INSTANCE FLOTILLA_HOST FLOTILLA_RUN HOST PORT PORT_HTTP PORT_ADMIN_UI A B; do eval echo $v=\\$$v; done; pwd; echo \"$1\"; [ $$ = $(ps -o sid= -p $$) ] && echo leader",
                "sh", "$(reboot); 'x' \"y\" *"],
            Ports = [new PortDescription("http"), new PortDescription("admin-ui")],
            Environment = [new("A", "app"), new("B", "app")],
            WorkingDirectory = "/usr",
        };
        var instance = await StartAsync(app, new("B", "extra"), new("FLOTILLA_APP", "forged"));
        await instance.Exited;
        _output.Select(line => line.Text).ShouldBe(
        [
            "FLOTILLA_APP=shop", "FLOTILLA_INSTANCE=shop-0", "FLOTILLA_HOST=web-1", "FLOTILLA_RUN=7", "HOST=127.0.0.1",
            $"PORT={instance.Endpoints["http"].Port}", $"PORT_HTTP={instance.Endpoints["http"].Port}", $"PORT_ADMIN_UI={instance.Endpoints["admin-ui"].Port}",
            "A=app", "B=extra", "/usr", "$(reboot); 'x' \"y\" *", "leader",
        ]);
    }

    [Fact]
    public async Task The_process_is_the_program_itself()
    {
        var instance = await StartAsync(new AppDescription { Name = "shop", Program = "sleep", Arguments = ["1000"] });
        await Programs.UntilAsync(() => ProcessTable.Describe(instance.ProcessId!.Value) == "/usr/bin/sleep 1000" || ProcessTable.Describe(instance.ProcessId!.Value) == "/bin/sleep 1000",
            "the program did not replace the shell");
    }

    [Fact]
    public async Task Both_streams_are_told_apart_and_written_to_the_log()
    {
        var instance = await StartAsync(Programs.Shell("echo to-out; echo to-err >&2; printf unfinished"));
        await instance.Exited;
        _output.Select(line => (line.IsError, line.Text)).ShouldBe([(false, "to-out"), (false, "unfinished"), (true, "to-err")], ignoreOrder: true);
        File.ReadAllLines(_folder.File("logs", "script-0.log")).Order(StringComparer.Ordinal).Select(line => Regex.Replace(line, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME"))
            .ShouldBe(["TIME out to-out", "TIME err to-err", "TIME out unfinished"], ignoreOrder: true);
    }

    [Fact]
    public async Task Everything_written_before_the_exit_is_handed_over()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async slot =>
        {
            var lines = 0;
            var app = Programs.Shell("i=0; while [ $i -lt 2000 ]; do echo some more text in line $i; i=$((i+1)); done");
            var instance = await _engine.StartAsync(new InstanceStart(new InstanceId("script", slot), 1, app, "web-1", [], _ => lines++), None);
            await instance.Exited;
            lines.ShouldBe(2000);
        }));
    }

    [Fact]
    public async Task Logs_are_rotated_and_old_ones_dropped()
    {
        var app = Programs.Shell("i=0; while [ $i -lt 100 ]; do echo line-$i; i=$((i+1)); done") with { Log = new LogPolicy(BytesMax: 1000, Keep: 2) };
        await (await StartAsync(app)).Exited;
        var files = Directory.GetFiles(_folder.File("logs")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToList();
        files.ShouldBe(["script-0.log", "script-0.log.1", "script-0.log.2"]);
        files.ShouldAllBe(file => new FileInfo(_folder.File("logs", file)).Length <= 1000);
        var lines = ((string[])["script-0.log.2", "script-0.log.1", "script-0.log"]).SelectMany(file => File.ReadAllLines(_folder.File("logs", file))).ToList();
        lines[^1].ShouldEndWith("out line-99");
        lines.Select(line => int.Parse(line[(line.LastIndexOf('-') + 1)..])).ShouldBe(Enumerable.Range(100 - lines.Count, lines.Count));
    }

    [Fact]
    public async Task What_cannot_be_started_is_said_with_the_reason_and_the_remedy()
    {
        var said = new List<string>();
        var app = new AppDescription { Name = "shop", Program = "sleep", Declared = new SourceLocation("/src/fleet.cs", 14) };
        said.Add(await RefusedAsync(app with { Program = null }));
        said.Add(await RefusedAsync(app with { Program = "no-such-program" }));
        said.Add(await RefusedAsync(app with { Program = "/no/such/program" }));
        said.Add(await RefusedAsync(app with { Program = _folder.Write("not-executable", "") }));
        said.Add(await RefusedAsync(app with { WorkingDirectory = "/no/such/directory" }));
        Snapshot.Matches(string.Join('\n', said), "cannot-be-started-really");
    }

    [Fact]
    public async Task A_stranger_on_a_fixed_port_is_named()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var message = await RefusedAsync(Programs.Server with { Ports = [new PortDescription("http", port)] });
        message.ShouldStartWith($"server-0 cannot have its port \"http\" ({port}) on web-1. It is in use by ");
        message.ShouldEndWith(" (process 4711). Stop that program, or give the app another port.");
    }

    [Fact]
    public async Task A_command_check_sees_the_environment_and_tells_the_last_line()
    {
        var instance = await StartAsync(Programs.Shell("exec sleep 1000") with { Environment = [new("GREETING", "hello")] });
        (await _engine.ProbeAsync(instance, new CommandHealthCheck("sh", ["-c", "echo $GREETING; exit 2"]), None)).ShouldBe(new ProbeResult(false, "sh: exit code 2: hello"));
        (await _engine.ProbeAsync(instance, new CommandHealthCheck("no-such-check", []), None)).Passed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_command_check_that_takes_too_long_is_killed_with_all_it_started()
    {
        var instance = await StartAsync(Programs.Shell("exec sleep 1000") with { Environment = [new("FLOTILLA_TEST_MARK", _folder.Path)] });
        var check = new CommandHealthCheck("sh", ["-c", "setsid sleep 1000 & wait"]) { Timeout = TimeSpan.FromSeconds(0.3) };
        (await _engine.ProbeAsync(instance, check, None)).ShouldBe(new ProbeResult(false, "sh: no answer within 0.3 s"));
        Programs.Count("FLOTILLA_TEST_MARK", _folder.Path).ShouldBe(1);
    }

    [Fact]
    public async Task A_real_server_is_supervised()
    {
        var changes = new List<InstanceChange>();
        await using var supervisor = new AppSupervisor(Programs.Server, "web-1", _engine, TimeProvider.System, new Random(1), Invariants.Throwing, change =>
        {
            lock (changes) changes.Add(change);
        });
        await supervisor.SetSlotsAsync([0, 1], None);
        await supervisor.WaitForAsync(all => all.All(instance => instance.Status == InstanceStatus.Healthy), None);
        Signals.Send(supervisor.Instances[0].ProcessId!.Value, Signals.Kill);
        await supervisor.WaitForAsync(all => all[0] is { Run: 2, Status: InstanceStatus.Healthy }, None);
        await supervisor.StopAsync(None);
        lock (changes)
        {
            var crash = changes.Single(change => change.Kind == InstanceChangeKind.Crashed);
            Regex.Replace(crash.Text, @"[\d.]+ s|\d{5}", "N").ShouldBe("killed by signal 9 after N; last line: listening on N");
            var restart = changes.First(change => change.At >= crash.At && change.Id.Slot == 0 && change.Kind == InstanceChangeKind.Started);
            TestContext.Current.TestOutputHelper?.WriteLine($"started again {(restart.At - crash.At).TotalMilliseconds:0.0} ms after the crash was known");
            changes.Count(change => change.Kind == InstanceChangeKind.Stopped).ShouldBe(2);
        }
    }

    [Fact]
    public async Task Reading_the_output_of_many_instances_takes_no_threads()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(slot =>
            _engine.StartAsync(new InstanceStart(new InstanceId("script", slot), 1, Programs.Shell("exec sleep 1000"), "web-1", [], _ => { }), None)));
        ThreadPool.ThreadCount.ShouldBeLessThan(60);
    }
}
