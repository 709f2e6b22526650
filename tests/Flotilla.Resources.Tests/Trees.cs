using System.Text;
using Flotilla.Core.Machines;

namespace Flotilla.Resources.Tests;

/// <summary>Whole file trees as text, to compare them.</summary>
internal static class Trees
{
    /// <summary>A line for each thing below a path: kind, path, mode, owner, content.</summary>
    public static string Dump(this IMachine machine, string path)
    {
        var text = new StringBuilder();
        Dump(machine, path, text);
        return text.ToString();
    }

    public static string Read(this IMachine machine, string path) => Encoding.UTF8.GetString(machine.ReadFile(path));

    public static void Write(this IMachine machine, string path, string content, int mode = 0b110_100_100, FileOwner? owner = null) =>
        machine.WriteFile(path, Encoding.UTF8.GetBytes(content), (UnixFileMode)mode, owner);

    private static void Dump(IMachine machine, string path, StringBuilder text)
    {
        if (machine.Stat(path) is not { } status) return;
        text.Append(status.Kind).Append(' ').Append(path).Append(' ').Append((int)status.Mode).Append(' ').Append(status.Owner.User).Append(':').Append(status.Owner.Group);
        if (status.Kind == FileKind.File) text.Append(' ').Append(machine.Read(path));
        if (status.Kind == FileKind.Link) text.Append(" -> ").Append(machine.ReadLink(path));
        text.Append('\n');
        if (status.Kind != FileKind.Directory) return;
        foreach (var name in machine.List(path)) Dump(machine, path.TrimEnd('/') + "/" + name, text);
    }
}
