using System.Runtime.InteropServices;

namespace Flotilla.Images.Compression.Real;

/// <summary>The system's libzstd (zstd.h of version 1.4.0 and newer, "Streaming").</summary>
internal static partial class LibZstd
{
    public const int Continue = 0;
    public const int End = 2;
    public const int CompressionLevel = 100;
    public const int Checksum = 201;
    public const int WindowLogMax = 100;

    private const string Library = "libzstd.so.1";

    private static readonly Lazy<bool> Present = new(() => NativeLibrary.TryLoad(Library, out _));

    /// <summary>Throws what the user can mend when the library is not there.</summary>
    public static void Require()
    {
        if (Present.Value) return;
        throw ImageException.Of(ImageFault.BadCompression, "The layer is compressed with zstd, and the library for it is not installed.", $"{Library} cannot be loaded.", "Install Debian's package libzstd1, or use gzip.");
    }

    public static nuint Check(nuint result)
    {
        if (IsError(result) == 0) return result;
        throw new InvalidDataException($"zstd: {Marshal.PtrToStringUTF8(ErrorName(result))}.");
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint ErrorName(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompression();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompression(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static partial nuint SetDecompression(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(nint context, ref Buffer output, ref Buffer input);

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateCompression();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompression(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetCompression(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressStream2")]
    public static partial nuint Compress(nint context, ref Buffer output, ref Buffer input, int operation);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public nint Address;
        public nuint Size;
        public nuint Position;
    }
}
