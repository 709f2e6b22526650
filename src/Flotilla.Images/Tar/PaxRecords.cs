using System.Globalization;
using System.Text;

namespace Flotilla.Images.Tar;

/// <summary>Extended header records of POSIX.1-2017 pax: <c>length key=value\n</c>, the length counting itself.</summary>
internal static class PaxRecords
{
    /// <summary>The records in order; null when they are malformed.</summary>
    public static List<(string Key, byte[] Value)>? Read(ReadOnlySpan<byte> data)
    {
        var records = new List<(string, byte[])>();
        while (data.Length > 0)
        {
            var space = data.IndexOf((byte)' ');
            if (space is < 1 or > 9 || !TarHeader.TryDecimal(data[..space], out var length) || length <= space + 1 || length > data.Length || data[(int)length - 1] != '\n') return null;
            var record = data[(space + 1)..((int)length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1) return null;
            records.Add((Layout.Escaped.From(record[..equals]), record[(equals + 1)..].ToArray()));
            data = data[(int)length..];
        }
        return records;
    }

    public static void Append(List<byte> to, string key, ReadOnlySpan<byte> value)
    {
        var name = Layout.Escaped.ToBytes(key);
        var rest = name.Length + value.Length + 3;
        var length = rest + Digits(rest);
        if (Digits(length) != Digits(rest)) length = rest + Digits(length);
        to.AddRange(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        to.Add((byte)' ');
        to.AddRange(name);
        to.Add((byte)'=');
        to.AddRange(value);
        to.Add((byte)'\n');
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
