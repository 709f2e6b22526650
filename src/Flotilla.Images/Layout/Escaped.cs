using System.Buffers;
using System.Globalization;
using System.Text;

namespace Flotilla.Images.Layout;

/// <summary>
/// Bytes as one line of text and back: UTF-8 stays as it is; control characters, <c>%</c> and bytes that are no UTF-8 become
/// <c>%XX</c>. Two byte strings never share an escaped form.
/// </summary>
internal static class Escaped
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static string From(ReadOnlySpan<byte> bytes)
    {
        var plain = true;
        foreach (var each in bytes)
            if (each is < 0x20 or >= 0x7f or (byte)'%') { plain = false; break; }
        return plain ? Encoding.ASCII.GetString(bytes) : FromAny(bytes);
    }

    private static string FromAny(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        while (bytes.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status == OperationStatus.Done && !(rune.Value is < 0x20 or 0x7f or '%' or (>= 0x80 and < 0xa0) or 0x2028 or 0x2029 or 0x85))
                text.Append(rune.ToString());
            else
                foreach (var each in bytes[..length]) text.Append('%').Append(each.ToString("X2", CultureInfo.InvariantCulture));
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    public static byte[] ToBytes(string text)
    {
        if (!text.Contains('%')) return Utf8.GetBytes(text);
        var bytes = new List<byte>(text.Length);
        Span<byte> four = stackalloc byte[4];
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '%')
            {
                if (at + 3 > text.Length || !byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                    throw new FormatException($"\"{text}\" has a % without two hexadecimal digits.");
                bytes.Add(value);
                at += 3;
                continue;
            }
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var used) != OperationStatus.Done) throw new FormatException("The text is no Unicode.");
            bytes.AddRange(four[..rune.EncodeToUtf8(four)]);
            at += used;
        }
        return [.. bytes];
    }
}
