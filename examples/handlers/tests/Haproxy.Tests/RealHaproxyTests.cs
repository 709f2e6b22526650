using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Flotilla.Core.Machines;
using Flotilla.Testing;

namespace Flotilla.Haproxy.Tests;

/// <summary>The members are simulated, HAProxy is the real one: it judges what is written, and takes it up.</summary>
public sealed class RealHaproxyTests : IAsyncDisposable
{
    private const string File = "/etc/haproxy/haproxy.cfg";

    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _running = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _running) await one.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void It_accepts_what_the_templates_write_for_any_number_of_servers()
    {
        Need();
        foreach (var template in new Func<HaproxyModel, string>[] { HaproxyTemplate.Http, HaproxyTemplate.Tcp })
            foreach (var count in new[] { 0, 1, 40 })
            {
                var servers = Enumerable.Range(0, count).Select(i => new HaproxyServer($"web-{i}", i % 2 == 0 ? $"10.0.0.{i + 1}" : $"[fe80::{i}]", 8080));
                var path = _folder.Write("haproxy.cfg", template(new HaproxyModel("web", 18080, [.. servers])));
                var (exitCode, error) = Run("haproxy", "-c", "-f", path);
                Assert.True(exitCode == 0, error);
                Assert.DoesNotContain("[WARNING]", error);
            }
    }

    [Fact]
    public void What_it_rejects_is_not_put_in_place()
    {
        Need();
        var fleet = Balanced(model => HaproxyTemplate.Http(model with { Servers = [.. model.Servers.Select(server => server with { Address = "127.0.0.1" })] })
            + (model.Servers.Count < 2 ? "    balanse roundrobin\n" : ""));
        FleetSimulation.Of(fleet).On(setup => Judge(setup)).Run(async s =>
        {
            await s.Until("a configuration with both", () => Read(s).Contains("server web-1 ") && Read(s).Contains("server web-2 "));
            var good = Read(s);
            await s.Host("web-2").CrashAsync();
            var note = await s.Sees("note", "lb");
            Assert.StartsWith($"HAProxy rejects the configuration kept in {File}.rejected; {File} stays as it is.", note.Text);
            Assert.Contains("unknown keyword 'balanse'", note.Text);
            Assert.Equal(good, Read(s));
        });
    }

    [Fact]
    public async Task It_takes_a_new_configuration_up_and_sends_requests_to_who_is_left()
    {
        Need();
        var (one, two, listen) = (new NamedServer("web-1"), new NamedServer("web-2"), FreePort());
        _running.AddRange([one, two]);
        var ports = new Dictionary<string, int> { ["web-1"] = one.Port, ["web-2"] = two.Port };
        var path = _folder.File("haproxy.cfg");
        var fleet = Balanced(model => HaproxyTemplate.Http(model with
        {
            Listen = listen,
            Servers = [.. model.Servers.Select(server => server with { Address = "127.0.0.1", Port = ports[server.Name] })],
        }));

        RunningHaproxy? haproxy = null;
        FleetSimulation.Of(fleet).On(setup =>
        {
            Judge(setup);
            setup.Machine("lb").OnCommand("systemctl", _ =>
            {
                System.IO.File.WriteAllBytes(path, setup.Machine("lb").ReadFile(File));
                if (haproxy is null) _running.Add(haproxy = new RunningHaproxy(path));
                else haproxy.Reload();
                return new CommandResult(0, "", "");
            });
        }).Run(async s =>
        {
            await s.Until("a configuration with both", () => Read(s).Contains("server web-1 ") && Read(s).Contains("server web-2 "));
        });
        await AnswersAsync(listen, "web-1", "web-2");

        // The same fleet, of which one server is lost: what was said of it at the end of the first run is still what runs.
        FleetSimulation.Of(fleet).On(setup =>
        {
            Judge(setup);
            setup.Machine("lb").OnCommand("systemctl", _ =>
            {
                System.IO.File.WriteAllBytes(path, setup.Machine("lb").ReadFile(File));
                haproxy!.Reload();
                return new CommandResult(0, "", "");
            });
        }).Run(async s =>
        {
            await s.Until("a configuration with both", () => Read(s).Contains("server web-1 ") && Read(s).Contains("server web-2 "));
            await s.Host("web-2").CrashAsync();
            await s.Until("a configuration with one", () => !Read(s).Contains("server web-2 "));
        });
        await two.DisposeAsync();
        await AnswersAsync(listen, "web-1");
    }

    private static void Need()
    {
        if (Peer.Missing("haproxy", "haproxy") is { } why) Assert.Skip(why);
    }

    private static Fleet Balanced(Func<HaproxyModel, string> template) => new Fleet("balanced")
        .Host("lb", ["lb"]).Host("web-1", ["web"]).Host("web-2", ["web"])
        .Role("web", _ => { })
        .Role("lb", lb => lb.KeepHaproxy("web", port: 8080, template: template));

    private void Judge(SimulatedSetup setup) => setup.Machine("lb").OnCommand("haproxy", command =>
    {
        var path = _folder.Write("checked.cfg", Encoding.UTF8.GetString(setup.Machine("lb").ReadFile(command.Arguments[^1])));
        var (exitCode, error) = Run("haproxy", [.. command.Arguments.SkipLast(1), path]);
        return new CommandResult(exitCode, "", error);
    });

    private static string Read(Scenario s) => s.Host("lb").Inside.Files is var files && files.Stat(File) is not null ? Encoding.UTF8.GetString(files.ReadFile(File)) : "";

    private static (int ExitCode, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Peer.Find(program)!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }

    /// <summary>Asks until all of these and nobody else have answered ten requests in a row.</summary>
    private static async Task AnswersAsync(int port, params string[] names)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        http.DefaultRequestHeaders.ConnectionClose = true;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var heard = new List<string>();
        while (heard.Count < 10 || !heard.TakeLast(10).ToHashSet().SetEquals(names))
        {
            Assert.False(limit.IsCancellationRequested, $"heard {string.Join(", ", heard.TakeLast(10))}, not {string.Join(", ", names)}");
            try
            {
                heard.Add(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), limit.Token));
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                heard.Add(error.Message);
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class RunningHaproxy : IAsyncDisposable
    {
        private readonly Process _process;

        public RunningHaproxy(string file) =>
            _process = Process.Start(new ProcessStartInfo(Peer.Find("haproxy")!, ["-W", "-db", "-f", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;

        public void Reload() => Run("kill", "-USR2", $"{_process.Id}");

        public async ValueTask DisposeAsync()
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    /// <summary>Answers every request with a name.</summary>
    private sealed class NamedServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public NamedServer(string name)
        {
            _listener.Start();
            _serving = ServeAsync(name);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync(string name)
        {
            var reply = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\nConnection: close\r\n\r\n{name}");
            var buffer = new byte[4096];
            while (true)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    if (await client.GetStream().ReadAsync(buffer) == 0) continue;
                    await client.GetStream().WriteAsync(reply);
                }
                catch (SocketException) when (!_listener.Server.IsBound)
                {
                    return;
                }
                catch (Exception error) when (error is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return;
                }
                catch (Exception error) when (error is IOException or SocketException)
                {
                    // A client that has gone, such as a health check.
                }
            }
        }
    }
}
