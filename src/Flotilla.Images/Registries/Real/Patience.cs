using System.Globalization;
using System.Net;
using Flotilla.Images.Streams;

namespace Flotilla.Images.Registries.Real;

/// <summary>Ends a wait for a host that says nothing, as if the connection had broken.</summary>
internal sealed class Patience(RegistryOptions options, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _silence = new(options.Patience, options.Time);

    /// <summary>Sends a request and waits for the head of its answer. Sending may take as long as it takes while it gets on; an answer may not.</summary>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, RegistryOptions options, CancellationToken cancellationToken)
    {
        using var patience = new Patience(options, cancellationToken);
        if (request.Content is { } content) request.Content = new WatchedContent(content, patience.Renew);
        return await patience.WaitAsync(token => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), request.RequestUri!.Authority);
    }

    /// <summary>The body of an answer, each piece of which is waited for anew.</summary>
    public static async Task<Stream> BodyAsync(HttpResponseMessage response, RegistryOptions options, CancellationToken cancellationToken) =>
        new WatchedBody(await response.Content.ReadAsStreamAsync(cancellationToken), options, response.RequestMessage!.RequestUri!.Authority);

    public void Dispose() => _silence.Dispose();

    private void Renew() => _silence.CancelAfter(options.Patience);

    private async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> wait, string host)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _silence.Token);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException e) when (_silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection is silent.", new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{host} said nothing for {options.Patience.TotalSeconds:0.#} seconds."), e));
        }
    }

    private sealed class WatchedContent : HttpContent
    {
        private readonly HttpContent _content;
        private readonly Action _renew;

        public WatchedContent(HttpContent content, Action renew)
        {
            (_content, _renew) = (content, renew);
            foreach (var (name, values) in content.Headers) Headers.TryAddWithoutValidation(name, values);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await _content.CopyToAsync(new WatchedTarget(stream, _renew), context, cancellationToken);
            _renew();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _content.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class WatchedTarget(Stream to, Action renew) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException("An upload is written asynchronously.");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            renew();
            return to.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => to.FlushAsync(cancellationToken);
    }

    private sealed class WatchedBody(Stream body, RegistryOptions options, string host) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => throw new NotSupportedException("A download is read asynchronously.");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var patience = new Patience(options, cancellationToken);
            return await patience.WaitAsync(async token => await body.ReadAsync(buffer, token), host);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) body.Dispose();
            base.Dispose(disposing);
        }
    }
}
