using System.Text;
using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>Reads a settings file that may be anything: too large, binary, in another encoding, a folder.</summary>
internal static class BoundedText
{
    /// <summary>The largest settings file that is read, in bytes.</summary>
    public const int Limit = 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shown">How messages call it.</param>
    /// <exception cref="ProblemException">It cannot be read as text.</exception>
    public static string Read(string path, string shown)
    {
        var bytes = ReadBytes(path, shown);
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw Wrong("The file is written in UTF-16.", null, "Save it as UTF-8.");
        if (Array.IndexOf(bytes, (byte)0) is >= 0 and var zero)
            throw Wrong("The file is binary.", $"It has a zero byte at line {LineAt(bytes, zero)}.", "Name a text file.", LineAt(bytes, zero));
        var from = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return Strict.GetString(bytes, from, bytes.Length - from);
        }
        catch (DecoderFallbackException e)
        {
            var at = Math.Clamp(e.Index + from, 0, bytes.Length - 1);
            throw Wrong("The file is not UTF-8.", $"The byte 0x{bytes[at]:X2} stands alone.", "Save it as UTF-8.", LineAt(bytes, at));
        }

        ProblemException Wrong(string what, string? why, string fix, int line = 0) =>
            new(new Problem(what, new SourceLocation(path, line) { Shown = shown }, why, fix));
    }

    private static byte[] ReadBytes(string path, string shown)
    {
        var where = new SourceLocation(path, 0) { Shown = shown };
        if (Directory.Exists(path)) throw new ProblemException(new Problem("This is a folder, but must be a file.", where, Fix: "Name a file in it."));
        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[16 * 1024];
            using var all = new MemoryStream();
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                all.Write(buffer, 0, read);
                if (all.Length > Limit)
                    throw new ProblemException(new Problem("The file is too large for settings.", where, $"It has more than {Limit / 1024} KiB.", "Name the right file."));
            }
            return all.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("The file cannot be read.", where, e.Message, "Check that you may read it."), e);
        }
    }

    private static int LineAt(byte[] bytes, int index) => 1 + bytes.AsSpan(0, index).Count((byte)'\n');
}
