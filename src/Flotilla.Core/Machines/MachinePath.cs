using System.Text;

namespace Flotilla.Core.Machines;

/// <summary>The rules for paths that all machines share.</summary>
internal static class MachinePath
{
    /// <summary>NAME_MAX of Linux, in bytes.</summary>
    public const int NameBytesMax = 255;

    /// <summary>PATH_MAX of Linux, in bytes, without the final zero.</summary>
    public const int PathBytesMax = 4095;

    /// <summary>As many links as Linux follows in one path (MAXSYMLINKS, path_resolution(7)).</summary>
    public const int LinksMax = 40;

    /// <summary>
    /// The plain form of an absolute path: no empty, <c>.</c> or <c>..</c> part and no slash at its end. <c>..</c> is
    /// taken away with the part before it, by its letters; above the root there is only the root.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty, relative, or has a zero character.</exception>
    /// <exception cref="PathTooLongException">A part has over 255 bytes, or the path over 4095.</exception>
    public static string Normalize(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] != '/') throw new ArgumentException($"{path} is relative. A machine's paths start at its root: /{path}", nameof(path));
        if (path.Contains('\0')) throw new ArgumentException("A path has a zero character.", nameof(path));
        if (!IsPlain(path))
        {
            var parts = new List<string>();
            foreach (var part in path.Split('/'))
            {
                if (part is "" or ".") continue;
                if (part is not "..") parts.Add(part);
                else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            }
            path = "/" + string.Join('/', parts);
        }
        CheckLength(path);
        return path;
    }

    /// <summary>The parts of a normalised path; none for the root.</summary>
    public static string[] Parts(string normalized) => normalized.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The directory that holds a normalised path, and the last part's name.</summary>
    public static (string Parent, string Name) Split(string normalized)
    {
        var slash = normalized.LastIndexOf('/');
        return (slash == 0 ? "/" : normalized[..slash], normalized[(slash + 1)..]);
    }

    private static bool IsPlain(string path)
    {
        if (path.Length == 1) return true;
        if (path[^1] == '/' || path.Contains("//", StringComparison.Ordinal)) return false;
        return !path.Contains("/.", StringComparison.Ordinal) || path.Split('/').All(part => part is not ("." or ".."));
    }

    private static void CheckLength(string path)
    {
        // A character takes 3 bytes of UTF-8 at most, so that most paths need no counting.
        if (path.Length * 3 <= NameBytesMax) return;
        if (Encoding.UTF8.GetByteCount(path) > PathBytesMax)
            throw new PathTooLongException($"{path[..64]}… is too long: a path has up to {PathBytesMax} bytes.");
        foreach (var part in Parts(path))
            if (Encoding.UTF8.GetByteCount(part) > NameBytesMax)
                throw new PathTooLongException($"{path} is too long: a name has up to {NameBytesMax} bytes, \"{part[..Math.Min(part.Length, 32)]}…\" has more.");
    }
}
