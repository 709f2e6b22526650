using Flotilla.Core;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>Makes directories, and removes empty ones.</summary>
internal sealed class DirectoryProvider() : ResourceProvider<DirectoryResource>(DirectoryResource.TypeName)
{
    private const UnixFileMode ModeOfNew = (UnixFileMode)0b111_101_101;
    private const int NamesShown = 3;

    protected override Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<DirectoryResource> resources, IMachine machine, CancellationToken cancellationToken)
    {
        var accounts = new AccountNames(machine);
        return Reads.Each(resources, resource => Read(resource, accounts, machine), cancellationToken);
    }

    protected override ResourceState Desired(DirectoryResource resource)
    {
        if (resource.IsAbsent) return ResourceState.Absent;
        var properties = new List<PropertyValue>(3);
        Permissions.AddDesired(properties, resource.Mode, resource.Owner, resource.Group);
        return new ResourceState(true, properties);
    }

    protected override Task ApplyAsync(DirectoryResource resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var status = machine.Stat(resource.Path);
        RequireDirectory(resource, status, machine);
        if (change.Action == ChangeAction.Delete)
        {
            if (status is not null) Remove(resource, machine);
            return Task.CompletedTask;
        }
        if (status is null)
        {
            PathFailures.RequireParent(resource, "created", machine);
            Permissions.Resolve(resource, resource.Owner, resource.Group, default, machine);
            machine.CreateDirectory(resource.Path, Permissions.Parse(resource.Mode) ?? ModeOfNew);
            status = machine.Stat(resource.Path) ?? throw new IOException($"{resource.Path} was removed while it was created.");
        }
        var owner = Permissions.Resolve(resource, resource.Owner, resource.Group, status.Owner, machine);
        if (owner != status.Owner) machine.SetOwner(resource.Path, owner);
        if (Permissions.Parse(resource.Mode) is { } mode && mode != status.Mode) machine.SetMode(resource.Path, mode);
        return Task.CompletedTask;
    }

    private static ResourceState Read(DirectoryResource resource, AccountNames accounts, IMachine machine)
    {
        var status = machine.Stat(resource.Path);
        if (status is null) return ResourceState.Absent;
        RequireDirectory(resource, status, machine);
        var properties = new List<PropertyValue>(3);
        if (!resource.IsAbsent) Permissions.AddActual(properties, status, resource.Mode, resource.Owner, resource.Group, accounts);
        return new ResourceState(true, properties);
    }

    private static void Remove(DirectoryResource resource, IMachine machine)
    {
        var names = machine.List(resource.Path);
        if (names.Count > 0)
        {
            var more = names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "";
            throw new ProblemException(new Problem(
                $"{resource.Id.Title} cannot be removed: it is not empty.", resource.Declared,
                $"It has {string.Join(", ", names.Take(NamesShown))}{more}.", "Declare what is in it absent too, or remove it by hand."));
        }
        machine.Delete(resource.Path);
    }

    private static void RequireDirectory(DirectoryResource resource, FileStatus? status, IMachine machine)
    {
        switch (status?.Kind)
        {
            case FileKind.Link:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be managed: a link to {machine.ReadLink(resource.Path)} is there, and links are not followed.",
                    resource.Declared, Fix: "Declare the directory that it points at, or remove the link."));
            case FileKind.File or FileKind.Other:
                throw new ProblemException(new Problem($"{resource.Id.Title} cannot be managed: something that is no directory is there.",
                    resource.Declared, Fix: "Move it away, or choose another path."));
        }
    }
}
