using Flotilla.Images.Layout;
using Flotilla.Images.Tar;

namespace Flotilla.Images.Folders.Real;

/// <summary>
/// A folder as the tar of a layer, made while it is read: names in the order of their bytes, folders before what is in them, owners by
/// number, times in whole seconds. Sockets are left out, and so is what other file systems have mounted below.
/// </summary>
internal sealed class FolderTar(string root) : Stream
{
    private readonly Dictionary<(ulong Inode, uint Major, uint Minor), byte[]> _linked = [];
    private IEnumerator<(byte[] Head, byte[]? File, long Size)>? _segments;
    private byte[] _head = [];
    private int _headAt;
    private FileStream? _file;
    private byte[] _fileName = [];
    private long _left;
    private int _padding;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0) return 0;
        while (true)
        {
            if (_headAt < _head.Length)
            {
                var part = Math.Min(buffer.Length, _head.Length - _headAt);
                _head.AsSpan(_headAt, part).CopyTo(buffer);
                _headAt += part;
                return part;
            }
            if (_left > 0)
            {
                var read = _file!.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
                if (read == 0) throw ImageException.Of(ImageFault.BadTar, $"{Escaped.From(_fileName.AsSpan().TrimEnd((byte)0))} became shorter while it was read.", fix: "Stop what writes there and import again.");
                _left -= read;
                return read;
            }
            if (_padding > 0)
            {
                (_head, _headAt, _padding) = (new byte[_padding], 0, 0);
                continue;
            }
            _file?.Dispose();
            _file = null;
            if (_ended) return 0;
            Next();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _file?.Dispose();
        _segments?.Dispose();
        base.Dispose(disposing);
    }

    private void Next()
    {
        _segments ??= Walk();
        if (!_segments.MoveNext())
        {
            (_head, _headAt, _ended) = (new byte[2 * TarHeader.BlockSize], 0, true);
            return;
        }
        var (head, file, size) = _segments.Current;
        (_head, _headAt) = (head, 0);
        if (file is null || size == 0) return;
        var descriptor = Native.openat(Native.CurrentFolder, file, Native.ReadOnly | Native.CloseOnExec | Native.OpenNoFollow, 0);
        Native.Check(descriptor, file);
        _file = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        (_fileName, _left, _padding) = (file, size, (int)(-size & (TarHeader.BlockSize - 1)));
    }

    private IEnumerator<(byte[], byte[]?, long)> Walk()
    {
        var top = Native.Z(root);
        var status = Native.Stat(top);
        yield return (Head(top, "./"u8.ToArray(), status), null, 0);
        var open = new Stack<(byte[] Path, byte[] Name, List<byte[]> Children, int Next)>();
        open.Push((top, [], Native.List(top), 0));
        while (open.TryPop(out var folder))
        {
            if (folder.Next == folder.Children.Count) continue;
            open.Push((folder.Path, folder.Name, folder.Children, folder.Next + 1));
            var child = folder.Children[folder.Next];
            byte[] path = [.. folder.Path.AsSpan(0, folder.Path.Length - 1), (byte)'/', .. child];
            byte[] name = [.. folder.Name, .. child.AsSpan(0, child.Length - 1)];
            var its = Native.Stat(path);
            var type = its.Mode & Native.TypeMask;
            if (type == Native.TypeFolder)
            {
                byte[] slashed = [.. name, (byte)'/'];
                yield return (Head(path, slashed, its), null, 0);
                if (its.FileSystemMajor == status.FileSystemMajor && its.FileSystemMinor == status.FileSystemMinor) open.Push((path, slashed, Native.List(path), 0));
            }
            else if (type is Native.TypeFile or Native.TypeLink or Native.TypeCharacter or Native.TypeBlock or Native.TypePipe)
            {
                var again = its.Links > 1 && !_linked.TryAdd((its.Inode, its.FileSystemMajor, its.FileSystemMinor), name);
                yield return (Head(path, name, its), type == Native.TypeFile && !again ? path : null, again ? 0 : its.Size);
            }
        }
    }

    private byte[] Head(byte[] path, byte[] name, Native.Status status)
    {
        var kind = status.Mode & Native.TypeMask;
        byte[] link = [];
        char type;
        if (_linked.TryGetValue((status.Inode, status.FileSystemMajor, status.FileSystemMinor), out var first) && !ReferenceEquals(first, name)) (type, link) = ('1', first);
        else if (kind == Native.TypeLink) (type, link) = ('2', Native.ReadLink(path));
        else type = kind switch { Native.TypeFolder => '5', Native.TypeCharacter => '3', Native.TypeBlock => '4', Native.TypePipe => '6', _ => '0' };
        return PaxHead.Make(type, name, link, status.Mode & 0xfff, status.User, status.Group, status.Modified, type == '0' ? status.Size : 0,
            type is '3' or '4' ? (status.DeviceMajor, status.DeviceMinor) : default, type == '1' ? [] : Native.Attributes(path));
    }
}
