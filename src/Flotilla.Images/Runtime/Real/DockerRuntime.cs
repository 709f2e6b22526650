using System.Globalization;
using Flotilla.Core;
using Flotilla.Docker;
using Flotilla.Images.Configuration;
using Flotilla.Images.Destinations;

namespace Flotilla.Images.Runtime.Real;

/// <summary>
/// Runs containers in a Docker engine, which is given the image where it has not got it. It needs no root, but the engine's socket.
/// A terminal of its own and input are runc's alone.
/// </summary>
/// <param name="engine">The engine; null for this machine's. One that is given stays open.</param>
public sealed class DockerRuntime(DockerEngine? engine = null) : IImageRuntime
{
    private const string Label = "flotilla-run";
    private static int _count;

    /// <inheritdoc/>
    public string Name => "docker";

    /// <inheritdoc/>
    public async Task<IEndedContainer> RunAsync(GraphImage image, ContainerSettings settings, ContainerStreams streams, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(streams);
        if (settings.Terminal)
            throw ImageException.Of(ImageFault.RuntimeFailed, "A terminal is not to be had with the engine docker.", "its socket gives output only here.", "Use runc (without --engine), or let the target say \"attach: false\".");
        foreach (var mount in settings.Mounts)
            if (!File.Exists(mount.From) && !Directory.Exists(mount.From))
                throw new ProblemException(new Problem($"There is no {mount.From} to mount to {mount.To}.", Fix: "Make it, or mend the mount: paths are relative to the file that says them."));
        var own = engine is null ? new DockerEngine() : null;
        var docker = engine ?? own!;
        string? container = null;
        try
        {
            await RemoveLeftoversAsync(docker, cancellationToken);
            var id = await EnsureAsync(docker, image, cancellationToken);
            container = await docker.CreateContainerAsync(Options(id, settings), cancellationToken);
            using (var attached = await docker.AttachAsync(container, cancellationToken))
            {
                await docker.StartContainerAsync(container, cancellationToken);
                await DockerEngine.ReadOutputAsync(attached, terminal: false, (stream, bytes) => TakeAsync(streams, stream, bytes, cancellationToken), cancellationToken);
            }
            var code = await docker.WaitContainerAsync(container, cancellationToken);
            return new EndedDockerContainer(docker, own, container, image, settings.Mounts, code);
        }
        catch (Exception e)
        {
            if (container is not null) await docker.RemoveContainerAsync(container, force: true, CancellationToken.None);
            own?.Dispose();
            if (e is DockerException failure) throw new ImageException(failure.Status == 0 ? ImageFault.Unreachable : ImageFault.RuntimeFailed, failure.Problem, failure);
            throw;
        }
    }

    private static ContainerOptions Options(string image, ContainerSettings settings) => new()
    {
        Image = image,
        Name = string.Create(CultureInfo.InvariantCulture, $"{Label}-{System.Environment.ProcessId}-{Interlocked.Increment(ref _count)}"),
        EntryPoint = [settings.Command[0]],
        Command = [.. settings.Command.Skip(1)],
        Environment = [.. settings.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
        Folder = settings.Folder,
        User = string.Create(CultureInfo.InvariantCulture, $"{settings.User.User}:{settings.User.Group}"),
        Labels = [new(Label, "1")],
        Mounts = [.. settings.Mounts.Select(mount => $"{mount.From}:{mount.To}:{(mount.Writable ? "rw" : "ro")}")],
        Ports = NetworkOf(settings) == "bridge" ? [.. settings.Ports.Select(port => new ContainerPort(port.Container, port.Host))] : [],
        Dns = settings.Dns,
        // In the host's network a container has the host's name, too.
        Hostname = NetworkOf(settings) == "host" ? null : settings.Hostname,
        Network = NetworkOf(settings),
        Limits = [.. settings.Limits.Select(limit => new ContainerLimit(limit.Name, Bound(limit.Soft), Bound(limit.Hard)))],
        Privileged = settings.Privileged,
    };

    // A port that is another inside than outside takes a network in between.
    private static string NetworkOf(ContainerSettings settings) =>
        settings.Network == ContainerNetwork.None ? "none" : settings.Ports.Any(port => port.Host != port.Container) ? "bridge" : "host";

    private static long Bound(ulong? limit) => limit is { } value ? (long)Math.Min(value, long.MaxValue) : -1;

    private static async Task<string> EnsureAsync(DockerEngine docker, GraphImage image, CancellationToken cancellationToken)
    {
        if (await docker.FindImageAsync(image.ImageId, cancellationToken) is { } known) return known.Id;
        var tag = $"flotilla/{image.Commit}:latest";
        if (await docker.FindImageAsync(tag, cancellationToken) is { } tagged) return tagged.Id;
        await new DockerDestination(tag, docker).WriteAsync(image, cancellationToken);
        return (await docker.FindImageAsync(tag, cancellationToken))!.Id;
    }

    // What a run that was killed could not remove.
    private static async Task RemoveLeftoversAsync(DockerEngine docker, CancellationToken cancellationToken)
    {
        foreach (var container in await docker.ContainersAsync(Label, cancellationToken))
            if (container.Name.TrimStart('/').Split('-') is [.., var process, _] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && !Directory.Exists($"/proc/{id}"))
                await docker.RemoveContainerAsync(container.Id, force: true, cancellationToken);
    }

    private static async Task TakeAsync(ContainerStreams streams, OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (streams.Inherit)
        {
            await using var inherited = stream == OutputStream.Error ? System.Console.OpenStandardError() : System.Console.OpenStandardOutput();
            await inherited.WriteAsync(bytes, cancellationToken);
        }
        else if ((stream == OutputStream.Error ? streams.Error : streams.Output) is { } to)
        {
            await to.WriteAsync(bytes, cancellationToken);
        }
    }
}
