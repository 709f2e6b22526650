using System.IO.Compression;

namespace Flotilla.Images.Graph;

/// <summary>The objects of a repository: in packs, loose, and in the repositories it borrows from (gitrepository-layout(5)).</summary>
internal sealed class ObjectStore : IDisposable
{
    private const int AlternatesMax = 5;

    private readonly Lock _lock = new();
    private readonly List<string> _folders = [];
    private readonly bool[] _looseFolders = new bool[256];
    private readonly Dictionary<string, PackFile> _packs = [];
    private readonly List<PackFile> _gone = [];
    private List<PackFile> _newestFirst = [];

    public ObjectStore(string objects)
    {
        AddFolder(objects, 0);
        Refresh();
    }

    /// <summary>Looks again what is there: other processes write too.</summary>
    public void Refresh()
    {
        lock (_lock) Look();
    }

    private void Look()
    {
        var found = new List<(string Path, DateTime Time)>();
        foreach (var folder in _folders)
        {
            foreach (var loose in Directory.EnumerateDirectories(folder, "??"))
                if (byte.TryParse(Path.GetFileName(loose), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var first)) _looseFolders[first] = true;
            var packs = Path.Combine(folder, "pack");
            if (!Directory.Exists(packs)) continue;
            foreach (var file in Directory.EnumerateFiles(packs, "pack-*.idx")) found.Add((file, File.GetLastWriteTimeUtc(file)));
        }
        foreach (var gone in _packs.Keys.Except(found.Select(each => each.Path)).ToList())
        {
            // Another thread may be reading it: it stays open until the end.
            _gone.Add(_packs[gone]);
            _packs.Remove(gone);
        }
        foreach (var (path, _) in found)
        {
            var pack = Path.ChangeExtension(path, ".pack");
            if (!_packs.ContainsKey(path) && File.Exists(pack)) _packs[path] = new PackFile(pack, new PackIndex(File.ReadAllBytes(path), path));
        }
        _newestFirst = [.. found.OrderByDescending(each => each.Time).ThenBy(each => each.Path, StringComparer.Ordinal).Where(each => _packs.ContainsKey(each.Path)).Select(each => _packs[each.Path])];
    }

    /// <summary>Whether it was there at the last look.</summary>
    public bool Contains(ObjectId id)
    {
        foreach (var pack in _newestFirst)
            if (pack.Index.TryFind(id, out _)) return true;
        return LoosePath(id) is not null;
    }

    /// <summary>The whole content, its type checked.</summary>
    public byte[] Read(ObjectId id, ObjectType type)
    {
        var content = Read(id, out var found);
        return found == type ? content : throw ImageException.Of(ImageFault.DamagedGraph, $"The object {id} is a {found.Name()}, not a {type.Name()}.", fix: "Name a commit of an image.");
    }

    public byte[] Read(ObjectId id, out ObjectType type) =>
        Locate(id, out var offset, out var path) is { } pack ? pack.Read(offset, out type) : ReadLoose(path!, out type);

    /// <summary>The content of a blob as a stream of known length.</summary>
    public Stream Open(ObjectId id, out long size)
    {
        if (Locate(id, out var offset, out _) is { } pack && pack.TryOpen(offset, out size) is { } stream) return stream;
        var content = Read(id, out _);
        size = content.Length;
        return new MemoryStream(content, writable: false);
    }

    /// <summary>The pack that an object is read from; null when it is loose.</summary>
    public PackFile? PackOf(ObjectId id) => Locate(id, out _, out _);

    /// <summary>How many bytes an object takes on disk.</summary>
    public long DiskSize(ObjectId id) => Locate(id, out var offset, out var path) is { } pack ? pack.DiskSize(offset) : new FileInfo(path!).Length;

    /// <summary>The ids that begin with these hexadecimal digits, two at least.</summary>
    public IEnumerable<ObjectId> StartingWith(string digits, int max) =>
        _newestFirst.SelectMany(pack => pack.Index.StartingWith(digits, max)).Concat(LooseStartingWith(digits)).Distinct().Take(max);

    public void Dispose()
    {
        foreach (var pack in _packs.Values.Concat(_gone)) pack.Dispose();
    }

    private void AddFolder(string folder, int depth)
    {
        if (depth > AlternatesMax || !Directory.Exists(folder) || _folders.Contains(folder)) return;
        _folders.Add(folder);
        var alternates = Path.Combine(folder, "info", "alternates");
        if (!File.Exists(alternates)) return;
        foreach (var line in File.ReadLines(alternates))
            if (line.Length > 0 && line[0] != '#') AddFolder(Path.GetFullPath(line, folder), depth + 1);
    }

    // What is not there may have come since the last look, or have been packed.
    private PackFile? Locate(ObjectId id, out long offset, out string? path)
    {
        for (var look = 0; ; look++)
        {
            path = null;
            foreach (var pack in _newestFirst)
                if (pack.Index.TryFind(id, out offset)) return pack;
            offset = 0;
            if ((path = LoosePath(id)) is not null) return null;
            if (look > 0) throw Missing(id);
            Refresh();
        }
    }

    private string? LoosePath(ObjectId id)
    {
        if (!_looseFolders[id.First]) return null;
        var name = id.ToString();
        foreach (var folder in _folders)
        {
            var path = Path.Combine(folder, name[..2], name[2..]);
            if (File.Exists(path)) return path;
        }
        return null;
    }

    private IEnumerable<ObjectId> LooseStartingWith(string digits)
    {
        foreach (var folder in _folders)
        {
            var first = Path.Combine(folder, digits[..2]);
            if (!Directory.Exists(first)) continue;
            foreach (var file in Directory.EnumerateFiles(first))
                if (ObjectId.TryParse(digits[..2] + Path.GetFileName(file), out var id) && id.ToString().StartsWith(digits, StringComparison.Ordinal)) yield return id;
        }
    }

    private static byte[] ReadLoose(string path, out ObjectType type)
    {
        using var file = File.OpenRead(path);
        using var stream = new ZLibStream(file, CompressionMode.Decompress);
        using var whole = new MemoryStream();
        try
        {
            stream.CopyTo(whole);
        }
        catch (InvalidDataException e)
        {
            throw DamagedLoose(path, e);
        }
        var bytes = whole.GetBuffer().AsSpan(0, (int)whole.Length);
        var space = bytes.IndexOf((byte)' ');
        var nul = bytes.IndexOf((byte)0);
        if (space < 0 || nul < space || ObjectTypes.Of(bytes[..space]) is not { } found) throw DamagedLoose(path, null);
        type = found;
        return bytes[(nul + 1)..].ToArray();
    }

    private static ImageException DamagedLoose(string path, Exception? inner) => ImageException.Of(
        ImageFault.DamagedGraph, $"{path} is no git object.", fix: "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.", inner: inner);

    private static ImageException Missing(ObjectId id) => ImageException.Of(
        ImageFault.DamagedGraph, $"The graph has no object {id}.", fix: "If it is a partial clone, run \"git fetch --refetch\" in it; else fetch it again from where it was pushed to.");
}
