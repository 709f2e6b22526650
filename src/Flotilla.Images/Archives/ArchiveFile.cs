using System.IO.Compression;
using Flotilla.Images.Archives.Real;
using Flotilla.Images.Compression.Real;
using Flotilla.Images.Graph;

namespace Flotilla.Images.Archives;

/// <summary>What a file that may hold an image is.</summary>
internal enum ArchiveKind
{
    /// <summary>A tar of a root file system.</summary>
    RootFileSystem,

    /// <summary>What <c>docker save</c> writes.</summary>
    Docker,

    /// <summary>An OCI image layout.</summary>
    Oci,
}

/// <summary>Opens archives of images, compressed ones too, and tells their kinds apart by what is in them.</summary>
internal static class ArchiveFile
{
    public const string DockerManifest = "manifest.json";
    public const string OciLayout = "oci-layout";
    public const string OciIndex = "index.json";

    private const int FirstNames = 4096;

    /// <summary>The archive as files. A compressed one is unpacked into a temporary file first, for it is not read from its beginning to its end.</summary>
    public static async Task<TarFiles> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        var file = OpenPlain(path);
        try
        {
            if (await DecompressionAsync(file, cancellationToken) is not { } tar) return TarFiles.Open(file, name);
            await using (file)
            await using (tar)
                return TarFiles.Open(await UnpackAsync(tar, file, name, cancellationToken), name);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>A tar that comes as a stream, such as that of an engine.</summary>
    public static async Task<TarFiles> OpenAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var file = TemporaryFile.Create();
        try
        {
            await write(file, cancellationToken);
            file.Position = 0;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
        return TarFiles.Open(file, name);
    }

    /// <summary>What a file is, by the names of its first members: an archive of images has few, a root file system many.</summary>
    public static async Task<ArchiveKind> DetectAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = OpenPlain(path);
        await using var tar = await DecompressionAsync(file, cancellationToken) ?? new LocalFile(file);
        try
        {
            return await new KindFinder(tar).RunAsync(FirstNames, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw ImageException.Of(ImageFault.BadCompression, $"{Path.GetFileName(path)} is damaged or cut short.", e.Message, "Fetch or write it again.", e);
        }
    }

    private static FileStream OpenPlain(string path)
    {
        if (Directory.Exists(path)) throw ImageException.Of(ImageFault.NotFound, $"{path} is a folder, not a file.", fix: "Write oci:DIR for an OCI layout, dir:DIR for a root file system.");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ImageException.Of(ImageFault.NotFound, $"There is no file {path}.", fix: "Name a file that is there.", inner: e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw ImageException.Of(ImageFault.NotFound, $"{path} cannot be read.", e.Message, "Run as a user who may, or change its permissions.", e);
        }
    }

    private static async Task<Stream?> DecompressionAsync(FileStream file, CancellationToken cancellationToken)
    {
        var magic = new byte[8];
        var read = await file.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        return Decompression.Of(magic.AsSpan(0, read)) switch
        {
            LayerCompression.None => null,
            LayerCompression.Gzip => new GZipStream(new LocalFile(file), CompressionMode.Decompress, leaveOpen: true),
            _ => new ZstdReader(new LocalFile(file)),
        };
    }

    private static async Task<FileStream> UnpackAsync(Stream tar, FileStream compressed, string name, CancellationToken cancellationToken)
    {
        var limits = ImageLimits.Default;
        var file = TemporaryFile.Create();
        try
        {
            var buffer = new byte[128 * 1024];
            long total = 0;
            for (int read; (read = await tar.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                total += read;
                if (total > limits.LayerBytesMax || (total > limits.RatioFromBytes && total > limits.RatioMax * Math.Max(1, compressed.Position)))
                    throw ImageException.Of(ImageFault.TooLarge, $"{name} grows to over {limits.RatioMax:0} times its compressed size.", "it looks like a decompression bomb.", "Decompress it yourself if that is right.");
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            file.Position = 0;
            return file;
        }
        catch (Exception e)
        {
            await file.DisposeAsync();
            if (e is InvalidDataException) throw ImageException.Of(ImageFault.BadCompression, $"{name} is damaged or cut short.", e.Message, "Fetch or write it again.", e);
            if (e is IOException io && DiskFull.Is(io)) throw ImageException.Of(ImageFault.DiskFull, $"The disk of {Path.GetTempPath()} is full.", fix: "Make room, or name another folder for temporary files with TMPDIR.", inner: e);
            throw;
        }
    }
}
