using System.Text;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Tests;

/// <summary>Makes tars byte by byte, for what no tar program would write.</summary>
internal sealed class TarBytes
{
    private readonly MemoryStream _bytes = new();

    public static byte[] Of(params (string Name, char Type, string Text)[] members)
    {
        var tar = new TarBytes();
        foreach (var (name, type, text) in members) tar.Add(name, type, text);
        return tar.End();
    }

    /// <param name="name">As it stands in the header; latin letters are bytes.</param>
    /// <param name="type">The type flag.</param>
    /// <param name="text">The content, or the target of a link.</param>
    /// <param name="edit">Changes the header before its checksum is made.</param>
    public TarBytes Add(string name, char type = '0', string text = "", Action<byte[]>? edit = null)
    {
        var header = new byte[TarHeader.BlockSize];
        Encoding.Latin1.GetBytes(name).AsSpan(0, Math.Min(100, name.Length)).CopyTo(header);
        var link = type is '1' or '2';
        Put(header, TarField.Mode, type == '5' ? "0000755\0" : "0000644\0");
        Put(header, TarField.User, "0000000\0");
        Put(header, TarField.Group, "0000000\0");
        Put(header, TarField.Size, Convert.ToString(link || type is '5' ? 0 : text.Length, 8).PadLeft(11, '0') + "\0");
        Put(header, TarField.Modified, "14000000000\0");
        header[TarField.TypeOffset] = (byte)type;
        if (link) Put(header, TarField.LinkName, text);
        Put(header, TarField.Magic, "ustar\0" + "00");
        edit?.Invoke(header);
        Put(header, TarField.Checksum, Convert.ToString(TarHeader.Checksum(header), 8).PadLeft(6, '0') + "\0 ");
        _bytes.Write(header);
        if (!link && type != '5') AddContent(Encoding.Latin1.GetBytes(text));
        return this;
    }

    /// <summary>An extended header with these records.</summary>
    public TarBytes AddPax(char type, params (string Key, string Value)[] records)
    {
        var data = new List<byte>();
        foreach (var (key, value) in records) PaxRecords.Append(data, key, Encoding.Latin1.GetBytes(value));
        return Add("././@PaxHeader", type, Encoding.Latin1.GetString([.. data]));
    }

    public byte[] End(int zeros = 1024)
    {
        _bytes.Write(new byte[zeros]);
        return _bytes.ToArray();
    }

    public static void Put(byte[] header, TarField field, string text)
    {
        header.AsSpan(field.Offset, field.Length).Clear();
        Encoding.Latin1.GetBytes(text).CopyTo(header.AsSpan(field.Offset));
    }

    private void AddContent(byte[] content)
    {
        _bytes.Write(content);
        _bytes.Write(new byte[-content.Length & (TarHeader.BlockSize - 1)]);
    }
}
