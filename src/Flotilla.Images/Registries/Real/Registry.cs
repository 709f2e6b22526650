using System.Net.Http.Headers;
using Flotilla.Images.Formats;

namespace Flotilla.Images.Registries.Real;

/// <summary>Manifests and small blobs of a repository.</summary>
internal static class Registry
{
    public static async Task<byte[]> ManifestAsync(RegistryConnection registry, string version, CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                return await TryManifestAsync(registry, version, cancellationToken);
            }
            catch (Exception e) when (RegistryConnection.IsBroken(e, cancellationToken))
            {
                if (++failures >= registry.Options.AttemptsMax) throw registry.Unreachable(e);
                await registry.WaitAsync(failures - 1, null, cancellationToken);
            }
        }
    }

    public static async Task<byte[]> BlobAsync(RegistryConnection registry, Descriptor blob, CancellationToken cancellationToken)
    {
        if (MediaTypes.IsManifest(blob.MediaType) || MediaTypes.IsIndex(blob.MediaType)) return await ManifestAsync(registry, blob.Digest, cancellationToken);
        await using var download = await BlobDownload.OpenAsync(registry, blob, cancellationToken);
        var bytes = new byte[blob.Size + 1];
        var length = await download.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return bytes[..length];
    }

    public static async Task PutManifestAsync(RegistryConnection registry, byte[] bytes, string version, CancellationToken cancellationToken)
    {
        using var response = await registry.SendAsync(() =>
        {
            var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.OciManifest);
            return new HttpRequestMessage(HttpMethod.Put, registry.Address("manifests/" + version)) { Content = content };
        }, repeat: true, cancellationToken);
        if (!response.IsSuccessStatusCode) throw await registry.FailureAsync(response, $"the manifest of {registry.Reference}", cancellationToken);
    }

    private static async Task<byte[]> TryManifestAsync(RegistryConnection registry, string version, CancellationToken cancellationToken)
    {
        using var response = await registry.SendAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, registry.Address("manifests/" + version));
            foreach (var type in MediaTypes.Manifests) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            return request;
        }, repeat: true, cancellationToken);
        if (!response.IsSuccessStatusCode) throw await registry.FailureAsync(response, version.Contains(':') ? $"manifest {version} of {registry.Reference.Repository}" : $"{registry.Reference.Repository}:{version}", cancellationToken);
        var bytes = await ReadAsync(registry, response, ImageManifest.BytesMax, $"The manifest of {registry.Reference}", cancellationToken);
        if (Digest.Is(version)) Digest.Check(bytes, version, $"the manifest of {registry.Reference}");
        // The registry's word on what it sent: a proxy between may have cut it.
        else if (response.Headers.TryGetValues("Docker-Content-Digest", out var said) && said.First() is var digest && Digest.Is(digest)) Digest.Check(bytes, digest, $"the manifest of {registry.Reference}");
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(RegistryConnection registry, HttpResponseMessage response, int bytesMax, string what, CancellationToken cancellationToken)
    {
        await using var stream = await Patience.BodyAsync(response, registry.Options, cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > bytesMax) throw ImageException.Of(ImageFault.TooLarge, $"{what} has more than {bytesMax} bytes.", fix: "Do not use it: it may be meant to harm.");
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
