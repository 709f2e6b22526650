using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Importing;

/// <summary>Collects the lines of one layer and writes them as shards, with the recipe to make its tar again.</summary>
internal sealed class LayerBuilder
{
    private readonly Dictionary<string, Shard> _shards = [];
    private readonly List<(string Shard, long Count)> _runs = [];
    private readonly StringBuilder _line = new();
    private readonly IncrementalHash _pieces = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _members;

    public Dialect Dialect { get; } = new();

    /// <summary>A hash of all heads and the hashes of contents, as they came: see <see cref="LayerProof"/>.</summary>
    public byte[] Pieces() => _pieces.GetHashAndReset();

    public void AddHead(ReadOnlySpan<byte> head) => _pieces.AppendData(head);

    /// <summary>Files with content, for finding those that nothing shows in the end.</summary>
    public List<(string Path, int Again, ObjectId Blob, byte[] Sha256)> Files { get; } = [];

    public void Add(Member member, ObjectId blob)
    {
        var key = Shards.Of(member.Path);
        if (!_shards.TryGetValue(key, out var shard)) _shards[key] = shard = new Shard();
        if (_runs.Count > 0 && _runs[^1].Shard == key) _runs[^1] = (key, _runs[^1].Count + 1);
        else _runs.Add((key, 1));
        if (member.Type == MemberType.Directory && Shards.IsOwner(member.Path)) shard.Folders.Add((shard.Count, member.Path));
        shard.Count++;
        _members++;
        _line.Clear();
        MemberLine.Append(_line, member, Dialect);
        // As a whole: a character of two may be parted between two chunks.
        shard.Text.Write(Encoding.UTF8.GetBytes(_line.ToString()));
        if (member.Type == MemberType.File && member.Size > 0) Files.Add((member.Path, member.Again, blob, member.Sha256!));
    }

    /// <summary>How the archive ended.</summary>
    public long EndZeros { get; private set; }

    public byte[]? Tail { get; private set; }

    /// <summary>Writes all but the kept files into the layer's folder.</summary>
    public void Write(PackWriter writer, TreeBuilder folder, string sha256, long bytes, TarReader end)
    {
        var meta = folder.Folder(LayerPaths.Meta);
        foreach (var (key, shard) in _shards) AddFile(writer, meta, Shards.FileOf(key), shard.Text.GetBuffer().AsSpan(0, (int)shard.Text.Length));
        (EndZeros, Tail) = (end.Tail is null ? end.EndZeros : 0, end.Tail);
        var recipe = new LayerRecipe(sha256, bytes, _members, Dialect, EndZeros);
        AddFile(writer, folder, LayerPaths.Recipe, recipe.ToBytes());
        if (end.Tail is { } tail) AddFile(writer, folder, LayerPaths.Tail, tail);
        var walk = new List<(string Shard, long Count)>();
        if (_shards.ContainsKey(Shards.Root)) Walk(Shards.Root, walk, []);
        if (walk.SequenceEqual(_runs)) return;
        var order = new StringBuilder();
        foreach (var (shard, count) in _runs) order.Append(CultureInfo.InvariantCulture, $"{count}\t{Shards.FileOf(shard)}\n");
        AddFile(writer, folder, LayerPaths.Order, Encoding.UTF8.GetBytes(order.ToString()));
    }

    public static void AddFile(PackWriter writer, TreeBuilder folder, string path, ReadOnlySpan<byte> content) =>
        folder.Add(path, TreeMode.File, writer.Add(ObjectType.Blob, content), SHA256.HashData(content));

    // As a reader without an order goes: after the line of a folder that has a shard, that shard.
    private void Walk(string key, List<(string Shard, long Count)> runs, HashSet<string> begun)
    {
        begun.Add(key);
        var shard = _shards[key];
        var done = 0;
        foreach (var (index, folder) in shard.Folders)
        {
            if (!_shards.ContainsKey(folder) || begun.Contains(folder)) continue;
            Run(runs, key, index + 1 - done);
            done = index + 1;
            Walk(folder, runs, begun);
        }
        Run(runs, key, shard.Count - done);
    }

    private static void Run(List<(string Shard, long Count)> runs, string key, int count)
    {
        if (count == 0) return;
        if (runs.Count > 0 && runs[^1].Shard == key) runs[^1] = (key, runs[^1].Count + count);
        else runs.Add((key, count));
    }

    private sealed class Shard
    {
        public MemoryStream Text { get; } = new();
        public int Count { get; set; }
        public List<(int Index, string Folder)> Folders { get; } = [];
    }
}
