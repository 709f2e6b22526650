using System.Text;
using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>What paths of resources have to keep to, so that each place has one name: for types whose name is a path of the host.</summary>
public static class PathRules
{
    private const int NameBytesMax = 255;

    /// <summary>The directories above a path, the nearest first, and the root last.</summary>
    public static IEnumerable<string> Ancestors(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1)) yield return path[..slash];
        if (path.Length > 1) yield return "/";
    }

    /// <summary>The directory that holds a path other than the root.</summary>
    public static string Parent(string path) => Ancestors(path).First();

    /// <summary>What is wrong with a resource's name as a path: it has to be absolute and plain, with names of 255 bytes at most.</summary>
    public static IEnumerable<Problem> Check(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var path = resource.Name;
        if (path.Length == 0)
        {
            yield return new Problem($"{resource.Id.Title} has no path.", resource.Declared, Fix: "Write it from the root, as \"/etc/x\".");
            yield break;
        }
        if (path.Contains('\0'))
        {
            yield return new Problem($"{resource.Id.TypeTitle} \"{path.Replace("\0", "\\0", StringComparison.Ordinal)}\" has a zero character in its path.", resource.Declared, Fix: "Take it away.");
            yield break;
        }
        var plain = IsPlain(path) ? path : Plain(path);
        if (path[0] != '/')
            yield return new Problem($"{resource.Id.Title} has a relative path.", resource.Declared, Fix: $"Write it from the root, as \"{plain}\".");
        else if (path != plain)
            yield return new Problem($"{resource.Id.Title} has a path with empty, \".\" or \"..\" parts, or a slash at its end.", resource.Declared, Fix: $"Write \"{plain}\".");
        if (Encoding.UTF8.GetByteCount(path) > NameBytesMax && path.Split('/').FirstOrDefault(part => Encoding.UTF8.GetByteCount(part) > NameBytesMax) is { } part)
            yield return new Problem($"{resource.Id.Title} has a name of {Encoding.UTF8.GetByteCount(part)} bytes in its path; {NameBytesMax} is the most.", resource.Declared, Fix: "Shorten it.");
    }

    // Sure when true; a name that begins with a dot needs the longer look.
    private static bool IsPlain(string path) =>
        path == "/" || (path[0] == '/' && path[^1] != '/' && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal));

    private static string Plain(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part is not "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }
        return "/" + string.Join('/', parts);
    }
}
