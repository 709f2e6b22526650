using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Images;
using Flotilla.Resources;
using Flotilla.Running.Real;
using Flotilla.Running.Simulated;

namespace Flotilla.Running;

/// <summary>Lays images down as folders. A note beside each folder says its version, and while it is replaced, that this is not done yet.</summary>
/// <param name="foldersOf">What makes the folders of a machine.</param>
internal sealed class ImageProvider(Func<IMachine, IImageFolders> foldersOf) : ResourceProvider<ImageResource>(ImageResource.TypeName)
{
    private const UnixFileMode ModeOfNote = (UnixFileMode)0b110_100_100;
    private const string Unfinished = " (unfinished)";
    private const string Property = "image";

    /// <summary>From the graph where the machine has files that are real; on any other machine, as in simulation.</summary>
    public static ImageProvider OfMachines { get; } = new(machine => machine is LocalMachine ? new GraphImageFolders() : new SimulatedImageFolders());

    protected override Task<IReadOnlyList<ResourceState>> ReadAsync(IReadOnlyList<ImageResource> resources, IMachine machine, CancellationToken cancellationToken)
    {
        var states = new List<ResourceState>(resources.Count);
        foreach (var resource in resources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            states.Add(Read(resource, machine));
        }
        return Task.FromResult<IReadOnlyList<ResourceState>>(states);
    }

    protected override ResourceState Desired(ImageResource resource) =>
        resource.IsAbsent ? ResourceState.Absent : new ResourceState(true, [new PropertyValue(Property, resource.Image.Reference)]);

    protected override async Task ApplyAsync(ImageResource resource, ResourceChange change, IMachine machine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PathFailures.RequireParent(resource, change.Action == ChangeAction.Delete ? "removed" : "laid down", machine);
        var folders = foldersOf(machine);
        // First, so that what a crash leaves is known to be an image's, and is done again.
        Note(resource, resource.Image.Reference + Unfinished, machine);
        if (change.Action == ChangeAction.Delete)
        {
            await folders.RemoveAsync(resource, machine, cancellationToken);
            machine.Delete(NoteOf(resource));
            return;
        }
        await folders.ReplaceAsync(resource, machine, cancellationToken);
        Note(resource, resource.Image.Reference, machine);
    }

    private ResourceState Read(ImageResource resource, IMachine machine)
    {
        if (resource.Image.Commit is null && !resource.IsAbsent)
            throw new ProblemException(new Problem($"Image \"{resource.Path}\" cannot be laid down: {resource.Image.Name} is not pinned in {ImageLock.FileName}.",
                resource.Declared, Fix: "Name it with fleet.Image and run \"flotilla lock\" to pin its newest version."));
        var status = machine.Stat(resource.Path);
        RequireFolder(resource, status, machine);
        var version = machine.Stat(NoteOf(resource)) is null ? null : Encoding.UTF8.GetString(machine.ReadFile(NoteOf(resource))).Trim();
        var found = (resource.IsAbsent, status, version) switch
        {
            (true, null, null) or (false, null, _) or (false, _, null) => ResourceState.Absent,
            (true, _, _) => new ResourceState(true, []),
            (_, _, { } text) => new ResourceState(true, [new PropertyValue(Property, text)]),
        };
        if (resource.IsAbsent ? found.Exists : found.Property(Property)?.Value != resource.Image.Reference)
            foldersOf(machine).Check(resource, isOurs: version is not null, machine);
        return found;
    }

    private static void RequireFolder(ImageResource resource, FileStatus? status, IMachine machine)
    {
        switch (status?.Kind)
        {
            case FileKind.Link:
                throw new ProblemException(new Problem($"Image \"{resource.Path}\" cannot be managed: a link to {machine.ReadLink(resource.Path)} is there, and links are not followed.",
                    resource.Declared, Fix: "Name the folder that it points at, or remove the link."));
            case FileKind.File or FileKind.Other:
                throw new ProblemException(new Problem($"Image \"{resource.Path}\" cannot be managed: something that is no folder is there.",
                    resource.Declared, Fix: "Move it away, or choose another path."));
        }
    }

    private static string NoteOf(ImageResource resource)
    {
        var slash = resource.Path.LastIndexOf('/');
        return $"{resource.Path[..slash]}/.{resource.Path[(slash + 1)..]}.flotilla-image";
    }

    private static void Note(ImageResource resource, string text, IMachine machine) =>
        machine.WriteFile(NoteOf(resource), Encoding.UTF8.GetBytes(text + "\n"), ModeOfNote);
}
