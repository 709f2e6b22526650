using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Flotilla.Images.Archives;
using Flotilla.Images.Formats;
using Microsoft.Win32.SafeHandles;

namespace Flotilla.Images.Registries.Real;

/// <summary>Sends a blob to a registry in pieces (distribution-spec, "Pushing blobs"); after a break it goes on where the registry says it stopped.</summary>
internal sealed class BlobUpload(RegistryConnection registry, Descriptor blob, SafeFileHandle file)
{
    private Uri? _location;
    private long _at;

    /// <summary>Sends it unless the registry has it already; true when it was sent.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (await HasAsync(registry, blob.Digest, cancellationToken) || await BeginAsync(cancellationToken)) return false;
        for (var failures = 0; ;)
        {
            var before = _at;
            try
            {
                if (_location is null) await StartAsync(null, cancellationToken);
                while (_at < blob.Size) await SendPieceAsync(cancellationToken);
                await FinishAsync(cancellationToken);
                return true;
            }
            catch (Exception e) when (RegistryConnection.IsBroken(e, cancellationToken) || e is ImageException { Fault: ImageFault.Unreachable })
            {
                if (_at > before) failures = 0;
                if (++failures >= registry.Options.AttemptsMax)
                {
                    if (e is ImageException) throw;
                    throw registry.Unreachable(e);
                }
                await registry.WaitAsync(failures - 1, null, cancellationToken);
                // A registry may take its time to check a large blob, and be done without anybody having heard of it.
                if (_at == blob.Size && await HasAsync(registry, blob.Digest, cancellationToken)) return true;
                await FindOffsetAsync(cancellationToken);
            }
        }
    }

    public static async Task<bool> HasAsync(RegistryConnection registry, string digest, CancellationToken cancellationToken)
    {
        using var response = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Head, registry.Address("blobs/" + digest)), repeat: true, cancellationToken);
        if (response.IsSuccessStatusCode) return true;
        if (response.StatusCode == HttpStatusCode.NotFound) return false;
        throw await registry.FailureAsync(response, $"blob {digest}", cancellationToken);
    }

    // True when the registry took it over from another of its repositories.
    private async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var from in registry.Options.MountFrom.Where(each => each != registry.Reference.Repository))
            if (await StartAsync(from, cancellationToken)) return true;
        if (_location is null) await StartAsync(null, cancellationToken);
        return false;
    }

    private async Task<bool> StartAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        var query = mountFrom is null ? "" : $"?mount={Uri.EscapeDataString(blob.Digest)}&from={Uri.EscapeDataString(mountFrom)}";
        using var response = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, registry.Address("blobs/uploads/" + query)) { Content = new ByteArrayContent([]) }, repeat: true, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Created) return true;
        if (response.StatusCode != HttpStatusCode.Accepted) throw await registry.FailureAsync(response, $"an upload to {registry.Reference.Repository}", cancellationToken);
        (_location, _at) = (LocationOf(response) ?? throw NoLocation(), 0);
        return false;
    }

    private async Task SendPieceAsync(CancellationToken cancellationToken)
    {
        var length = Math.Min(registry.Options.ChunkBytes, blob.Size - _at);
        using var response = await registry.SendAsync(() =>
        {
            var content = new StreamContent(new PartStream(file, _at, length), 128 * 1024);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            content.Headers.ContentLength = length;
            content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{_at}-{_at + length - 1}"));
            return new HttpRequestMessage(HttpMethod.Patch, _location) { Content = content };
        }, repeat: false, cancellationToken);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) throw new IOException("The registry has another part of the blob than it was sent.");
        if (!response.IsSuccessStatusCode) throw await registry.FailureAsync(response, $"a part of {blob.Digest}", cancellationToken);
        _location = LocationOf(response) ?? _location;
        _at += length;
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var end = new UriBuilder(_location!) { Query = (_location!.Query.Length > 1 ? _location.Query + "&" : "?") + "digest=" + Uri.EscapeDataString(blob.Digest) }.Uri;
        using var response = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Put, end) { Content = new ByteArrayContent([]) }, repeat: false, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Created && response.StatusCode != HttpStatusCode.NoContent) throw await registry.FailureAsync(response, $"blob {blob.Digest}", cancellationToken);
    }

    // "Range: 0-N" says what has come; an upload that the registry has forgotten begins anew.
    private async Task FindOffsetAsync(CancellationToken cancellationToken)
    {
        if (_location is null) return;
        using var response = await registry.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, _location), repeat: true, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NoContent && response.StatusCode != HttpStatusCode.OK)
        {
            (_location, _at) = (null, 0);
            return;
        }
        _location = LocationOf(response) ?? _location;
        var range = response.Headers.TryGetValues("Range", out var values) ? values.First() : "";
        var last = range.StartsWith("bytes=", StringComparison.Ordinal) ? range[6..] : range;
        _at = last.Split('-') is ["0", var end] && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 && n < blob.Size ? n + 1 : 0;
        if (_at == 0) _location = null;
    }

    private Uri? LocationOf(HttpResponseMessage response) => response.Headers.Location is { } location ? new Uri(registry.Root, location) : null;

    private ImageException NoLocation() => ImageException.Of(ImageFault.Unreachable, $"{registry.Reference.Host} does not say where to upload to.", fix: "Ask who runs it.");
}
