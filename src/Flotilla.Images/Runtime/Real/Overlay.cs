using System.Runtime.InteropServices;
using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Runtime.Real;

/// <summary>Overlay mounts (kernel documentation, filesystems/overlayfs).</summary>
internal static class Overlay
{
    private const ulong ReadOnlyFlag = 1;

    /// <summary>Lays folders over each other, the uppermost first; false where the file system cannot.</summary>
    /// <param name="target">Where it is seen.</param>
    /// <param name="lower">Never written.</param>
    /// <param name="upper">Gets what is written; null for nothing.</param>
    /// <param name="work">Empty, on the file system of <paramref name="upper"/>.</param>
    public static bool TryMount(string target, IReadOnlyList<string> lower, string? upper, string? work)
    {
        // An upper folder that refers to no other is one that can be captured.
        var options = $"lowerdir={string.Join(':', lower.Select(Quoted))},redirect_dir=off,metacopy=off,index=off";
        if (upper is not null) options += $",upperdir={Quoted(upper)},workdir={Quoted(work!)}";
        if (Posix.Mount("overlay", target, "overlay", upper is null ? ReadOnlyFlag : 0, options) == 0) return true;
        const int noDevice = 19, invalid = 22, notSupported = 95, notPermitted = 1;
        return Marshal.GetLastPInvokeError() is noDevice or invalid or notSupported or notPermitted ? false : Posix.Check(-1, "Mounting the container's root") == 0;
    }

    /// <summary>Makes the folders and empty files of one tree in another where it has none.</summary>
    public static void AddMissing(string stubs, string root)
    {
        foreach (var stub in Directory.EnumerateFileSystemEntries(stubs, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var target = Path.Combine(root, Path.GetRelativePath(stubs, stub));
            if (Path.Exists(target)) continue;
            if (Directory.Exists(stub)) Directory.CreateDirectory(target);
            else File.WriteAllBytes(target, []);
        }
    }

    /// <summary>Takes away what <see cref="AddMissing"/> made and the image has not, where nothing was put into it.</summary>
    public static void RemoveAdded(string stubs, string root, string image)
    {
        foreach (var stub in Directory.EnumerateFileSystemEntries(stubs, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(stubs, stub);
            if (Posix.TryStat(Posix.AtCurrent, Posix.Name(Path.Combine(image, relative))) is not null) continue;
            var target = Path.Combine(root, relative);
            if (Directory.Exists(stub))
            {
                if (Directory.Exists(target) && !Directory.EnumerateFileSystemEntries(target).Any()) Directory.Delete(target);
            }
            else if (new FileInfo(target) is { Exists: true, Length: 0 }) File.Delete(target);
        }
    }

    private static string Quoted(string path) => path.Replace("\\", "\\\\").Replace(":", "\\:").Replace(",", "\\,");
}
