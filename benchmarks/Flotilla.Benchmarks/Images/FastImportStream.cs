using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace Flotilla.Benchmarks.Images;

/// <summary>A tar as the input of git-fast-import(1): one commit of its files and symbolic links.</summary>
internal static class FastImportStream
{
    public static void Write(string tar, Stream to)
    {
        // Not closed: the other end is its owner's.
        var buffered = new BufferedStream(to, 256 * 1024);
        using var file = File.OpenRead(tar);
        using var reader = new TarReader(file);
        Text(buffered, "commit refs/heads/main\ncommitter a <a@b> 0 +0000\ndata 7\nversion\ndeleteall\n");
        while (reader.GetNextEntry() is { } entry)
        {
            var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            if (entry.EntryType is TarEntryType.SymbolicLink)
            {
                var target = Encoding.UTF8.GetBytes(entry.LinkName);
                Text(buffered, string.Create(CultureInfo.InvariantCulture, $"M 120000 inline {Quoted(path)}\ndata {target.Length}\n"));
                buffered.Write(target);
                Text(buffered, "\n");
            }
            else if (entry.EntryType is TarEntryType.RegularFile)
            {
                Text(buffered, string.Create(CultureInfo.InvariantCulture, $"M {((entry.Mode & UnixFileMode.UserExecute) != 0 ? "100755" : "100644")} inline {Quoted(path)}\ndata {entry.Length}\n"));
                entry.DataStream?.CopyTo(buffered);
                Text(buffered, "\n");
            }
        }
        Text(buffered, "\n");
        buffered.Flush();
    }

    private static string Quoted(string path) => "\"" + path.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + "\"";

    private static void Text(Stream to, string text) => to.Write(Encoding.UTF8.GetBytes(text));
}
