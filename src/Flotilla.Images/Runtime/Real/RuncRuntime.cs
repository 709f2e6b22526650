using Flotilla.Core;
using Flotilla.Images.Configuration;
using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>
/// Runs containers with <c>runc</c> on checkouts of the graph: one for each version, never written and shared by all containers, with an
/// overlay for what a container changes. Where the file system takes no overlay, each container gets a checkout of its own. Needs root:
/// owners, devices and mounts are root's to make.
/// </summary>
/// <param name="graph">The graph; containers live in its folder <c>flotilla-runtime</c>.</param>
/// <param name="time">The clock.</param>
/// <param name="program">runc, or another program with its command line.</param>
public sealed class RuncRuntime(ImageGraph graph, TimeProvider time, string program = "runc") : IImageRuntime
{
    private const string ResolverFile = "/etc/resolv.conf";
    private static readonly string[] KernelFolders = ["/proc", "/sys", "/dev"];

    /// <inheritdoc/>
    public string Name => program;

    /// <inheritdoc/>
    public async Task<IEndedContainer> RunAsync(GraphImage image, ContainerSettings settings, ContainerStreams streams, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(streams);
        Refuse(settings, streams);
        var folder = new RuntimeFolder(graph.Path);
        var runc = new Runc(FindProgram(), folder.State);
        await ContainerFolder.RemoveLeftoversAsync(folder, runc, cancellationToken);
        var (root, hold) = await folder.BaseAsync(image, time, cancellationToken);
        ContainerFolder? container = null;
        try
        {
            container = ContainerFolder.Create(folder, time);
            var binds = Binds(container, settings);
            var overlay = Lay(container, image, root, binds, cancellationToken);
            BundleFile.Write(container.File("bundle/config.json"), container.Root, settings, binds, Capabilities.Own());
            var code = await runc.RunAsync(container.Id, container.File("bundle"), container.File("runc.log"), streams, cancellationToken);
            await runc.DeleteAsync(container.Id, cancellationToken);
            return new EndedContainer(folder, container, runc, root, hold, overlay, code);
        }
        catch
        {
            if (container is not null)
            {
                await container.RemoveAsync(runc, CancellationToken.None);
                container.Dispose();
            }
            await hold.DisposeAsync();
            throw;
        }
    }

    private void Refuse(ContainerSettings settings, ContainerStreams streams)
    {
        if (!Posix.IsRoot)
            throw ImageException.Of(ImageFault.RuntimeFailed, $"{program} needs root to run containers of images.", "owners, devices and overlays are root's to make.", "Run the command with sudo.");
        if (settings.Terminal && !streams.Inherit) throw new ArgumentException("A terminal needs the streams of the process.", nameof(streams));
        foreach (var port in settings.Ports)
        {
            if (settings.Network == ContainerNetwork.None)
                throw ImageException.Of(ImageFault.RuntimeFailed, $"Port {port.Host} cannot lead to a container without a network.", "\"network: none\" leaves it a loopback interface of its own.", "Write \"network: host\", or take the port away.");
            if (port.Host != port.Container)
                throw ImageException.Of(ImageFault.RuntimeFailed, $"Port {port.Host} of the host cannot lead to port {port.Container} of the container.", $"with {program} the container has the host's network, and so the host's ports.", $"Let its program listen on {port.Host} and write \"{port.Host}:{port.Host}\".");
        }
        foreach (var mount in settings.Mounts)
            if (!File.Exists(mount.From) && !Directory.Exists(mount.From))
                throw new ProblemException(new Problem($"There is no {mount.From} to mount to {mount.To}.", Fix: "Make it, or mend the mount: paths are relative to the file that says them."));
    }

    private string FindProgram()
    {
        if (program.Contains('/')) return program;
        var folders = (System.Environment.GetEnvironmentVariable("PATH") + ":/usr/local/sbin:/usr/sbin:/sbin").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw ImageException.Of(ImageFault.RuntimeFailed, $"There is no program {program} on PATH.", fix: "Install runc.");
    }

    private static List<Mount> Binds(ContainerFolder container, ContainerSettings settings)
    {
        var binds = new List<Mount>();
        if (settings.Dns.Count > 0)
        {
            var file = container.File("resolv.conf");
            File.WriteAllLines(file, settings.Dns.Select(server => "nameserver " + server));
            binds.Add(new Mount(file, ResolverFile, false));
        }
        else if (settings.Network == ContainerNetwork.Host && File.Exists(ResolverFile)) binds.Add(new Mount(Path.GetFullPath(ResolverFile), ResolverFile, false));
        binds.AddRange(settings.Mounts);
        return binds;
    }

    // True when the root is an overlay over the shared checkout.
    private static bool Lay(ContainerFolder container, GraphImage image, string root, List<Mount> binds, CancellationToken cancellationToken)
    {
        foreach (var path in KernelFolders) MountPoints.Make(container.Stubs, MountPoints.Resolve(root, path), isFolder: true);
        foreach (var bind in binds) MountPoints.Make(container.Stubs, MountPoints.Resolve(root, bind.To), Directory.Exists(bind.From));
        Attributes(root, container.Upper);
        if (Overlay.TryMount(container.Root, [root, container.Stubs], container.Upper, container.File("work"))) return true;
        new Checkout(image, forOverlay: true, cancellationToken).Run(container.Root);
        Overlay.AddMissing(container.Stubs, container.Root);
        return false;
    }

    // The upper folder's own attributes are those of the container's root.
    private static unsafe void Attributes(string from, string to)
    {
        var status = Posix.TryStat(Posix.AtCurrent, Posix.Name(from))!.Value;
        Posix.Check(Posix.OwnAt(Posix.AtCurrent, Posix.Name(to), status.User, status.Group, 0), "Preparing the container's root");
        Posix.Check(Posix.ModeAt(Posix.AtCurrent, Posix.Name(to), status.Bits, 0), "Preparing the container's root");
        var times = stackalloc long[4];
        times[0] = times[2] = status.ModifiedSeconds;
        times[1] = times[3] = status.ModifiedNanoseconds;
        Posix.Check(Posix.TimesAt(Posix.AtCurrent, Posix.Name(to), times, 0), "Preparing the container's root");
    }
}
