namespace Flotilla.Inspection.Caching;

/// <summary>Writes files of a cache: whole or not at all.</summary>
internal static class CacheFile
{
    /// <summary>Writes one. A cache that cannot be written costs time, not results, so that is no error.</summary>
    public static void Write(string file, byte[] content)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var temporary = $"{file}.{Environment.ProcessId}.new";
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            // It is made again.
        }
    }
}
