using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Makes files: a replaced content is the old or the new one at any moment, never a part.</summary>
internal sealed class FileProvider() : ResourceProvider<FileResource>(FileResource.TypeName)
{
    public const string BackupSuffix = ".flotilla-backup";

    private const UnixFileMode ModeOfNew = (UnixFileMode)0b110_100_100;

    protected override Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<FileResource> resources, IMachine machine, CancellationToken cancellationToken)
    {
        var accounts = new AccountNames(machine);
        return Reads.Each(resources, resource => Read(resource, accounts, machine), cancellationToken);
    }

    protected override ResourceState Desired(FileResource resource)
    {
        if (resource.IsAbsent) return ResourceState.Absent;
        var properties = new List<PropertyValue>(4);
        if (resource.Content is { } content) properties.Add(FileContent.Of(content, resource.IsSensitive));
        Permissions.AddDesired(properties, resource.Mode, resource.Owner, resource.Group);
        return new ResourceState(true, properties);
    }

    protected override Task ApplyAsync(FileResource resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var status = machine.Stat(resource.Path);
        RequireFile(resource, status, machine);
        switch (change.Action)
        {
            case ChangeAction.Delete:
                if (status is not null) Backup(resource, status, machine);
                machine.Delete(resource.Path);
                break;
            case ChangeAction.Create or ChangeAction.Update when status is not { Kind: FileKind.File }:
                Create(resource, machine);
                break;
            default:
                Update(resource, change, status!, machine);
                break;
        }
        return Task.CompletedTask;
    }

    private static ResourceState Read(FileResource resource, AccountNames accounts, IMachine machine)
    {
        var status = machine.Stat(resource.Path);
        if (status is null) return ResourceState.Absent;
        RequireFile(resource, status, machine);
        if (resource.IsAbsent) return new ResourceState(true, []);
        var properties = new List<PropertyValue>(4);
        if (resource.Content is { } content)
        {
            properties.Add(status.Kind == FileKind.Link
                ? FileContent.OfLink(machine.ReadLink(resource.Path), resource.IsSensitive)
                : FileContent.Read(resource.Path, status, content, resource.IsSensitive, machine));
        }
        Permissions.AddActual(properties, status, resource.Mode, resource.Owner, resource.Group, accounts);
        return new ResourceState(true, properties);
    }

    private static void Create(FileResource resource, IMachine machine)
    {
        PathFailures.RequireParent(resource, "written", machine);
        var content = Encoding.UTF8.GetBytes(resource.Content ?? "");
        var mode = Permissions.Parse(resource.Mode) ?? ModeOfNew;
        if (resource.Owner is null && resource.Group is null)
        {
            machine.WriteFile(resource.Path, content, mode);
        }
        else if (resource.Owner is not null && resource.Group is not null)
        {
            machine.WriteFile(resource.Path, content, mode, Permissions.Resolve(resource, resource.Owner, resource.Group, default, machine));
        }
        else
        {
            // Only the file itself tells which user or group it gets by default, and an unknown name must leave no file.
            Permissions.Resolve(resource, resource.Owner, resource.Group, default, machine);
            machine.WriteFile(resource.Path, content, mode);
            var made = machine.Stat(resource.Path) ?? throw new IOException($"{resource.Path} was removed while it was created.");
            machine.SetOwner(resource.Path, Permissions.Resolve(resource, resource.Owner, resource.Group, made.Owner, machine));
        }
    }

    private static void Update(FileResource resource, ResourceChange change, FileStatus status, IMachine machine)
    {
        var owner = Permissions.Resolve(resource, resource.Owner, resource.Group, status.Owner, machine);
        var mode = Permissions.Parse(resource.Mode) ?? status.Mode;
        if (resource.Content is { } content && (change.Action == ChangeAction.Create || change.Changes(FileContent.Property)))
        {
            Backup(resource, status, machine);
            machine.WriteFile(resource.Path, Encoding.UTF8.GetBytes(content), mode, owner);
            return;
        }
        if (owner != status.Owner) machine.SetOwner(resource.Path, owner);
        if (mode != status.Mode) machine.SetMode(resource.Path, mode);
    }

    private static void Backup(FileResource resource, FileStatus status, IMachine machine)
    {
        if (!resource.KeepBackup || status.Kind != FileKind.File) return;
        machine.WriteFile(resource.Path + BackupSuffix, machine.ReadFile(resource.Path), status.Mode, status.Owner);
    }

    private static void RequireFile(FileResource resource, FileStatus? status, IMachine machine)
    {
        switch (status?.Kind)
        {
            case FileKind.Directory:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be managed: a directory is there, and a file never replaces one.",
                    resource.Declared, Fix: $"Move the directory away, or declare Directory(\"{resource.Path}\")."));
            case FileKind.Other:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be managed: a device, socket or pipe is there.",
                    resource.Declared, Fix: "Move it away, or choose another path."));
            case FileKind.Link when resource.Content is null && !resource.IsAbsent:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be managed: a link to {machine.ReadLink(resource.Path)} is there, and links are not followed.",
                    resource.Declared, Fix: "Declare the file that it points at, or give content, which replaces the link."));
        }
    }
}
