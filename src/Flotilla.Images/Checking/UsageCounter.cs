using Flotilla.Images.Graph;

namespace Flotilla.Images.Checking;

/// <summary>Adds up what versions take on disk, an object that several share counted for the oldest.</summary>
internal sealed class UsageCounter(ObjectStore store)
{
    private readonly Dictionary<ObjectId, long> _sizes = [];
    private readonly Dictionary<string, (long Bytes, HashSet<ObjectId> Contents)> _files = [];

    /// <param name="newestFirst">The versions of a lineage.</param>
    /// <param name="filesMax">How many files to name.</param>
    public ImageUsage Count(IReadOnlyList<GraphImage> newestFirst, int filesMax)
    {
        var versions = new List<VersionUsage>();
        foreach (var image in newestFirst.Reverse())
        {
            var seen = new HashSet<ObjectId>();
            var added = 0L;
            var stored = Add(image.Commit, seen, ref added) + Tree(image.Text.Tree, "", seen, ref added);
            versions.Insert(0, new VersionUsage(image.Commit, image.Layers.Sum(layer => layer.Bytes), stored, added));
        }
        return new ImageUsage(versions,
            [.. _files.Select(each => new FileUsage(each.Key, each.Value.Bytes, each.Value.Contents.Count)).OrderByDescending(each => each.StoredBytes).ThenBy(each => each.Path, StringComparer.Ordinal).Take(filesMax)]);
    }

    private long Tree(ObjectId tree, string path, HashSet<ObjectId> seen, ref long added)
    {
        var bytes = Add(tree, seen, ref added);
        foreach (var entry in GitTree.Read(store, tree))
        {
            var below = path + entry.Name;
            if (entry.IsFolder)
            {
                bytes += Tree(entry.Id, below + "/", seen, ref added);
                continue;
            }
            var size = Add(entry.Id, seen, ref added);
            bytes += size;
            ref var file = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_files, below, out _);
            file.Contents ??= [];
            if (file.Contents.Add(entry.Id)) file.Bytes += _sizes[entry.Id];
        }
        return bytes;
    }

    private long Add(ObjectId id, HashSet<ObjectId> seen, ref long added)
    {
        if (!_sizes.TryGetValue(id, out var size)) added += _sizes[id] = size = store.DiskSize(id);
        return seen.Add(id) ? size : 0;
    }
}
