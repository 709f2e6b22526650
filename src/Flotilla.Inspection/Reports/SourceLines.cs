using System.Text;

namespace Flotilla.Inspection.Reports;

/// <summary>
/// The lines of inspected files. Only files below the root are read, whatever paths tools name: a report is published,
/// and a file's odd name can make a tool's output name another file.
/// </summary>
/// <param name="root">The folder that paths are relative to.</param>
internal sealed class SourceLines(string root)
{
    private const int LargestFileBytes = 8 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, IReadOnlyList<string>?> _read = new(StringComparer.Ordinal);

    /// <summary>
    /// The lines of the file at a path without their ends; null when it is not there, not below the root, not readable, not text, or larger
    /// than 8 MiB. What is not UTF-8 is taken for Latin-1, in which every byte is a character.
    /// </summary>
    public IReadOnlyList<string>? Of(string path)
    {
        if (_read.TryGetValue(path, out var lines)) return lines;
        return _read[path] = Read(path);
    }

    private string[]? Read(string path)
    {
        if (path.Contains('\0')) return null;
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) + Path.DirectorySeparatorChar;
        var full = Path.GetFullPath(Path.Combine(folder, path));
        if (!full.StartsWith(folder, StringComparison.Ordinal)) return null;
        try
        {
            // Pipes and devices have no length, and to open one may wait for ever.
            var file = new FileInfo(full);
            if (!file.Exists || file.Length is 0 or > LargestFileBytes) return null;
            var bytes = File.ReadAllBytes(full);
            return bytes.AsSpan().Contains((byte)0) ? null : Split(Decode(bytes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Decode(byte[] bytes)
    {
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(text);
        }
    }

    private static string[] Split(string text)
    {
        var lines = text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
