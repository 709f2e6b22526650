using System.Text;
using Flotilla.Inspection.Files;

namespace Flotilla.Inspection.Fixing;

/// <summary>A file's text with what is needed to write it as it was: its encoding and its mark.</summary>
internal sealed record EncodedText(string Text, Encoding Encoding, byte[] Mark)
{
    /// <summary>The text of some bytes; null when they would not be the same again.</summary>
    public static EncodedText? Of(byte[] bytes)
    {
        EncodedText read = bytes switch
        {
            [0xFF, 0xFE, ..] => new(FileText.Of(bytes), Encoding.Unicode, bytes[..2]),
            [0xFE, 0xFF, ..] => new(FileText.Of(bytes), Encoding.BigEndianUnicode, bytes[..2]),
            [0xEF, 0xBB, 0xBF, ..] => new(FileText.Of(bytes), Encoding.UTF8, bytes[..3]),
            _ => new(FileText.Of(bytes), Encoding.UTF8, []),
        };
        if (read.Bytes(read.Text).AsSpan().SequenceEqual(bytes)) return read;
        var latin = read with { Encoding = Encoding.Latin1 };
        return latin.Bytes(latin.Text).AsSpan().SequenceEqual(bytes) ? latin : null;
    }

    /// <summary>Another text in the same encoding.</summary>
    public byte[] Bytes(string text) => [.. Mark, .. Encoding.GetBytes(text)];
}
