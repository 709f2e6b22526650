using System.Text;
using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>
/// Where a container's mounts go, as its root resolves them: links are followed within it, and what is missing is made in a folder of
/// its own, which lies below the image in the overlay, so that the image's folders keep their attributes and nothing of it is captured.
/// </summary>
internal static class MountPoints
{
    private const int LinksMax = 40;

    /// <summary>The path within a root that a container's path is, without links; never outside of the root.</summary>
    public static string Resolve(string root, string path)
    {
        var done = new List<string>();
        var left = new Stack<string>(Parts(path).Reverse());
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part == "..")
            {
                if (done.Count > 0) done.RemoveAt(done.Count - 1);
                continue;
            }
            done.Add(part);
            var target = LinkTarget(root, done);
            if (target is null) continue;
            if (++links > LinksMax) throw ImageException.Of(ImageFault.PathConflict, $"The links on the way to {path} lead in a circle.", fix: "Mount to another place.");
            done.RemoveAt(done.Count - 1);
            if (target.StartsWith('/')) done.Clear();
            foreach (var each in Parts(target).Reverse()) left.Push(each);
        }
        return string.Join('/', done);
    }

    /// <summary>Makes what a mount needs to be there: an empty folder, or an empty file, with the folders above it.</summary>
    public static void Make(string stubs, string resolved, bool isFolder)
    {
        if (resolved.Length == 0) return;
        var full = Path.Combine(stubs, resolved);
        Directory.CreateDirectory(isFolder ? full : Path.GetDirectoryName(full)!);
        if (!isFolder && !File.Exists(full)) File.WriteAllBytes(full, []);
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));

    private static string? LinkTarget(string root, List<string> parts)
    {
        using var folder = OpenParent(root, parts);
        if (folder is null) return null;
        var name = Posix.Name(parts[^1]);
        if (Posix.TryStat(folder.Number, name) is not { Type: Posix.Link }) return null;
        var target = new byte[4096];
        var length = Posix.Check((int)Posix.ReadLinkAt(folder.Number, name, target, (nuint)target.Length), "Reading a link of the image");
        return Encoding.UTF8.GetString(target, 0, length);
    }

    private static OpenFolder? OpenParent(string root, List<string> parts)
    {
        var at = new OpenFolder(Posix.Check(Posix.OpenAt(Posix.AtCurrent, Posix.Name(root), Posix.PathOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), $"Opening {root}"));
        for (var i = 0; i < parts.Count - 1; i++)
        {
            var next = Posix.OpenAt(at.Number, Posix.Name(parts[i]), Posix.PathOnly | Posix.OnlyFolder | Posix.NoFollow | Posix.CloseOnExec, 0);
            at.Dispose();
            if (next < 0) return null;
            at = new OpenFolder(next);
        }
        return at;
    }
}
