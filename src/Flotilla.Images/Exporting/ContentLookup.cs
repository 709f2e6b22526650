using Flotilla.Images.Graph;
using Flotilla.Images.Layout;

namespace Flotilla.Images.Exporting;

/// <summary>Finds the blob of a layer's file: among those that the layer keeps for itself, else where the image shows it.</summary>
internal sealed class ContentLookup
{
    private readonly ObjectStore _store;
    private readonly Dictionary<string, ObjectId> _kept = [];
    private readonly Dictionary<string, Dictionary<string, TreeEntry>> _folders = [];

    /// <param name="store">The graph's objects.</param>
    /// <param name="rootfs">The tree of the visible files; null when there are none.</param>
    /// <param name="kept">The tree of the kept ones; null when there are none.</param>
    public ContentLookup(ObjectStore store, ObjectId? rootfs, ObjectId? kept)
    {
        _store = store;
        _folders[""] = rootfs is { } root ? Load(root) : [];
        if (kept is { } tree)
            foreach (var (path, entry) in GitTree.Walk(store, tree)) _kept[path] = entry.Id;
    }

    public ObjectId Find(Member member)
    {
        if (_kept.Count > 0 && _kept.TryGetValue(LayerPaths.KeptFile(member.Path, member.Again), out var kept)) return kept;
        return FindVisible(member.Path)
            ?? throw ImageException.Of(ImageFault.DamagedGraph, $"The content of \"{member.Path}\" is not in the graph.", fix: "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.");
    }

    public ObjectId? FindVisible(string path)
    {
        var slash = path.LastIndexOf('/');
        var folder = Folder(slash < 0 ? "" : path[..slash]);
        return folder is not null && folder.TryGetValue(GitName.Of(slash < 0 ? path : path[(slash + 1)..]), out var entry) && !entry.IsFolder ? entry.Id : null;
    }

    /// <summary>The git names of the files in a folder; none when it is not there.</summary>
    public IEnumerable<string> FilesIn(string folder) => Folder(folder)?.Values.Where(entry => !entry.IsFolder).Select(entry => entry.Name) ?? [];

    private Dictionary<string, TreeEntry>? Folder(string path)
    {
        if (_folders.TryGetValue(path, out var folder)) return folder;
        var slash = path.LastIndexOf('/');
        var parent = Folder(slash < 0 ? "" : path[..slash]);
        if (parent is null || !parent.TryGetValue(GitName.Of(slash < 0 ? path : path[(slash + 1)..]), out var entry) || !entry.IsFolder) return null;
        return _folders[path] = Load(entry.Id);
    }

    private Dictionary<string, TreeEntry> Load(ObjectId tree) => GitTree.Read(_store, tree).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
}
