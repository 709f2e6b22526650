using Flotilla.Images.Streams;

namespace Flotilla.Images.Archives;

/// <summary>A file that is read by the thread that asks: <see cref="FileStream"/> would hand each of many small reads to another thread.</summary>
/// <param name="file">Closed with this.</param>
internal sealed class LocalFile(FileStream file) : ReadOnlyStream
{
    public LocalFile(string path) : this(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan)) { }

    public override bool CanSeek => file.CanSeek;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => file.Position = value; }

    public override int Read(Span<byte> buffer) => file.Read(buffer);

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
