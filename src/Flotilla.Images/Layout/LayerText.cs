using System.Globalization;
using System.Text;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Layout;

/// <summary>What a layer's <c>recipe</c> says: its identity, its writer's habits, how it ends.</summary>
internal sealed record LayerRecipe(string Sha256, long Bytes, long Members, Dialect Dialect, long EndZeros)
{
    private const string Header = "flotilla-layer 1";

    public string DiffId => "sha256:" + Sha256;

    public byte[] ToBytes()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{Header}\nsha256 {Sha256}\nbytes {Bytes}\nmembers {Members}\nend {EndZeros}\n");
        if (Dialect.Prefix is { } prefix) text.Append(culture, $"prefix {prefix}\n");
        if (Dialect.DirectorySlash is { } slash) text.Append(slash ? "slash yes\n" : "slash no\n");
        foreach (var (id, name) in Dialect.Users) text.Append(culture, $"user {id} {name}\n");
        foreach (var (id, name) in Dialect.Groups) text.Append(culture, $"group {id} {name}\n");
        if (Dialect.PaxName is { } pax) text.Append(culture, $"pax-name {pax}\n");
        if (Dialect.PaxTime) text.Append("pax-time member\n");
        foreach (var (kind, header) in Dialect.Templates) text.Append(culture, $"template {kind} {HeadPatch.Between(new byte[TarHeader.BlockSize], header)}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static LayerRecipe Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] != Header) throw new FormatException("A layer's recipe is of another version.");
        var dialect = new Dialect();
        string sha256 = "";
        long size = 0, members = 0, end = 0;
        foreach (var line in lines.Skip(1))
        {
            var space = line.IndexOf(' ');
            var key = space < 0 ? line : line[..space];
            var value = space < 0 ? "" : line[(space + 1)..];
            switch (key)
            {
                case "sha256": sha256 = value; break;
                case "bytes": size = long.Parse(value, CultureInfo.InvariantCulture); break;
                case "members": members = long.Parse(value, CultureInfo.InvariantCulture); break;
                case "end": end = long.Parse(value, CultureInfo.InvariantCulture); break;
                case "prefix": dialect.Prefix = value; break;
                case "slash": dialect.DirectorySlash = value == "yes"; break;
                case "user": Name(dialect.Users, value); break;
                case "group": Name(dialect.Groups, value); break;
                case "pax-name": dialect.PaxName = value; break;
                case "pax-time": dialect.PaxTime = true; break;
                case "template":
                    var header = new byte[TarHeader.BlockSize];
                    HeadPatch.Apply(header, value[2..]);
                    dialect.AddTemplate(value[0], header);
                    break;
                default: throw new FormatException($"A layer's recipe says \"{key}\".");
            }
        }
        return new LayerRecipe(sha256, size, members, dialect, end);
    }

    private static void Name(SortedDictionary<long, string> names, string value)
    {
        var space = value.IndexOf(' ');
        names[long.Parse(value.AsSpan(0, space), CultureInfo.InvariantCulture)] = value[(space + 1)..];
    }
}
