using System.Text;
using Flotilla.Core.Machines;
using Flotilla.Events;

namespace Flotilla.Haproxy;

/// <summary>Writes HAProxy's configuration anew whenever the members have changed.</summary>
/// <remarks>
/// It goes by who is a member now, not by what an event says: events may be late, doubled or out of order, and the outcome is the same.
/// The next configuration waits in <c>FILE.new</c> until HAProxy has taken it up, so that whoever is interrupted in between goes on
/// there.
/// </remarks>
internal sealed class HaproxyHandler(string backends, int port, int listen, string file, Command reload, Func<HaproxyModel, string> template) : IHandler
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // All changes, of whatever role: a member that has lost the role is announced without it.
    public EventFilter Filter { get; } = EventFilter.Members();

    // One at a time on a host, so that an older configuration never overwrites a newer one.
    public HandlerOptions Options { get; } = new(Concurrency: 1, Attempts: 3);

    private string Next => file + ".new";

    private string Rejected => file + ".rejected";

    public async Task<object?> HandleAsync(FleetEvent fleetEvent, IHost host, CancellationToken cancellationToken)
    {
        var servers = HaproxyServer.Of(host.Events.Members, backends, port,
            member => host.Note($"{member.Name} gets no requests: \"{member.Address}\" is no address."));
        var content = Encoding.UTF8.GetBytes(template(new HaproxyModel(backends, listen, servers)));
        var before = Read(host.Files, file);
        if (before is not null && before.AsSpan().SequenceEqual(content) && host.Files.Stat(Next) is null) return "unchanged";

        CreateFolder(host.Files, file[..file.LastIndexOf('/')]);
        host.Files.WriteFile(Next, content, FileMode);
        await ValidateAsync(host, content, cancellationToken);

        host.Files.WriteFile(file, content, host.Files.Stat(file)?.Mode ?? FileMode, host.Files.Stat(file)?.Owner);
        var reloaded = await host.Files.RunAsync(reload, cancellationToken);
        if (!reloaded.Succeeded)
        {
            // What stands in the file is what HAProxy runs with.
            if (before is null) host.Files.Delete(file);
            else host.Files.WriteFile(file, before, host.Files.Stat(file)?.Mode ?? FileMode, host.Files.Stat(file)?.Owner);
            host.Note($"HAProxy keeps its configuration: \"{reload}\" failed with exit code {reloaded.ExitCode}.");
            throw new InvalidOperationException($"\"{reload}\" failed with exit code {reloaded.ExitCode}. {reloaded.Error.Trim()}".Trim());
        }
        host.Files.Delete(Next);
        host.Files.Delete(Rejected);
        host.Note($"HAProxy sends requests to {(servers.Count == 0 ? "nobody" : string.Join(", ", servers.Select(server => server.Name)))}.");
        return string.Join(' ', servers.Select(server => server.Name));
    }

    private async Task ValidateAsync(IHost host, byte[] content, CancellationToken cancellationToken)
    {
        var check = await host.Files.RunAsync(new Command("haproxy", ["-c", "-f", host.Files.RealPath(Next)]), cancellationToken);
        if (check.Succeeded) return;
        host.Files.Delete(Next);
        if (check.ExitCode == 127) throw new InvalidOperationException($"haproxy cannot be run on {host.Name}: {check.Error.Trim()} Install it there.");
        var isNew = Read(host.Files, Rejected) is not { } known || !known.AsSpan().SequenceEqual(content);
        host.Files.WriteFile(Rejected, content, FileMode);
        var said = check.Error.Split('\n').FirstOrDefault(line => line.Contains("[ALERT]", StringComparison.Ordinal)) ?? check.Error.Trim();
        // Said once, however often it is tried.
        if (isNew) host.Note($"HAProxy rejects the configuration kept in {Rejected}; {file} stays as it is. {said}");
        throw new InvalidOperationException($"HAProxy rejects the configuration kept in {Rejected}:\n{check.Error.Trim()}");
    }

    private static byte[]? Read(IMachine machine, string path) => machine.Stat(path) is { Kind: FileKind.File } ? machine.ReadFile(path) : null;

    private static void CreateFolder(IMachine machine, string folder)
    {
        if (folder.Length == 0 || machine.Stat(folder) is not null) return;
        CreateFolder(machine, folder[..folder.LastIndexOf('/')]);
        machine.CreateDirectory(folder, FolderMode);
    }
}
