using Flotilla.Images.Graph;

namespace Flotilla.Images.Layout;

/// <summary>The image's files as a container sees them: layers laid over each other, whiteouts applied (OCI image-spec, "Image Layer Filesystem Changeset").</summary>
internal sealed class FlatTree(DuplicatePaths duplicates)
{
    private const string Whiteout = ".wh.";
    private const string Opaque = ".wh..wh..opq";
    private const int LinksMax = 40;

    private readonly Node _root = new() { Type = MemberType.Directory, Layer = -1 };
    private int _layer;

    /// <summary>What comes next is of the layer above.</summary>
    public void NextLayer() => _layer++;

    /// <summary>Lays a member over what is there; the blob is that of a file or of a symbolic link's target.</summary>
    public void Place(Member member, ObjectId blob, byte[]? sha256)
    {
        if (member.Path.Length == 0)
        {
            if (_root.Layer == _layer) Repeated(member);
            _root.Layer = _layer;
            _root.Member = member;
            return;
        }
        var slash = member.Path.LastIndexOf('/');
        var name = slash < 0 ? member.Path : member.Path[(slash + 1)..];
        var folder = FolderOf(slash < 0 ? "" : member.Path[..slash], member.Path);
        if (name.StartsWith(Whiteout, StringComparison.Ordinal))
        {
            Hide(folder, name, member.Path);
            return;
        }
        var children = folder.Children ??= [];
        children.TryGetValue(name, out var node);
        if (node is not null && node.Layer < _layer) node.Times = 0;
        if (node is not null && node.Layer == _layer && node.Member is not null)
        {
            Repeated(member);
            member.Again = ++node.Times;
        }
        if (member.Type == MemberType.HardLink)
        {
            var target = Find(MemberPath(member.Link!));
            if (target is null || target.Type == MemberType.Directory)
                throw ImageException.Of(ImageFault.PathConflict, $"\"{member.Path}\" is a hard link to \"{member.Link}\", which is not in the image before it.", fix: "Write the archive again; a link's target must come first.");
            (blob, sha256) = (target.Blob, target.Sha256);
            if (ReferenceEquals(target, node)) return;
            Set(target.Type);
            node!.Executable = target.Executable;
            node.LinkTarget = target.LinkTarget;
            return;
        }
        Set(member.Type);
        node!.Executable = (member.Mode & 0x40) != 0;
        node.LinkTarget = member.Type == MemberType.SymbolicLink ? member.Link : null;

        void Set(char type)
        {
            if (node is null) children[name] = node = new Node();
            // A folder over a folder changes its attributes; anything else takes the place of all that was there.
            if (type != MemberType.Directory || node.Type != MemberType.Directory)
            {
                if (node.Children is { } below && below.Values.Any(child => child.Layer == _layer))
                    throw Conflict(member.Path, "files were below it in the same layer");
                node.Children = null;
            }
            node.Type = type;
            node.Layer = _layer;
            node.Member = member;
            node.Blob = blob;
            node.Sha256 = sha256;
        }
    }

    /// <summary>Every node with its path, folders before what is in them, names sorted.</summary>
    public IEnumerable<(string Path, FlatNode Node)> Walk() => Walk(_root, "");

    /// <summary>The blob of the file that is visible at a path, links not followed.</summary>
    public ObjectId? BlobAt(string path)
    {
        var node = _root;
        foreach (var part in path.Split('/'))
            if (node.Children is null || !node.Children.TryGetValue(part, out node!)) return null;
        return node.Type == MemberType.File ? node.Blob : null;
    }

