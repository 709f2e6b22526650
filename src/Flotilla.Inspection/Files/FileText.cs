using System.Text;
using Flotilla.Inspection.Files.Real;

namespace Flotilla.Inspection.Files;

/// <summary>Reads sources as text: UTF-8 with or without a mark, UTF-16 with one, else Latin-1, in which every byte is a character.</summary>
internal static class FileText
{
    /// <summary>More than anyone writes by hand.</summary>
    public const int BytesMax = 2 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file; empty when it cannot be read, or is larger than wanted.</summary>
    public static string Of(string fullPath, int bytesMax = int.MaxValue)
    {
        try
        {
            return bytesMax == int.MaxValue || new FileInfo(fullPath).Length <= bytesMax ? Of(RegularFile.Read(fullPath)) : "";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The text of some bytes.</summary>
    public static string Of(byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..]) return Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2);
        if (bytes is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2);
        var start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return Strict.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
