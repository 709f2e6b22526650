using System.Globalization;
using System.Text;
using Flotilla.Images.Graph;
using Flotilla.Images.Layout;

namespace Flotilla.Images.Exporting;

/// <summary>Reads what is stored of a layer: its recipe and its members.</summary>
internal sealed class LayerReader
{
    private readonly ObjectStore _store;
    private readonly ObjectId _tree;
    private readonly Dictionary<string, ObjectId> _shards = [];
    private readonly TreeEntry? _order;

    public LayerReader(ObjectStore store, ObjectId tree)
    {
        (_store, _tree) = (store, tree);
        var entries = GitTree.Read(store, tree);
        Recipe = LayerRecipe.Parse(store.Read(Entry(LayerPaths.Recipe) ?? throw Damaged("it has no recipe"), ObjectType.Blob));
        Tail = Entry(LayerPaths.Tail);
        Kept = Entry(LayerPaths.Kept);
        _order = Entry(LayerPaths.Order) is { } order ? new TreeEntry(TreeMode.File, LayerPaths.Order, order) : null;
        if (Entry(LayerPaths.Meta) is { } meta)
            foreach (var (path, entry) in GitTree.Walk(store, meta)) _shards[path] = entry.Id;

        ObjectId? Entry(string name) => entries.Where(entry => entry.Name == name).Select(entry => (ObjectId?)entry.Id).FirstOrDefault();
    }

    public LayerRecipe Recipe { get; }

    /// <summary>The tree that the layer is.</summary>
    public ObjectId Tree => _tree;

    public ObjectId? Tail { get; }

    public ObjectId? Kept { get; }

    /// <summary>The shards, by their files.</summary>
    public IReadOnlyDictionary<string, ObjectId> ShardIds => _shards;

    /// <summary>The members of a shard, in the layer's order.</summary>
    public IEnumerable<Member> Shard(string file)
    {
        var text = Encoding.UTF8.GetString(_store.Read(_shards[file], ObjectType.Blob));
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            var member = Parse(text.AsSpan(start, end - start));
            start = end + 1;
            yield return member;
        }
    }

    /// <summary>All members in the order in which the tar has them.</summary>
    public IEnumerable<Member> Members() => _order is { } order ? InOrder(order.Id) : _shards.ContainsKey(GitName.Own) ? Walk(Shards.Root, []) : [];

    private IEnumerable<Member> Walk(string shard, HashSet<string> begun)
    {
        begun.Add(shard);
        foreach (var member in Shard(Shards.FileOf(shard)))
        {
            yield return member;
            if (member.Type != MemberType.Directory || !Shards.IsOwner(member.Path) || begun.Contains(member.Path) || !_shards.ContainsKey(Shards.FileOf(member.Path))) continue;
            foreach (var below in Walk(member.Path, begun)) yield return below;
        }
    }

    private IEnumerable<Member> InOrder(ObjectId order)
    {
        var open = new Dictionary<string, IEnumerator<Member>>();
        foreach (var line in Encoding.UTF8.GetString(_store.Read(order, ObjectType.Blob)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t');
            if (tab < 0 || !long.TryParse(line.AsSpan(0, tab), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) throw Damaged("its order is malformed");
            var file = line[(tab + 1)..];
            if (!open.TryGetValue(file, out var shard))
            {
                if (!_shards.ContainsKey(file)) throw Damaged($"its order names the shard {file}, which is not there");
                open[file] = shard = Shard(file).GetEnumerator();
            }
            for (; count > 0; count--)
                yield return shard.MoveNext() ? shard.Current : throw Damaged($"its shard {file} is too short");
        }
    }

    private Member Parse(ReadOnlySpan<char> line)
    {
        try
        {
            return MemberLine.Parse(line, Recipe.Dialect);
        }
        catch (FormatException e)
        {
            throw Damaged(e.Message);
        }
    }

    private ImageException Damaged(string why) => ImageException.Of(
        ImageFault.DamagedGraph, $"The layer {_tree} cannot be read.", why, "It was written by something else, or by a newer Flotilla: update Flotilla, or import the image again.");
}
