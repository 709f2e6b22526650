using Flotilla.Images.Layout;

namespace Flotilla.Images;

/// <summary>What stands at a path of an image.</summary>
public enum ImageEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>Another name of a file.</summary>
    HardLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Pipe,
}

/// <summary>A file, folder, link or device of an image, with all that its tar says of it.</summary>
/// <param name="Path">Without a leading slash, <c>.</c> for the root; bytes that are no text are escaped as <c>%XX</c>, <c>%</c> as <c>%25</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission and set-id bits.</param>
/// <param name="User">Owner's number.</param>
/// <param name="Group">Group's number.</param>
/// <param name="UserName">Owner's name in the tar, or empty.</param>
/// <param name="GroupName">Group's name in the tar, or empty.</param>
/// <param name="Modified">Seconds since 1970, with a fraction when there is one.</param>
/// <param name="Size">Bytes of a file's content.</param>
/// <param name="Sha256">Of a file's content, in hexadecimal; null for what has none.</param>
/// <param name="Target">Of a link, escaped as paths are; null for what is none.</param>
/// <param name="Device">Major and minor number of a device.</param>
/// <param name="Attributes">Extended attributes by name, values in base64.</param>
public sealed record ImageEntry(
    string Path, ImageEntryKind Kind, int Mode, long User, long Group, string UserName, string GroupName, string Modified, long Size,
    string? Sha256, string? Target, (long Major, long Minor)? Device, IReadOnlyList<KeyValuePair<string, string>> Attributes)
{
    internal static ImageEntry Of(Member member) => Of(member, member.Path);

    /// <param name="member">What the tar says.</param>
    /// <param name="path">Where it stands in the image: a link on the way to its name may lead elsewhere.</param>
    internal static ImageEntry Of(Member member, string path) => new(
        path.Length == 0 ? "." : path,
        member.Type switch
        {
            MemberType.File => ImageEntryKind.File,
            MemberType.Directory => ImageEntryKind.Directory,
            MemberType.SymbolicLink => ImageEntryKind.SymbolicLink,
            MemberType.HardLink => ImageEntryKind.HardLink,
            MemberType.CharacterDevice => ImageEntryKind.CharacterDevice,
            MemberType.BlockDevice => ImageEntryKind.BlockDevice,
            _ => ImageEntryKind.Pipe,
        },
        member.Mode, member.User, member.Group, member.UserName, member.GroupName, member.ModifiedText, member.Size,
        member.Sha256 is { } hash ? Convert.ToHexStringLower(hash) : null, member.Link,
        member.Type is MemberType.CharacterDevice or MemberType.BlockDevice ? (member.DeviceMajor, member.DeviceMinor) : null,
        [.. (member.Extensions ?? []).Where(each => each.Key.StartsWith("x:", StringComparison.Ordinal)).Select(each => KeyValuePair.Create(each.Key[2..], each.Value!))]);
}
