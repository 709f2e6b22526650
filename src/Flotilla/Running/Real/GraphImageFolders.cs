using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Images;
using Flotilla.Images.Destinations;

namespace Flotilla.Running.Real;

/// <summary>Folders of images on a host that is real, or a directory of one: laid down from the graph of the fleet.</summary>
internal sealed class GraphImageFolders : IImageFolders
{
    private const int NamesShown = 3;

    public void Check(ImageResource resource, bool isOurs, IMachine machine)
    {
        if (!isOurs && machine.Stat(resource.Path) is { Kind: FileKind.Directory } && machine.List(resource.Path) is { Count: > 0 } names)
            throw new ProblemException(new Problem(
                $"Image \"{resource.Path}\" cannot be laid down: a folder is there that no image was laid into.", resource.Declared,
                $"It has {string.Join(", ", names.Take(NamesShown))}{(names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "")}.",
                "Move it away, or choose another path."));
        if (resource.IsAbsent) return;
        using var graph = Open(resource);
        Find(graph, resource);
    }

    public async Task ReplaceAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken)
    {
        using var graph = Open(resource);
        var image = Find(graph, resource);
        await DoAsync(resource, () => new ReplacedFolder(machine.RealPath(resource.Path)).WriteAsync(image, cancellationToken));
    }

    public Task RemoveAsync(ImageResource resource, IMachine machine, CancellationToken cancellationToken) =>
        DoAsync(resource, () => new ReplacedFolder(machine.RealPath(resource.Path)).RemoveAsync(cancellationToken));

    private static async Task DoAsync(ImageResource resource, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (ImageException e)
        {
            throw new ProblemException(e.Problem with { Where = resource.Declared }, e);
        }
    }

    // Beside the source; a program that was moved to another host has it beside itself.
    private static ImageGraph Open(ImageResource resource)
    {
        var source = Path.GetDirectoryName(resource.Declared?.File) is { Length: > 0 } folder && Directory.Exists(folder) ? folder : AppContext.BaseDirectory;
        var found = resource.Graph is { } named
            ? Path.GetFullPath(named, source)
            : ImageGraph.FindFolder(source) ?? ImageGraph.FindFolder(AppContext.BaseDirectory);
        try
        {
            if (found is not null) return ImageGraph.Open(found, TimeProvider.System);
        }
        catch (ImageException e) when (e.Fault == ImageFault.NotFound)
        {
        }
        throw new ProblemException(new Problem(
            $"Image \"{resource.Path}\" cannot be laid down: there is no graph of images in {found ?? $"{source} or above"}.", resource.Declared,
            Fix: $"Bring it there with \"flotilla image pull REMOTE --graph {found ?? Path.Combine(source, ImageGraph.DefaultFolder)}\", or name another with graph: \"DIR\"."));
    }

    private static GraphImage Find(ImageGraph graph, ImageResource resource)
    {
        try
        {
            return graph.Find(resource.Image.Reference);
        }
        catch (ImageException e) when (e.Fault == ImageFault.NotFound)
        {
            throw new ProblemException(new Problem(
                $"Image \"{resource.Path}\" cannot be laid down: the graph {graph.Path} does not have {resource.Image.Reference}.", resource.Declared,
                $"{ImageLock.FileName} pins that version.",
                $"Bring it there with \"flotilla image pull REMOTE --graph {graph.Path}\", or pin the newest one that is there with \"flotilla lock\"."), e);
        }
        catch (ImageException e)
        {
            throw new ProblemException(e.Problem with { Where = resource.Declared }, e);
        }
    }
}
