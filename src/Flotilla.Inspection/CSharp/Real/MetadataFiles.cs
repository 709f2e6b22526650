using Microsoft.CodeAnalysis;

namespace Flotilla.Inspection.CSharp.Real;

/// <summary>Assemblies that compilations refer to, read once while they do not change.</summary>
internal static class MetadataFiles
{
    private static readonly Lock Lock = new();
    private static readonly Dictionary<string, (DateTime Changed, long Size, PortableExecutableReference Reference)> Known = new(StringComparer.Ordinal);

    /// <summary>A reference to an assembly; null when there is no file.</summary>
    public static MetadataReference? Of(string path, MetadataReferenceProperties properties)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return null;
        PortableExecutableReference reference;
        lock (Lock)
        {
            if (Known.TryGetValue(path, out var known) && known.Changed == file.LastWriteTimeUtc && known.Size == file.Length)
            {
                reference = known.Reference;
            }
            else
            {
                reference = MetadataReference.CreateFromFile(path);
                Known[path] = (file.LastWriteTimeUtc, file.Length, reference);
            }
        }
        return reference.WithProperties(properties);
    }
}
