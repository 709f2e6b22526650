using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Images.Graph;

namespace Flotilla.Images.Signing;

/// <summary>
/// An annotated tag that signs a version, as <c>git tag -s</c> with <c>gpg.format=ssh</c> writes it, so that <c>git verify-tag</c>
/// reads it too. Its text repeats the SHA-256 hashes: what is signed does not rest on SHA-1 alone.
/// </summary>
internal sealed record SignedTag(ObjectId Object, string Tag, byte[] Payload, string? Armor)
{
    private const string Begin = "-----BEGIN SSH SIGNATURE-----";

    /// <summary>Lines <c>Key: value</c> of the signed text.</summary>
    public string? Line(string key) => Encoding.UTF8.GetString(Payload).Split('\n')
        .Where(line => line.StartsWith(key + ": ", StringComparison.Ordinal)).Select(line => line[(key.Length + 2)..]).FirstOrDefault();

    /// <summary>What is to be signed.</summary>
    public static byte[] Text(ImageName name, GraphImage image, byte[] commit, string reference, string author, DateTimeOffset time)
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"object {image.Commit}\ntype commit\ntag {reference["refs/tags/".Length..]}\ntagger {author} {time.ToUnixTimeSeconds()} +0000\n\n");
        text.Append(culture, $"{name} {image.Commit.ToShortString()} signed\n\nImage: {name}\nCommit-Sha256: {Convert.ToHexStringLower(SHA256.HashData(commit))}\n");
        foreach (var (key, value) in image.Trailers)
            if (key is "Image-Id" or "Diff-Id" or "Tree-Sha256") text.Append(culture, $"{key}: {value}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static SignedTag? Parse(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var signature = text.StartsWith(Begin, StringComparison.Ordinal) ? 0 : text.IndexOf("\n" + Begin, StringComparison.Ordinal) + 1;
        var payload = signature > 0 ? bytes[..signature] : bytes;
        var head = text[..Math.Max(0, text.IndexOf("\n\n", StringComparison.Ordinal))].Split('\n');
        if (head.Length < 3 || !head[0].StartsWith("object ", StringComparison.Ordinal) || !ObjectId.TryParse(head[0].AsSpan(7), out var id) || head[1] != "type commit" || !head[2].StartsWith("tag ", StringComparison.Ordinal)) return null;
        return new SignedTag(id, head[2][4..], payload, signature > 0 ? text[signature..] : null);
    }
}
