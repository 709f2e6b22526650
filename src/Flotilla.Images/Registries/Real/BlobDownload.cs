using System.Net;
using System.Net.Http.Headers;
using Flotilla.Images.Formats;
using Flotilla.Images.Streams;

namespace Flotilla.Images.Registries.Real;

/// <summary>A blob as it comes from a registry. When the connection breaks, it is asked for the rest (RFC 9110, "Range Requests").</summary>
internal sealed class BlobDownload : ReadOnlyStream
{
    private readonly RegistryConnection _registry;
    private readonly Descriptor _blob;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _at;
    private int _failures;

    private BlobDownload(RegistryConnection registry, Descriptor blob) => (_registry, _blob) = (registry, blob);

    public static async Task<BlobDownload> OpenAsync(RegistryConnection registry, Descriptor blob, CancellationToken cancellationToken)
    {
        var download = new BlobDownload(registry, blob);
        await download.ConnectAsync(cancellationToken);
        return download;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0) return 0;
        while (true)
        {
            try
            {
                if (_body is null) await ConnectAsync(cancellationToken);
                var read = await _body!.ReadAsync(buffer, cancellationToken);
                // An early end without an error is a cut as well; what is longer is for who counts.
                if (read == 0 && _at < _blob.Size) throw new IOException("The connection was closed before the end.");
                if (read > 0) _failures = 0;
                _at += read;
                return read;
            }
            catch (Exception e) when (RegistryConnection.IsBroken(e, cancellationToken))
            {
                Drop();
                if (++_failures >= _registry.Options.AttemptsMax) throw _registry.Unreachable(e);
                await _registry.WaitAsync(_failures - 1, null, cancellationToken);
            }
        }
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("A download is read asynchronously.");

    protected override void Dispose(bool disposing)
    {
        Drop();
        base.Dispose(disposing);
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _response = await _registry.SendAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, _registry.Address("blobs/" + _blob.Digest));
            if (_at > 0) request.Headers.Range = new RangeHeaderValue(_at, null);
            return request;
        }, repeat: true, cancellationToken);
        if (!_response.IsSuccessStatusCode)
        {
            using (_response) throw await _registry.FailureAsync(_response, $"blob {_blob.Digest}", cancellationToken);
        }
        _body = await Patience.BodyAsync(_response, _registry.Options, cancellationToken);
        if (_at > 0 && (_response.StatusCode != HttpStatusCode.PartialContent || _response.Content.Headers.ContentRange?.From is { } from && from != _at)) await SkipAsync(cancellationToken);
    }

    // Not every registry knows ranges: what came before comes again.
    private async Task SkipAsync(CancellationToken cancellationToken)
    {
        if (_response!.StatusCode == HttpStatusCode.PartialContent)
            throw ImageException.Of(ImageFault.Unreachable, $"{_registry.Reference.Host} sent another part of a blob than it was asked for.", fix: "Try again; if that does not help, ask who runs it.");
        var buffer = new byte[64 * 1024];
        for (var left = _at; left > 0;)
        {
            var read = await _body!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (read == 0) throw new IOException("The connection was closed before the end.");
            left -= read;
        }
    }

    private void Drop()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
