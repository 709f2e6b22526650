using System.Text;
using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Archives;

/// <summary>The files of a tar that can be read at any place: an index of names, made by going from header to header.</summary>
internal sealed class TarFiles : IArchiveFiles
{
    private const int LinksMax = 16;
    private const int EntriesMax = 100_000;
    private const int RecordBytesMax = 1 << 20;

    private readonly Dictionary<string, Entry> _entries = [];
    private readonly FileStream _file;
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _handle;

    private TarFiles(FileStream file, string name) => (_file, _handle, Name) = (file, file.SafeFileHandle, name);

    public string Name { get; }

    /// <summary>Reads the headers. The file is owned from here on, and closed when this fails.</summary>
    public static TarFiles Open(FileStream file, string name)
    {
        var files = new TarFiles(file, name);
        try
        {
            files.Index();
            return files;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Has(string name) => Find(name) is not null;

    public Stream? Open(string name) => Find(name) is { } entry ? new PartStream(_handle, entry.Offset, entry.Size) : null;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private void Index()
    {
        var block = new byte[TarHeader.BlockSize];
        string? longName = null;
        string? longLink = null;
        long? paxSize = null;
        for (var at = 0L; ;)
        {
            var read = RandomAccess.Read(_handle, block, at);
            if (read == 0 || (read == block.Length && TarHeader.IsZero(block))) return;
            if (read < block.Length) throw Bad(at, "it ends within a header");
            if (!TarHeader.ChecksumHolds(block)) throw Bad(at, "a header's checksum does not hold");
            if (!TarHeader.TryNumber(TarField.Size.Of(block), out var size) || size < 0) throw Bad(at, "a member has no size");
            var type = (char)block[TarField.TypeOffset];
            at += TarHeader.BlockSize;
            if (type is 'x' or 'X' or 'L' or 'K' or 'g')
            {
                var data = Record(at, size);
                if (type == 'L') longName = Text(data);
                else if (type == 'K') longLink = Text(data);
                else if (type != 'g')
                {
                    foreach (var (key, value) in PaxRecords.Read(data) ?? throw Bad(at, "an extended header is malformed"))
                    {
                        if (key == "path") longName = Escaped.From(value);
                        else if (key == "linkpath") longLink = Escaped.From(value);
                        else if (key == "size") paxSize = TarHeader.TryDecimal(value, out var said) && said >= 0 ? said : throw Bad(at, "a member has no size");
                    }
                }
                at += Padded(size);
                continue;
            }
            size = paxSize ?? size;
            if (type is '\0' or '0' or '7' or '1' or '2') Add(type, longName ?? NameOf(block), longLink ?? Escaped.From(TarField.LinkName.Text(block)), at, type is '1' or '2' ? 0 : size);
            // Links have no content, whatever size their header says.
            if (type is not ('1' or '2' or '3' or '4' or '5' or '6')) at = checked(at + Padded(size));
            (longName, longLink, paxSize) = (null, null, null);
            if (at > _file.Length) throw Bad(_file.Length, "it ends within a member");
        }
    }

    private void Add(char type, string name, string link, long offset, long size)
    {
        if (_entries.Count >= EntriesMax) throw ImageException.Of(ImageFault.TooLarge, $"{Name} has more than {EntriesMax} members.", fix: "Do not use this archive: it may be meant to harm.");
        name = Normal(name);
        var target = type switch
        {
            '1' => Normal(link),
            '2' => Beside(name, link),
            _ => null,
        };
        // Readers differ in which of the two they take.
        if (!_entries.TryAdd(name, new Entry(offset, size, target)))
            throw ImageException.Of(ImageFault.PathConflict, $"{Name} has two members called \"{name}\".", fix: "Write the archive again; if that does not help, do not use it.");
    }

    private Entry? Find(string name)
    {
        for (var hops = 0; hops < LinksMax; hops++)
        {
            if (!_entries.TryGetValue(Normal(name), out var entry)) return null;
            if (entry.Link is null) return entry;
            name = entry.Link;
        }
        return null;
    }

    private byte[] Record(long at, long size)
    {
        if (size > RecordBytesMax) throw ImageException.Of(ImageFault.TooLarge, $"A header at byte {at} of {Name} takes {size} bytes.", fix: "Do not use this archive: it may be meant to harm.");
        var data = new byte[size];
        if (RandomAccess.Read(_handle, data, at) < size) throw Bad(at, "it ends within a header");
        return data;
    }

    private static string Text(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        return Escaped.From(end < 0 ? data : data[..end]);
    }

    private static string NameOf(ReadOnlySpan<byte> block)
    {
        var name = Escaped.From(TarField.Name.Text(block));
        return TarHeader.HasPrefix(block) && TarField.Prefix.Text(block) is { Length: > 0 } prefix ? $"{Escaped.From(prefix)}/{name}" : name;
    }

    // Names outside the archive stay what they are, so that nothing inside is found under them.
    private static string Normal(string name)
    {
        if (!name.StartsWith('.') && !name.Contains("//", StringComparison.Ordinal) && !name.Contains("/.", StringComparison.Ordinal)) return name;
        var text = new StringBuilder(name.Length);
        foreach (var part in name.Split('/'))
        {
            if (part is "" or ".") continue;
            if (text.Length > 0) text.Append('/');
            text.Append(part);
        }
        return text.ToString();
    }

    private static string Beside(string name, string link)
    {
        var parts = new List<string>(name.Split('/')[..^1]);
        foreach (var part in link.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else return link;
        }
        return string.Join('/', parts);
    }

    private static long Padded(long size) => checked((size + TarHeader.BlockSize - 1) / TarHeader.BlockSize * TarHeader.BlockSize);

    private ImageException Bad(long at, string why) => ImageException.Of(ImageFault.BadTar, $"{Name} is damaged at byte {at}: {why}.", fix: "Fetch or write the archive again.");

    private sealed record Entry(long Offset, long Size, string? Link);
}
