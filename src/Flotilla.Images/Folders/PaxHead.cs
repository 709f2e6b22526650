using System.Text;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Folders;

/// <summary>What stands before a member's content in a tar that is written here: ustar, and a pax header for what that cannot say.</summary>
internal static class PaxHead
{
    private const long Octal7Max = 0x1f_ffff;
    private const long Octal11Max = 0x1_ffff_ffff;

    public static byte[] Make(
        char type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, int mode, long user, long group, long modified, long size,
        (long Major, long Minor) device, IReadOnlyList<(string Name, byte[] Value)> attributes)
    {
        var records = new List<byte>();
        if (name.Length > TarField.Name.Length) PaxRecords.Append(records, "path", name);
        if (link.Length > TarField.LinkName.Length) PaxRecords.Append(records, "linkpath", link);
        AppendNumber(records, "size", size, Octal11Max);
        AppendNumber(records, "uid", user, Octal7Max);
        AppendNumber(records, "gid", group, Octal7Max);
        AppendNumber(records, "mtime", modified, Octal11Max);
        foreach (var (key, value) in attributes) PaxRecords.Append(records, "SCHILY.xattr." + key.Replace("%", "%25"), value);
        var blocks = new List<byte>();
        if (records.Count > 0)
        {
            blocks.AddRange(Block('x', "PaxHeaders.0"u8, [], 0b110_100_100, 0, 0, 0, records.Count, default));
            blocks.AddRange(records);
            blocks.AddRange(new byte[-records.Count & (TarHeader.BlockSize - 1)]);
        }
        blocks.AddRange(Block(type, name, link, mode, user, group, modified, size, device));
        return [.. blocks];
    }

    private static byte[] Block(char type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, int mode, long user, long group, long modified, long size, (long Major, long Minor) device)
    {
        var block = new byte[TarHeader.BlockSize];
        name[..Math.Min(name.Length, TarField.Name.Length)].CopyTo(block);
        link[..Math.Min(link.Length, TarField.LinkName.Length)].CopyTo(TarField.LinkName.Of(block.AsSpan()));
        Octal(TarField.Mode, mode);
        Octal(TarField.User, user > Octal7Max ? 0 : user);
        Octal(TarField.Group, group > Octal7Max ? 0 : group);
        Octal(TarField.Size, size > Octal11Max ? 0 : size);
        Octal(TarField.Modified, modified is < 0 or > Octal11Max ? 0 : modified);
        block[TarField.TypeOffset] = (byte)type;
        "ustar\000"u8.CopyTo(TarField.Magic.Of(block.AsSpan()));
        Octal(TarField.DeviceMajor, device.Major);
        Octal(TarField.DeviceMinor, device.Minor);
        Encoding.ASCII.GetBytes(Convert.ToString(TarHeader.Checksum(block), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, TarField.Checksum.Offset);
        return block;

        void Octal(TarField field, long value) =>
            Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0')).CopyTo(block, field.Offset);
    }

    private static void AppendNumber(List<byte> records, string key, long value, long max)
    {
        if (value < 0 || value > max) PaxRecords.Append(records, key, Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }
}
