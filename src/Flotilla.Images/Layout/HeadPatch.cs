using System.Globalization;
using System.Text;

namespace Flotilla.Images.Layout;

/// <summary>How a head differs from the predicted one of the same length: <c>offset:hex,…</c>.</summary>
internal static class HeadPatch
{
    private const int GapMax = 3;

    /// <summary>The patch, or null when the heads have different lengths or little in common.</summary>
    public static string? Between(ReadOnlySpan<byte> predicted, ReadOnlySpan<byte> actual)
    {
        if (predicted.Length != actual.Length) return null;
        var text = new StringBuilder();
        for (var at = 0; at < actual.Length;)
        {
            var same = predicted[at..].CommonPrefixLength(actual[at..]);
            at += same;
            if (at == actual.Length) break;
            var end = at + 1;
            for (var next = end; next < actual.Length && next - end <= GapMax; next++)
                if (predicted[next] != actual[next]) end = next + 1;
            if (text.Length > 0) text.Append(',');
            text.Append(at.ToString(CultureInfo.InvariantCulture)).Append(':').Append(Convert.ToHexStringLower(actual[at..end]));
            at = end;
        }
        return text.Length > 2 * actual.Length ? null : text.ToString();
    }

    public static void Apply(Span<byte> head, string patch)
    {
        foreach (var part in patch.Split(','))
        {
            var colon = part.IndexOf(':');
            if (colon < 1 || !int.TryParse(part.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var at)) throw new FormatException("A head's patch is malformed.");
            var bytes = Convert.FromHexString(part.AsSpan(colon + 1));
            if (at + bytes.Length > head.Length) throw new FormatException("A head's patch leads beyond it.");
            bytes.CopyTo(head[at..]);
        }
    }
}
