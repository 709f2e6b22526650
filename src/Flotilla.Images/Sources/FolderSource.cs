using Flotilla.Images.Folders.Real;

namespace Flotilla.Images.Sources;

/// <summary>
/// A folder with a root file system: one layer with owners, modes, links, devices and extended attributes, in the order of names. Times are
/// whole seconds. Sockets and what is mounted below are left out.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="config">A configuration for the image, if there is one.</param>
public sealed class FolderSource(string folder, ReadOnlyMemory<byte>? config = null) : IImageSource
{
    /// <inheritdoc/>
    public string Name => $"dir {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}";

    /// <inheritdoc/>
    public Task<SourceImage> OpenAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw ImageException.Of(ImageFault.NotFound, File.Exists(folder) ? $"{folder} is a file." : $"There is no folder {folder}.", fix: "Name the folder that holds the root file system.");
        return Task.FromResult(new SourceImage(config, [new SourceLayer(_ => Task.FromResult<Stream>(new Failing(new FolderTar(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))))]));
    }

    // What cannot be read is the user's to mend.
    private sealed class Failing(FolderTar tar) : Stream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return tar.Read(buffer);
            }
            catch (IOException e)
            {
                throw ImageException.Of(ImageFault.BadTar, "A file cannot be read.", e.Message + ".", "Run as root, or stop what changes the folder, and import again.", e);
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
            if (disposing) tar.Dispose();
            base.Dispose(disposing);
        }
    }
}
