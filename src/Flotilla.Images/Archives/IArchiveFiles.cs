namespace Flotilla.Images.Archives;

/// <summary>The files of an archive or layout, by name; names are those of the format, never ones that lead elsewhere.</summary>
internal interface IArchiveFiles : IAsyncDisposable
{
    /// <summary>How messages call it.</summary>
    string Name { get; }

    bool Has(string name);

    /// <summary>Opens a file; null when it is not there. Several may be open.</summary>
    Stream? Open(string name);
}

internal static class ArchiveFiles
{
    /// <summary>A small file as a whole.</summary>
    public static async Task<byte[]> ReadAsync(this IArchiveFiles files, string name, int bytesMax, CancellationToken cancellationToken)
    {
        await using var stream = files.Require(name);
        if (stream.Length > bytesMax) throw ImageException.Of(ImageFault.TooLarge, $"{name} in {files.Name} has {stream.Length} bytes; {bytesMax} are possible.", fix: "Do not use this archive: it may be meant to harm.");
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    public static Stream Require(this IArchiveFiles files, string name)
    {
        // The name is from within the archive, and what it says is a path only by convention.
        if (name.StartsWith('/') || name.Contains('\0') || name.Split('/').Contains(".."))
            throw ImageException.Of(ImageFault.PathEscapes, $"{files.Name} names a file outside itself: \"{name}\".", fix: "Do not use this archive: it may be meant to harm.");
        return files.Open(name) ?? throw ImageException.Of(ImageFault.BadArchive, $"{files.Name} lacks {name}.", "its manifest names it.", "Write or fetch it again: a part of it is missing.");
    }
}
