using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Flotilla.Testing;

/// <summary>A registry of the test's own, on a free port of this machine.</summary>
public sealed class DockerRegistry : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private DockerRegistry(string address)
    {
        Address = address;
        _folder.Write("registry.yml", $"version: 0.1\nlog: {{level: info}}\nstorage: {{filesystem: {{rootdirectory: {_folder.File("data")}}}}}\nhttp: {{addr: \"{address}\"}}\n");
        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", _folder.File("registry.yml")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Address { get; }

    /// <summary>The reason to skip a test that needs one; null when it is there.</summary>
    public static string? Missing() => Peer.Missing("docker-registry", "docker-registry");

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<DockerRegistry> StartAsync()
    {
        string address;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            address = free.LocalEndpoint.ToString()!;
        }
        var registry = new DockerRegistry(address);
        var ready = new TaskCompletionSource();
        registry._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening on", StringComparison.Ordinal) == true) ready.TrySetResult();
        };
        registry._process.OutputDataReceived += (_, _) => { };
        registry._process.BeginErrorReadLine();
        registry._process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return registry;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
