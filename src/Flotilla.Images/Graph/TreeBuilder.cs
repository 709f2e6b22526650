using System.Security.Cryptography;
using System.Text;
using Flotilla.Images.Graph.Real;

namespace Flotilla.Images.Graph;

/// <summary>
/// A git tree in the making. Beside git's SHA-1 it has a SHA-256: of the entries in git's order, each as <c>mode name NUL</c> and the
/// SHA-256 of the file's content or of the folder. It is what <c>Tree-Sha256</c> of a commit says.
/// </summary>
internal sealed class TreeBuilder
{
    private readonly Dictionary<string, (int Mode, TreeBuilder? Folder, ObjectId Id, byte[]? Sha256)> _entries = [];

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The folder of that name, made when it is not there.</summary>
    public TreeBuilder Folder(string name)
    {
        if (_entries.TryGetValue(name, out var entry) && entry.Folder is { } folder) return folder;
        folder = new TreeBuilder();
        _entries[name] = (TreeMode.Folder, folder, default, null);
        return folder;
    }

    /// <summary>Puts a file or link at a path of git names.</summary>
    public void Add(string path, int mode, ObjectId id, byte[] sha256)
    {
        var at = this;
        var start = 0;
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', start))
        {
            at = at.Folder(path[start..slash]);
            start = slash + 1;
        }
        at._entries[path[start..]] = (mode, null, id, sha256);
    }

    /// <summary>Writes the tree and all below it. Empty folders vanish, as git has it.</summary>
    public (ObjectId Id, byte[] Sha256) Write(PackWriter writer)
    {
        var entries = new List<(byte[] Name, int Mode, ObjectId Id, byte[] Sha256)>(_entries.Count);
        foreach (var (name, entry) in _entries)
        {
            if (entry.Folder is null) entries.Add((Encoding.UTF8.GetBytes(name), entry.Mode, entry.Id, entry.Sha256!));
            else if (!entry.Folder.IsHollow)
            {
                var (id, sha256) = entry.Folder.Write(writer);
                entries.Add((Encoding.UTF8.GetBytes(name), entry.Mode, id, sha256));
            }
        }
        entries.Sort(static (a, b) => Compare(a.Name, a.Mode, b.Name, b.Mode));
        using var content = new MemoryStream();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> raw = stackalloc byte[ObjectId.Size];
        foreach (var entry in entries)
        {
            byte[] head = [.. Encoding.ASCII.GetBytes(TreeMode.Text(entry.Mode)), (byte)' ', .. entry.Name, 0];
            entry.Id.CopyTo(raw);
            content.Write(head);
            content.Write(raw);
            hash.AppendData(head);
            hash.AppendData(entry.Sha256);
        }
        return (writer.Add(ObjectType.Tree, content.GetBuffer().AsSpan(0, (int)content.Length)), hash.GetHashAndReset());
    }

    private bool IsHollow => _entries.Values.All(entry => entry.Folder is { IsHollow: true });

    // Git compares folders as if their names ended in a slash.
    private static int Compare(byte[] a, int modeOfA, byte[] b, int modeOfB)
    {
        var common = Math.Min(a.Length, b.Length);
        var order = a.AsSpan(0, common).SequenceCompareTo(b.AsSpan(0, common));
        if (order != 0) return order;
        return Next(a, modeOfA).CompareTo(Next(b, modeOfB));

        int Next(byte[] name, int mode) => name.Length > common ? name[common] : mode == TreeMode.Folder ? '/' : 0;
    }
}