    private static IEnumerable<(string, FlatNode)> Walk(Node node, string path)
    {
        if (node.Member is not null) yield return (path, new FlatNode(node.Type, node.Member, node.Blob, node.Sha256, node.Executable, node.LinkTarget));
        if (node.Children is null) yield break;
        foreach (var (name, child) in node.Children.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            foreach (var below in Walk(child, path.Length == 0 ? name : path + "/" + name)) yield return below;
    }

    private void Hide(Node folder, string name, string path)
    {
        if (name == Opaque)
        {
            RemoveLower(folder);
            return;
        }
        var hidden = name[Whiteout.Length..];
        if (hidden is "" or "." or "..")
            throw ImageException.Of(ImageFault.PathEscapes, $"The whiteout \"{path}\" names nothing that could be removed.", fix: "Do not use this archive: it may be meant to harm.");
        // Those with a second prefix are notes of aufs to itself.
        if (hidden.StartsWith(Whiteout, StringComparison.Ordinal) || folder.Children is null || !folder.Children.TryGetValue(hidden, out var node)) return;
        RemoveLower(node);
        if (node.Layer < _layer && node.Children is not { Count: > 0 }) folder.Children.Remove(hidden);
    }

    // What this layer has brought itself stays, wherever the whiteout stands in it.
    private void RemoveLower(Node node)
    {
        if (node.Children is null) return;
        foreach (var (name, child) in node.Children.ToList())
        {
            RemoveLower(child);
            if (child.Layer < _layer && child.Children is not { Count: > 0 }) node.Children.Remove(name);
        }
    }

    private Node FolderOf(string path, string member)
    {
        var hops = 0;
        return Descend(_root, path, member, ref hops);
    }

    private Node Descend(Node from, string path, string member, ref int hops)
    {
        var at = from;
        var walked = "";
        if (path.Length == 0) return at;
        foreach (var part in path.Split('/'))
        {
            var children = at.Children ??= [];
            if (!children.TryGetValue(part, out var next)) children[part] = next = new Node { Type = MemberType.Directory, Layer = _layer };
            if (next.Type == MemberType.SymbolicLink)
            {
                if (next.Layer == _layer) throw Conflict(member, $"\"{part}\" is a symbolic link of the same layer");
                if (++hops > LinksMax) throw Conflict(member, "the links on its way lead in a circle");
                next = Descend(_root, Resolve(walked, next.LinkTarget!), member, ref hops);
            }
            else if (next.Type != MemberType.Directory)
            {
                if (next.Layer == _layer) throw Conflict(member, $"\"{part}\" is no folder");
                // A folder of this layer takes the place of a file below it.
                next.Type = MemberType.Directory;
                next.Member = null;
                next.Layer = _layer;
                next.LinkTarget = null;
            }
            at = next;
            walked = walked.Length == 0 ? part : walked + "/" + part;
        }
        return at;
    }

    private Node? Find(string path)
    {
        var at = _root;
        foreach (var part in path.Split('/'))
            if (at.Children is null || !at.Children.TryGetValue(part, out at!)) return null;
        return at;
    }

    // Inside the image: ".." at its root stays there.
    private static string Resolve(string folder, string target)
    {
        var parts = new List<string>(target.StartsWith('/') || folder.Length == 0 ? [] : folder.Split('/'));
        foreach (var part in target.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }

    private static string MemberPath(string link) => string.Join('/', link.Split('/').Where(part => part is not ("" or ".")));

    private void Repeated(Member member)
    {
        if (duplicates == DuplicatePaths.Refuse)
            throw ImageException.Of(ImageFault.PathConflict, $"\"{(member.Path.Length == 0 ? "." : member.Path)}\" stands in one layer twice.", "tools differ in which of them wins.", "Write the archive without the repetition, or say that the last one wins.");
    }

    private static ImageException Conflict(string path, string why) =>
        ImageException.Of(ImageFault.PathConflict, $"\"{path}\" cannot stand where the archive has it.", why + ".", "Do not use this archive: it may be meant to harm.");

    private sealed class Node
    {
        public char Type { get; set; }
        public int Layer { get; set; }
        public int Times { get; set; }
        public bool Executable { get; set; }
        public Member? Member { get; set; }
        public ObjectId Blob { get; set; }
        public byte[]? Sha256 { get; set; }
        public string? LinkTarget { get; set; }
        public Dictionary<string, Node>? Children { get; set; }
    }
}

/// <summary>What is visible at a path: hard links are the file that they are.</summary>
internal readonly record struct FlatNode(char Type, Member Member, ObjectId Blob, byte[]? Sha256, bool Executable, string? LinkTarget);
