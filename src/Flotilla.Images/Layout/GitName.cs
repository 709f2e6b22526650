using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Images.Layout;

/// <summary>
/// The name under which a path's component stands in a git tree. Names that git or a hosting refuses, or that change how work-tree
/// tools behave, get their first character escaped as <c>%XX</c>: <c>.git</c> is <c>%2Egit</c>. The rules for what counts as
/// <c>.git</c> on NTFS and HFS+ are those of git's <c>fsck.msg</c> ids hasDotgit and gitmodulesSymlink.
/// </summary>
internal static class GitName
{
    /// <summary>The file of a folder's own lines, where a folder of the image could have the same place.</summary>
    public const string Own = "@";

    private const int BytesMax = 255;
    private const int KeptBytes = 200;

    private static readonly string[] Exact = [".git", "git~1", ".", "..", ".gitmodules", ".gitattributes", ".gitignore", ".mailmap", Own];
    private static readonly string[] Prefixes = ["git~", "gitmod~", "gitign~", "gitatt~", "gi7eba", "gi7d29", "gi250a", "mailma~", "maba30"];

    /// <param name="component">A component in the form of <see cref="Escaped"/>.</param>
    public static string Of(string component)
    {
        var name = component;
        if (MayBeSpecial(name) && IsSpecial(name)) name = EscapeFirst(name).Replace("\\", "%5C");
        return name.Length * 3 <= BytesMax || Encoding.UTF8.GetByteCount(name) <= BytesMax ? name : Shortened(name);
    }

    /// <summary>A whole path.</summary>
    public static string OfPath(string path) => path.Contains('/') ? string.Join('/', path.Split('/').Select(Of)) : Of(path);

    private static bool MayBeSpecial(string name) => name[0] is '.' or '@' or 'g' or 'G' or 'm' or 'M' or > '\x7f' || name.Contains('\\');

    private static bool IsSpecial(string name)
    {
        foreach (var part in name.Split('\\'))
        {
            var folded = Folded(part);
            if (Exact.Contains(folded) || Array.Exists(Prefixes, prefix => folded.StartsWith(prefix, StringComparison.Ordinal))) return true;
        }
        return false;
    }

    private static string EscapeFirst(string name)
    {
        Rune.DecodeFromUtf16(name, out var rune, out var length);
        Span<byte> bytes = stackalloc byte[4];
        var text = new StringBuilder();
        foreach (var each in bytes[..rune.EncodeToUtf8(bytes)]) text.Append('%').Append(each.ToString("X2", CultureInfo.InvariantCulture));
        return text.Append(name, length, name.Length - length).ToString();
    }

    // HFS+ ignores some code points, NTFS trailing dots and spaces and what follows a colon.
    private static string Folded(string part)
    {
        var text = new StringBuilder(part.Length);
        foreach (var letter in part)
            if (letter is not ((>= '\u200c' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u206a' and <= '\u206f') or '\ufeff'))
                text.Append(char.ToLowerInvariant(letter));
        var folded = text.ToString();
        if (folded is "." or "..") return folded;
        var colon = folded.IndexOf(':');
        return (colon < 0 ? folded : folded[..colon]).TrimEnd('.', ' ');
    }

    private static string Shortened(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var kept = KeptBytes;
        while ((bytes[kept] & 0xc0) == 0x80) kept--;
        return $"{Encoding.UTF8.GetString(bytes, 0, kept)}%~{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}";
    }
}
