using System.Runtime.InteropServices;
using Flotilla.Core.Machines.Real;
using Flotilla.Images.Layout;

namespace Flotilla.Images.Folders.Real;

/// <summary>An open folder.</summary>
internal sealed class OpenFolder(int number) : IDisposable
{
    public int Number { get; } = number;

    public void Dispose() => _ = Libc.Close(Number);
}

/// <summary>Walks folders below a root one name at a time and keeps those open that lead to the last; links are refused.</summary>
internal sealed class FolderCursor : IDisposable
{
    private readonly List<(string Name, OpenFolder Folder)> _open = [];

    public FolderCursor(string root) =>
        _open.Add(("", new OpenFolder(Posix.Check(Posix.OpenAt(Posix.AtCurrent, Posix.Name(root), Posix.ReadOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), $"Opening {root}"))));

    /// <summary>The folder that a path stands in, made if it is missing, and the last name of the path, zero-terminated.</summary>
    public (int Folder, byte[] Name) Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return (Descend(slash < 0 ? "" : path[..slash]), Part(path[(slash + 1)..], path));
    }

    /// <summary>A folder below the root, made if it is missing; open until the cursor goes elsewhere.</summary>
    public int Descend(string path)
    {
        var parts = path.Length == 0 ? [] : path.Split('/');
        var same = 0;
        while (same < parts.Length && same + 1 < _open.Count && _open[same + 1].Name == parts[same]) same++;
        for (var at = _open.Count - 1; at > same; at--)
        {
            _open[at].Folder.Dispose();
            _open.RemoveAt(at);
        }
        foreach (var part in parts.AsSpan(same))
        {
            var name = Part(part, path);
            var above = _open[^1].Folder.Number;
            if (Posix.MakeFolderAt(above, name, 0x1ed) < 0 && Marshal.GetLastPInvokeError() != Posix.Exists) Posix.Check(-1, $"Making the folder \"{path}\"");
            _open.Add((part, new OpenFolder(Posix.Check(Posix.OpenAt(above, name, Posix.ReadOnly | Posix.OnlyFolder | Posix.NoFollow | Posix.CloseOnExec, 0), $"Opening the folder \"{path}\""))));
        }
        return _open[^1].Folder.Number;
    }

    private static byte[] Part(string part, string path)
    {
        byte[] name = [.. Escaped.ToBytes(part), 0];
        return part is "" or "." or ".." || name.AsSpan(..^1).ContainsAny((byte)0, (byte)'/')
            ? throw ImageException.Of(ImageFault.PathEscapes, $"\"{path}\" leads outside the image.", fix: "Do not use this image: it may be meant to harm.")
            : name;
    }

    public void Dispose()
    {
        foreach (var (_, folder) in _open) folder.Dispose();
    }
}
