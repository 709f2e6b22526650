using Flotilla.Images.Layout;

namespace Flotilla.Images.Diffing;

/// <summary>Compares two images by what is stored of them: shards that are the same object are not read.</summary>
internal static class ImageDiffer
{
    public static ImageDiff Compare(GraphImage before, GraphImage after)
    {
        var (first, second) = Members(before, after);
        var added = new List<string>();
        var removed = new List<string>();
        var changed = new List<EntryChange>();
        foreach (var (path, member) in second)
        {
            if (!first.TryGetValue(path, out var old)) added.Add(Shown(path));
            else if (Change(path, old, member) is { } change) changed.Add(change);
        }
        foreach (var path in first.Keys)
            if (!second.ContainsKey(path)) removed.Add(Shown(path));
        added.Sort(StringComparer.Ordinal);
        removed.Sort(StringComparer.Ordinal);
        changed.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new ImageDiff(added, removed, changed, Packages.Compare(before, after));
    }

    private static (Dictionary<string, Member>, Dictionary<string, Member>) Members(GraphImage before, GraphImage after)
    {
        if (before.Layers.Count > 1 || after.Layers.Count > 1) return (Visible(before), Visible(after));
        var (first, second) = (new Dictionary<string, Member>(), new Dictionary<string, Member>());
        var (a, b) = (before.Layers[0].Reader, after.Layers[0].Reader);
        Read(a, b, first);
        Read(b, a, second);
        return (first, second);
    }

    private static void Read(Exporting.LayerReader layer, Exporting.LayerReader other, Dictionary<string, Member> into)
    {
        foreach (var (file, id) in layer.ShardIds)
            if (!other.ShardIds.TryGetValue(file, out var same) || same != id)
                foreach (var member in layer.Shard(file)) into[member.Path] = member;
    }

    private static Dictionary<string, Member> Visible(GraphImage image) => image.Flatten().Walk().ToDictionary(each => each.Path, each => each.Node.Member, StringComparer.Ordinal);

    private static EntryChange? Change(string path, Member old, Member now)
    {
        var content = old.Size != now.Size || !Same(old.Sha256, now.Sha256) || old.Link != now.Link;
        List<string>? metadata = null;
        if (old.Type != now.Type) Say("type");
        if (old.Mode != now.Mode) Say("mode");
        if (old.User != now.User || old.Group != now.Group || old.UserName != now.UserName || old.GroupName != now.GroupName) Say("owner");
        if (old.Modified != now.Modified || old.ModifiedFraction != now.ModifiedFraction) Say("mtime");
        if (old.DeviceMajor != now.DeviceMajor || old.DeviceMinor != now.DeviceMinor) Say("device");
        if (!Attributes(old).SequenceEqual(Attributes(now))) Say("xattrs");
        return content || metadata is not null ? new EntryChange(Shown(path), content, metadata ?? []) : null;

        void Say(string what) => (metadata ??= []).Add(what);
    }

    private static IEnumerable<(string, string?)> Attributes(Member member) =>
        member.Extensions is null ? [] : member.Extensions.Where(each => each.Key.StartsWith("x:", StringComparison.Ordinal)).OrderBy(each => each.Key, StringComparer.Ordinal);

    private static bool Same(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);

    private static string Shown(string path) => path.Length == 0 ? "." : path;
}
