using System.Diagnostics;
using System.Net.Sockets;

namespace Flotilla.Testing;

/// <summary>A Docker engine of the test's own, with its own data, socket and containerd, and without a network. Needs root.</summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly Task _log;

    private DockerDaemon(TemporaryFolder folder, Process process, Task log) => (_folder, _process, _log) = (folder, process, log);

    /// <summary>Where it listens.</summary>
    public string Socket => _folder.File("docker.sock");

    /// <summary>The reason to skip a test that needs one; null when it can be started.</summary>
    public static string? Missing() => Peer.Missing("dockerd", "docker.io") ?? (Environment.IsPrivilegedProcess ? null : "dockerd needs root.");

    /// <summary>Starts one and waits until it answers; tries the storage that copies when overlays do not work here.</summary>
    public static async Task<DockerDaemon> StartAsync(CancellationToken cancellationToken) =>
        await TryStartAsync([], cancellationToken) ?? await TryStartAsync(["--storage-driver=vfs"], cancellationToken) ?? throw new InvalidOperationException("dockerd does not start here.");

    private static async Task<DockerDaemon?> TryStartAsync(string[] more, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var start = new ProcessStartInfo(Peer.Find("dockerd")!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[
            "--host=unix://" + folder.File("docker.sock"), "--data-root=" + folder.File("data"), "--exec-root=" + folder.File("exec"), "--pidfile=" + folder.File("pid"),
            "--iptables=false", "--ip6tables=false", "--bridge=none", .. more]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var ready = new TaskCompletionSource<bool>();
        var log = Task.WhenAll(Read(process.StandardOutput), Read(process.StandardError));
        var daemon = new DockerDaemon(folder, process, log);
        var ended = process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken) == ready.Task)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Socket), cancellationToken);
            return daemon;
        }
        await daemon.DisposeAsync();
        return null;

        async Task Read(StreamReader reader)
        {
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
                if (line.Contains("API listen on", StringComparison.Ordinal)) ready.TrySetResult(true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A killed one would leave its containerd and mounts behind.
        if (!_process.HasExited) await Tool.RunAsync("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
        _folder.Dispose();
    }
}
