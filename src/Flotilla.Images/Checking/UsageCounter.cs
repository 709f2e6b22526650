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

    /// <summary>What whole lineages take, and how much of that no other of them needs.</summary>
    public IReadOnlyList<LineageUsage> Count(IReadOnlyList<(ImageName Name, IReadOnlyList<GraphImage> Versions)> lineages)
    {
        var users = new Dictionary<ObjectId, int>();
        var all = new List<HashSet<ObjectId>>();
        foreach (var (_, versions) in lineages)
        {
            var objects = new HashSet<ObjectId>();
            foreach (var version in versions)
                if (objects.Add(version.Commit)) Collect(version.Text.Tree, objects);
            foreach (var id in objects) users[id] = users.GetValueOrDefault(id) + 1;
            all.Add(objects);
        }
        return [.. lineages.Zip(all, (lineage, objects) => new LineageUsage(
            lineage.Name, lineage.Versions.Count, lineage.Versions[0].Layers.Sum(layer => layer.Bytes), objects.Sum(Size), objects.Where(id => users[id] == 1).Sum(Size)))];
    }

    private void Collect(ObjectId tree, HashSet<ObjectId> objects)
    {
        if (!objects.Add(tree)) return;
        foreach (var entry in GitTree.Read(store, tree))
            if (entry.IsFolder) Collect(entry.Id, objects);
            else objects.Add(entry.Id);
    }

    private long Size(ObjectId id) => _sizes.TryGetValue(id, out var size) ? size : _sizes[id] = store.DiskSize(id);

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
