using System.Globalization;
using System.Text;

namespace Flotilla.Core.Machines.Real;

/// <summary>Reads a stream to its end and keeps its beginning.</summary>
internal sealed class CappedOutput : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _kept = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _max;
    private long _dropped;

    public CappedOutput(Stream stream, int max)
    {
        _max = max;
        Ended = ReadAsync(stream);
    }

    /// <summary>Completes at the end of the stream; never fails.</summary>
    public Task Ended { get; }

    /// <summary>What was read so far, as UTF-8; a character that the limit cuts is left out.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                var bytes = _kept.GetBuffer().AsSpan(0, (int)_kept.Length);
                if (_dropped == 0) return Encoding.UTF8.GetString(bytes);
                var text = new char[bytes.Length];
                var length = Encoding.UTF8.GetDecoder().GetChars(bytes, text, flush: false);
                return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, length)}\n[{_dropped} more bytes were dropped]\n");
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (Ended.IsCompleted) _stop.Dispose();
    }

    private async Task ReadAsync(Stream stream)
    {
        var chunk = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(chunk, _stop.Token).ConfigureAwait(false) is var read and > 0) Keep(chunk.AsSpan(0, read));
        }
        catch (Exception stopped) when (stopped is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody waits for the rest.
        }
    }

    private void Keep(ReadOnlySpan<byte> chunk)
    {
        lock (_lock)
        {
            var room = (int)Math.Min(chunk.Length, _max - _kept.Length);
            _kept.Write(chunk[..room]);
            _dropped += chunk.Length - room;
        }
    }
}
