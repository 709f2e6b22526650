using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Core.Machines;

namespace Flotilla.Resources;

/// <summary>The property <c>content</c> of a file: its text, or what can be said of bytes that are no text.</summary>
internal static class FileContent
{
    public const string Property = "content";

    /// <summary>Beyond this, content is not shown, only its size.</summary>
    public const long TextBytesMax = 64L * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What a declared text is as a property.</summary>
    public static PropertyValue Of(string content, bool isSensitive) =>
        !content.Contains('\0') && Encoding.UTF8.GetByteCount(content) <= TextBytesMax
            ? new PropertyValue(Property, content, IsText: true, isSensitive)
            : new PropertyValue(Property, Describe(Encoding.UTF8.GetBytes(content)), IsText: false, isSensitive);

    /// <summary>What is on the host. Sizes are compared first, then bytes; only content that differs is made into text.</summary>
    public static PropertyValue Read(string path, FileStatus status, string declared, bool isSensitive, IMachine machine)
    {
        var size = Encoding.UTF8.GetByteCount(declared);
        if (status.Size > TextBytesMax && status.Size != size) return new PropertyValue(Property, SizeOf(status.Size), IsText: false, isSensitive);
        var bytes = machine.ReadFile(path);
        return bytes.Length == size && Matches(bytes, declared) ? Of(declared, isSensitive) : Of(bytes, isSensitive);
    }

    /// <summary>What stands for content where a link is.</summary>
    public static PropertyValue OfLink(string target, bool isSensitive) => new(Property, $"link to {target}", IsText: false, isSensitive);

    private static PropertyValue Of(byte[] bytes, bool isSensitive)
    {
        if (bytes.Length <= TextBytesMax && !bytes.AsSpan().Contains((byte)0))
        {
            try
            {
                return new PropertyValue(Property, Strict.GetString(bytes), IsText: true, isSensitive);
            }
            catch (DecoderFallbackException)
            {
                // Not UTF-8: binary.
            }
        }
        return new PropertyValue(Property, Describe(bytes), IsText: false, isSensitive);
    }

    private static bool Matches(ReadOnlySpan<byte> bytes, string declared)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            var length = Encoding.UTF8.GetBytes(declared, buffer);
            return bytes.SequenceEqual(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Describe(ReadOnlySpan<byte> bytes) => $"{SizeOf(bytes.Length)}, sha256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static string SizeOf(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
