using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Compression.Real;

/// <summary>
/// The system's libdeflate (libdeflate.h of version 1.0 and newer): zlib's format for content that is in memory as a whole, in three quarters of the
/// time and a fiftieth less bytes. Each thread has a context of its own.
/// </summary>
internal static partial class LibDeflate
{
    private const string Library = "libdeflate.so.0";

    [ThreadStatic]
    private static Compressor? s_compressor;

    [ThreadStatic]
    private static int s_level;

    [ThreadStatic]
    private static Decompressor? s_decompressor;

    /// <summary>Whether it is used: it is where it can be loaded, until a test says otherwise.</summary>
    public static bool IsUsed { get; set; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>The most bytes that content can be compressed to.</summary>
    public static int Bound(int size) => checked((int)CompressBound(0, (nuint)size));

    /// <summary>Compresses in zlib's format (RFC 1950).</summary>
    /// <param name="content">What to compress.</param>
    /// <param name="to">Where to.</param>
    /// <param name="level">0 to 12.</param>
    /// <returns>The bytes written; 0 when there is not room enough.</returns>
    public static int Compress(ReadOnlySpan<byte> content, Span<byte> to, int level)
    {
        if (s_compressor is null || s_level != level)
        {
            s_compressor?.Dispose();
            s_compressor = Made(AllocateCompressor(level));
            s_level = level;
        }
        return (int)Compress(s_compressor, content, (nuint)content.Length, to, (nuint)to.Length);
    }

    /// <summary>Decompresses zlib's format; what follows it is passed over.</summary>
    /// <returns>False when it is damaged or does not fill <paramref name="to"/> exactly.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> to)
    {
        s_decompressor ??= Made(AllocateDecompressor());
        return Decompress(s_decompressor, compressed, (nuint)compressed.Length, to, (nuint)to.Length, out _, 0) == 0;
    }

    private static T Made<T>(T context) where T : SafeHandle => !context.IsInvalid ? context : throw new InvalidOperationException("There is no memory for a context of libdeflate.");

    [LibraryImport(Library, EntryPoint = "libdeflate_alloc_compressor")]
    private static partial Compressor AllocateCompressor(int level);

    [LibraryImport(Library, EntryPoint = "libdeflate_free_compressor")]
    private static partial void FreeCompressor(nint compressor);

    [LibraryImport(Library, EntryPoint = "libdeflate_zlib_compress_bound")]
    private static partial nuint CompressBound(nint compressor, nuint size);

    [LibraryImport(Library, EntryPoint = "libdeflate_zlib_compress")]
    private static partial nuint Compress(Compressor compressor, ReadOnlySpan<byte> content, nuint size, Span<byte> to, nuint room);

    [LibraryImport(Library, EntryPoint = "libdeflate_alloc_decompressor")]
    private static partial Decompressor AllocateDecompressor();

    [LibraryImport(Library, EntryPoint = "libdeflate_free_decompressor")]
    private static partial void FreeDecompressor(nint decompressor);

    // Without a place for the size that was decompressed, it must be the size of the room.
    [LibraryImport(Library, EntryPoint = "libdeflate_zlib_decompress_ex")]
    private static partial int Decompress(Decompressor decompressor, ReadOnlySpan<byte> compressed, nuint size, Span<byte> to, nuint room, out nuint used, nint written);

    private sealed class Compressor() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            FreeCompressor(handle);
            return true;
        }
    }

    private sealed class Decompressor() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            FreeDecompressor(handle);
            return true;
        }
    }
}
