using System.Text;

namespace Flotilla.Images.Graph;

/// <summary>Modes of tree entries.</summary>
internal static class TreeMode
{
    public const int Folder = 0x4000;
    public const int File = 0x81a4;
    public const int Executable = 0x81ed;
    public const int Link = 0xa000;

    public static string Text(int mode) => mode switch { Folder => "40000", File => "100644", Executable => "100755", _ => "120000" };
}

/// <summary>An entry of a git tree.</summary>
internal readonly record struct TreeEntry(int Mode, string Name, ObjectId Id)
{
    public bool IsFolder => Mode == TreeMode.Folder;
}

/// <summary>Reads git trees.</summary>
internal static class GitTree
{
    public static List<TreeEntry> Read(ObjectStore store, ObjectId id) => Parse(store.Read(id, ObjectType.Tree), id);

    /// <summary>The entry at a path of git names below a tree, or null.</summary>
    public static TreeEntry? Find(ObjectStore store, ObjectId root, string path)
    {
        TreeEntry? found = new TreeEntry(TreeMode.Folder, "", root);
        foreach (var part in path.Split('/'))
        {
            if (found is not { IsFolder: true } folder) return null;
            found = Read(store, folder.Id).Select(entry => (TreeEntry?)entry).FirstOrDefault(entry => entry!.Value.Name == part);
        }
        return found;
    }

    /// <summary>All files and links below a tree, with their paths of git names, in git's order.</summary>
    public static IEnumerable<(string Path, TreeEntry Entry)> Walk(ObjectStore store, ObjectId root, string prefix = "")
    {
        foreach (var entry in Read(store, root))
        {
            if (!entry.IsFolder) yield return (prefix + entry.Name, entry);
            else
                foreach (var below in Walk(store, entry.Id, prefix + entry.Name + "/")) yield return below;
        }
    }

    private static List<TreeEntry> Parse(ReadOnlySpan<byte> content, ObjectId id)
    {
        var entries = new List<TreeEntry>();
        while (content.Length > 0)
        {
            var space = content.IndexOf((byte)' ');
            var nul = content.IndexOf((byte)0);
            if (space is < 1 or > 6 || nul <= space || nul + 1 + ObjectId.Size > content.Length)
                throw ImageException.Of(ImageFault.DamagedGraph, $"The tree {id} is malformed.", fix: "Run \"git fsck\" in the graph and fetch it again from where it was pushed to.");
            var mode = 0;
            foreach (var digit in content[..space]) mode = (mode << 3) + (digit - '0');
            entries.Add(new TreeEntry(mode, Encoding.UTF8.GetString(content[(space + 1)..nul]), new ObjectId(content[(nul + 1)..])));
            content = content[(nul + 1 + ObjectId.Size)..];
        }
        return entries;
    }
}
