using System.Security.Cryptography;

namespace Flotilla.Images.Formats;

/// <summary>Digests as OCI writes them: <c>sha256:</c> and 64 hexadecimal digits in lower case.</summary>
internal static class Digest
{
    private const string Prefix = "sha256:";

    public static string Of(ReadOnlySpan<byte> bytes) => OfHash(SHA256.HashData(bytes));

    public static string OfHash(byte[] hash) => Prefix + Convert.ToHexStringLower(hash);

    public static bool Is(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && IsHex(text.AsSpan(Prefix.Length));

    public static bool IsHex(ReadOnlySpan<char> text)
    {
        if (text.Length != 2 * SHA256.HashSizeInBytes) return false;
        foreach (var each in text)
            if (!char.IsAsciiHexDigitLower(each)) return false;
        return true;
    }

    public static string Hex(string digest) => digest[Prefix.Length..];

    /// <summary>Throws unless the bytes are those that the digest names.</summary>
    public static void Check(ReadOnlySpan<byte> bytes, string digest, string what)
    {
        if (Of(bytes) is var actual && actual != digest)
            throw ImageException.Of(ImageFault.DigestMismatch, $"The digest of {what} is {actual}, but {digest} was promised.", fix: "Fetch it again; if that does not help, do not use it.");
    }
}
