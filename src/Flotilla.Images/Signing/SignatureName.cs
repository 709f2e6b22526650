using Flotilla.Images.Graph;

namespace Flotilla.Images.Signing;

/// <summary>
/// Where signatures are: <c>refs/tags/image/NAME/@COMMIT-KEY</c>, KEY the first digits of the SHA-256 of the public key, so that several
/// people can sign one version and a signature never takes another's place.
/// </summary>
internal static class SignatureName
{
    public const int KeyDigits = 16;
    private const string Prefix = "refs/tags/image/";
    private const int CommitDigits = 2 * ObjectId.Size;

    public static string Folder(ImageName name) => Prefix + name.Ref["refs/heads/image/".Length..^"/@".Length];

    public static string Of(ImageName name, ObjectId commit, string key) => $"{Folder(name)}/@{commit}-{key}";

    /// <summary>Whether a reference is a signature of a version of this lineage, not of one below it.</summary>
    public static bool IsOf(string reference, ImageName name) => CommitOf(reference, name) is not null;

    public static ObjectId? CommitOf(string reference, ImageName name)
    {
        var folder = Folder(name) + "/@";
        if (!reference.StartsWith(folder, StringComparison.Ordinal) || reference.Length != folder.Length + CommitDigits + 1 + KeyDigits) return null;
        var rest = reference.AsSpan(folder.Length);
        foreach (var digit in rest[(CommitDigits + 1)..])
            if (!char.IsAsciiHexDigitLower(digit)) return null;
        return rest[CommitDigits] == '-' && ObjectId.TryParse(rest[..CommitDigits], out var commit) ? commit : null;
    }
}
