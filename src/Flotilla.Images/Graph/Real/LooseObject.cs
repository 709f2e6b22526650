using System.IO.Compression;

namespace Flotilla.Images.Graph.Real;

/// <summary>Writes a single object as a file of its own, synced before it has its name (gitrepository-layout(5)).</summary>
internal static class LooseObject
{
    /// <summary>Returns its id and the bytes that it takes.</summary>
    public static (ObjectId Id, long Bytes) Write(string graph, ObjectType type, ReadOnlySpan<byte> content)
    {
        var id = ObjectId.Of(type, content);
        var name = id.ToString();
        var folder = Path.Combine(graph, "objects", name[..2]);
        var path = Path.Combine(folder, name[2..]);
        if (File.Exists(path)) return (id, 0);
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, "tmp_obj_" + Guid.NewGuid().ToString("N"));
        long bytes;
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                using (var stream = new ZLibStream(file, CompressionLevel.Optimal, leaveOpen: true))
                {
                    stream.Write(ObjectId.Header(type, content.Length));
                    stream.Write(content);
                }
                file.Flush(flushToDisk: true);
                bytes = file.Length;
            }
            File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        Durable.SyncFolder(folder);
        return (id, bytes);
    }
}
