namespace Flotilla.Core.Machines.Simulated;

/// <summary>A file tree in memory, which resolves paths as path_resolution(7) says, the last part's link left alone.</summary>
internal sealed class MemoryTree
{
    private readonly MemoryNode _root = new(FileKind.Directory) { Mode = (UnixFileMode)0b111_101_101 };

    /// <summary>What is at a path, or null.</summary>
    public MemoryNode? Find(string path)
    {
        var normalized = MachinePath.Normalize(path);
        if (normalized == "/") return _root;
        var (parentPath, name) = MachinePath.Split(normalized);
        return Walk(parentPath, path) is { Kind: FileKind.Directory } parent ? parent.Children.GetValueOrDefault(name) : null;
    }

    public MemoryNode Require(string path)
    {
        if (Find(path) is { } node) return node;
        RequireParent(path);
        throw new FileNotFoundException($"{path} does not exist.", path);
    }

    public MemoryNode RequireNoLink(string path)
    {
        var node = Require(path);
        return node.Kind != FileKind.Link ? node : throw new IOException($"{path} is a link; it has no mode or owner of its own to set.");
    }

    /// <summary>The directory that holds a path, and the last part's name, which is empty for the root.</summary>
    public (MemoryNode Parent, string Name) RequireParent(string path)
    {
        var normalized = MachinePath.Normalize(path);
        if (normalized == "/") return (_root, "");
        var (parentPath, name) = MachinePath.Split(normalized);
        return Walk(parentPath, path) switch
        {
            null => throw new DirectoryNotFoundException($"{path} has no parent: directory {parentPath} does not exist."),
            { Kind: FileKind.Directory } parent => (parent, name),
            _ => throw new IOException($"{path} has no parent: {parentPath} is not a directory."),
        };
    }

    public void Add(string path, MemoryNode node)
    {
        var (parent, name) = RequireParent(path);
        node.Owner = parent.OwnerOfNew;
        if (name.Length == 0 || !parent.Children.TryAdd(name, node)) throw new IOException($"{path} exists already.");
    }

    public void Remove(string path)
    {
        if (Find(path) is not { } node) return;
        var (parent, name) = RequireParent(path);
        if (name.Length == 0) throw new IOException($"{path} cannot be removed: it is the root.");
        if (node.Children.Count > 0) throw new IOException($"{path} cannot be removed: the directory is not empty.");
        parent.Children.Remove(name);
    }

    // Follows every link, the last part's too; null when a part does not exist, the part itself when it is no directory.
    private MemoryNode? Walk(string normalized, string asked)
    {
        var ancestors = new Stack<MemoryNode>();
        var here = _root;
        var parts = new Stack<string>(MachinePath.Parts(normalized).Reverse());
        for (var links = 0; parts.TryPop(out var part);)
        {
            if (here.Kind != FileKind.Directory) return here;
            if (part == ".") continue;
            if (part == "..")
            {
                if (ancestors.TryPop(out var up)) here = up;
                continue;
            }
            if (!here.Children.TryGetValue(part, out var next)) return null;
            if (next.Kind != FileKind.Link)
            {
                ancestors.Push(here);
                here = next;
                continue;
            }
            if (++links > MachinePath.LinksMax) throw new IOException($"{asked} has too many links on its way.");
            if (next.Target[0] == '/')
            {
                ancestors.Clear();
                here = _root;
            }
            foreach (var step in MachinePath.Parts(next.Target).Reverse()) parts.Push(step);
        }
        return here;
    }
}

/// <summary>A file, directory or link.</summary>
internal sealed class MemoryNode(FileKind kind)
{
    public FileKind Kind { get; } = kind;

    public UnixFileMode Mode { get; set; }

    public FileOwner Owner { get; set; }

    public byte[] Content { get; init; } = [];

    public string Target { get; init; } = "";

    public SortedDictionary<string, MemoryNode> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>What a new entry here belongs to: root, and the group of a directory with the set-group bit (inode(7)).</summary>
    public FileOwner OwnerOfNew => new(0, Mode.HasFlag(UnixFileMode.SetGroup) ? Owner.Group : 0);

    public string Word => Kind switch { FileKind.Directory => "directory", FileKind.Link => "link", _ => "file" };
}
