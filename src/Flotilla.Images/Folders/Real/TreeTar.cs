using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Core.Machines.Real;
using Flotilla.Images.Tar;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Folders.Real;

/// <summary>
/// Writes a folder as a tar (POSIX.1-2001 pax): names sorted by their bytes, numbers for owners, times to the nanosecond, attributes as
/// <c>SCHILY.xattr</c>, hard links to the first of their names. The same folder gives the same bytes. The marks of an overlay's upper
/// folder (kernel documentation, filesystems/overlayfs) become whiteouts (OCI image-spec, layer.md). Sockets are left out, and so is what
/// other file systems have mounted below.
/// </summary>
/// <param name="to">Gets the tar.</param>
/// <param name="epoch">Whether all times become 1970.</param>
/// <param name="isUpper">Whether the folder is the upper one of an overlay, with its marks.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class TreeTar(Stream to, bool epoch, bool isUpper, CancellationToken cancellationToken)
{
    private const string OverlayAttributes = "trusted.overlay.";
    private const int NameMax = 100;
    private const long OctalMax7 = 0x1fffff;
    private const long OctalMax11 = 0x1ffffffff;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<(uint, uint, ulong), byte[]> _linked = [];
    private (uint, uint) _fileSystem;

    /// <summary>Members written.</summary>
    public long Members { get; private set; }

    /// <summary>Writes what is in a folder, and the folder itself if asked.</summary>
    /// <returns>The SHA-256 of the tar.</returns>
    public string Run(string folder, bool withRoot)
    {
        using var root = new OpenFolder(Posix.Check(Posix.OpenAt(Posix.AtCurrent, Posix.Name(folder), Posix.ReadOnly | Posix.OnlyFolder | Posix.CloseOnExec, 0), $"Opening {folder}"));
        var status = Posix.TryStat(root.Number, Posix.Name("."))!.Value;
        if (withRoot) WriteMember(root.Number, Posix.Name("."), "./"u8.ToArray(), status);
        _fileSystem = (status.FileSystemMajor, status.FileSystemMinor);
        WriteBelow(root.Number, []);
        Put(new byte[2 * TarHeader.BlockSize]);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    private void WriteBelow(int folder, byte[] prefix)
    {
        foreach (var name in Posix.Names(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Posix.TryStat(folder, name) is not { } status) continue;
            byte[] path = [.. prefix, .. name.AsSpan(0, name.Length - 1)];
            if (isUpper && status is { Type: Posix.Character, DeviceMajor: 0, DeviceMinor: 0 })
            {
                WriteEmpty([.. prefix, .. ".wh."u8, .. name.AsSpan(0, name.Length - 1)]);
                continue;
            }
            if (name.AsSpan().StartsWith(".wh."u8))
                throw ImageException.Of(ImageFault.Unsupported, $"There is a file {Encoding.UTF8.GetString(path)}, whose name no layer can hold.", "\".wh.\" marks what a layer takes away.", "Rename or remove it.");
            if (status.Type != Posix.Folder)
            {
                WriteMember(folder, name, path, status);
                continue;
            }
            path = [.. path, (byte)'/'];
            WriteMember(folder, name, path, status);
            if ((status.FileSystemMajor, status.FileSystemMinor) != _fileSystem) continue;
            using var own = new OpenFolder(Posix.Check(Posix.OpenAt(folder, name, Posix.ReadOnly | Posix.OnlyFolder | Posix.NoFollow | Posix.CloseOnExec, 0), "Opening a folder of the tree"));
            if (isUpper && Attribute(Posix.Within(folder, name), OverlayAttributes + "opaque") is [(byte)'y']) WriteEmpty([.. path, .. ".wh..wh..opq"u8]);
            WriteBelow(own.Number, path);
        }
    }

    private void WriteMember(int folder, byte[] name, byte[] path, StatXBuffer status)
    {
        var head = new Head { Path = path, Mode = status.Bits, User = status.User, Group = status.Group, Seconds = epoch ? 0 : status.ModifiedSeconds, Nanoseconds = epoch ? 0 : status.ModifiedNanoseconds };
        switch (status.Type)
        {
            case Posix.Folder:
                head.Type = (byte)'5';
                break;
            case Posix.Link:
                head.Type = (byte)'2';
                var target = new byte[4096];
                head.Link = target[..Posix.Check((int)Posix.ReadLinkAt(folder, name, target, (nuint)target.Length), "Reading a link of the tree")];
                break;
            case Posix.Character or Posix.Block:
                head.Type = (byte)(status.Type == Posix.Block ? '4' : '3');
                (head.Major, head.Minor) = (status.DeviceMajor, status.DeviceMinor);
                break;
            case Posix.Pipe:
                head.Type = (byte)'6';
                break;
            case Posix.File:
                head.Type = (byte)'0';
                head.Size = (long)status.Size;
                break;
            default:
                return;
        }
        if (status.Type != Posix.Folder && status.Links > 1)
        {
            var key = (status.FileSystemMajor, status.FileSystemMinor, status.Inode);
            if (_linked.TryGetValue(key, out var first)) (head.Type, head.Link, head.Size) = ((byte)'1', first, 0);
            else _linked[key] = path;
        }
        if (head.Type != '1') head.Attributes = Attributes(Posix.Within(folder, name));
        Write(head);
        if (head.Size > 0) WriteContent(folder, name, head);
    }

    private void WriteContent(int folder, byte[] name, Head head)
    {
        var number = Posix.Check(Posix.OpenAt(folder, name, Posix.ReadOnly | Posix.NoFollow | Posix.NonBlocking | Posix.CloseOnExec, 0), "Opening a file of the tree");
        using var file = new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        var left = head.Size;
        while (left > 0)
        {
            var read = file.Read(_buffer, 0, (int)Math.Min(left, _buffer.Length));
            if (read == 0) throw new IOException($"{Encoding.UTF8.GetString(head.Path)} became shorter while it was read.");
            Put(_buffer.AsSpan(0, read));
            left -= read;
        }
        Pad(head.Size);
    }

    private void WriteEmpty(byte[] path) => Write(new Head { Path = path, Type = (byte)'0', Mode = 0 });

    private void Write(Head head)
    {
        Members++;
        var records = new List<byte>();
        if (head.Path.Length > NameMax) PaxRecords.Append(records, "path", head.Path);
        if (head.Link.Length > NameMax) PaxRecords.Append(records, "linkpath", head.Link);
        if (head.User > OctalMax7) PaxRecords.Append(records, "uid", Digits(head.User));
        if (head.Group > OctalMax7) PaxRecords.Append(records, "gid", Digits(head.Group));
        if (head.Size > OctalMax11) PaxRecords.Append(records, "size", Digits(head.Size));
        if (head.Nanoseconds != 0 || head.Seconds is < 0 or > OctalMax11) PaxRecords.Append(records, "mtime", Encoding.ASCII.GetBytes(Time(head.Seconds, head.Nanoseconds)));
        foreach (var (key, value) in head.Attributes) PaxRecords.Append(records, "SCHILY.xattr." + key, value);
        if (records.Count > 0)
        {
            Block(new Head { Path = "PaxHeader"u8.ToArray(), Type = (byte)'x', Mode = 0x1a4, Size = records.Count });
            Put([.. records]);
            Pad(records.Count);
        }
        Block(head);
    }

    private void Block(Head head)
    {
        Span<byte> block = stackalloc byte[TarHeader.BlockSize];
        block.Clear();
        head.Path.AsSpan(0, Math.Min(NameMax, head.Path.Length)).CopyTo(block);
        Octal(block.Slice(100, 8), head.Mode);
        Octal(block.Slice(108, 8), head.User > OctalMax7 ? 0 : head.User);
        Octal(block.Slice(116, 8), head.Group > OctalMax7 ? 0 : head.Group);
        Octal(block.Slice(124, 12), head.Size > OctalMax11 ? 0 : head.Size);
        Octal(block.Slice(136, 12), head.Seconds is < 0 or > OctalMax11 ? 0 : head.Seconds);
        block[156] = head.Type;
        head.Link.AsSpan(0, Math.Min(NameMax, head.Link.Length)).CopyTo(block[157..]);
        "ustar\000"u8.CopyTo(block[257..]);
        Octal(block.Slice(329, 8), head.Major);
        Octal(block.Slice(337, 8), head.Minor);
        block.Slice(148, 8).Fill((byte)' ');
        long sum = 0;
        foreach (var each in block) sum += each;
        Octal(block.Slice(148, 7), sum);
        Put(block);
    }

    private void Pad(long size) => Put(new byte[(int)(-size & (TarHeader.BlockSize - 1))]);

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        to.Write(bytes);
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (var at = field.Length - 2; at >= 0; at--, value >>= 3) field[at] = (byte)('0' + (value & 7));
        field[^1] = 0;
    }

    private static byte[] Digits(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    // pax writes a time before 1970 as a negative number with a fraction that goes further back.
    private static string Time(long seconds, uint nanoseconds)
    {
        if (nanoseconds == 0) return seconds.ToString(CultureInfo.InvariantCulture);
        var (whole, part, sign) = seconds < 0 ? (-(seconds + 1), 1_000_000_000 - nanoseconds, "-") : (seconds, nanoseconds, "");
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{part:000000000}").TrimEnd('0');
    }

    private static List<(string Key, byte[] Value)> Attributes(byte[] path)
    {
        var names = new byte[64 * 1024];
        var length = (int)Posix.ListAttributes(path, names, (nuint)names.Length);
        if (length <= 0) return [];
        return
        [
            .. Encoding.UTF8.GetString(names, 0, length).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(name => !name.StartsWith(OverlayAttributes, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => (name, Attribute(path, name)))
                .Where(each => each.Item2 is not null).Select(each => (each.name, each.Item2!)),
        ];
    }

    private static byte[]? Attribute(byte[] path, string name)
    {
        var value = new byte[64 * 1024];
        var length = (int)Posix.GetAttribute(path, Posix.Name(name), value, (nuint)value.Length);
        return length < 0 ? null : value[..length];
    }

    private sealed class Head
    {
        public byte[] Path { get; init; } = [];
        public byte Type { get; set; }
        public uint Mode { get; init; }
        public long User { get; init; }
        public long Group { get; init; }
        public long Seconds { get; init; }
        public uint Nanoseconds { get; init; }
        public long Size { get; set; }
        public byte[] Link { get; set; } = [];
        public long Major { get; set; }
        public long Minor { get; set; }
        public List<(string Key, byte[] Value)> Attributes { get; set; } = [];
    }
}
