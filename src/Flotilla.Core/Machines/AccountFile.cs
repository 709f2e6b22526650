using System.Globalization;
using System.Text;

namespace Flotilla.Core.Machines;

/// <summary>Names and numbers of a passwd(5) or group(5) file: <c>name:password:number:…</c>, a line each.</summary>
/// <remarks>As in the C library, the first line of a name or number wins, and lines that are not of this form do not count.</remarks>
internal sealed class AccountFile
{
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, string> _names = [];

    private AccountFile()
    {
    }

    public static AccountFile Empty { get; } = new();

    public static AccountFile Parse(ReadOnlySpan<byte> content)
    {
        var file = new AccountFile();
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            var fields = line.Split(':');
            if (fields.Length < 3 || fields[0] is "" || fields[0][0] == '#') continue;
            if (!uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            file._numbers.TryAdd(fields[0], number);
            file._names.TryAdd(number, fields[0]);
        }
        return file;
    }

    public uint? Number(string name) => _numbers.TryGetValue(name, out var number) ? number : null;

    public string? Name(uint number) => _names.GetValueOrDefault(number);
}
