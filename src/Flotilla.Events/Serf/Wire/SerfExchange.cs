using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <summary>Reads the body of a reply.</summary>
internal delegate T SerfBodyReader<T>(ref MessagePackReader reader);

/// <summary>One request, and all that the agent sends under its number.</summary>
internal abstract class SerfExchange
{
    /// <summary>Takes the records of a stream that nobody wants any more.</summary>
    public static SerfExchange Ignoring { get; } = new Ignored();

    /// <summary>Whether a body follows a header with this error.</summary>
    public abstract bool HasBody(string error);

    /// <summary>Takes a header with its body. True when nothing more will come under this number.</summary>
    public abstract bool Accept(string error, ReadOnlyMemory<byte> body);

    /// <summary>The connection is gone.</summary>
    public abstract void Fail(SerfConnectionException reason);

    private sealed class Ignored : SerfExchange
    {
        public override bool HasBody(string error) => error.Length == 0;

        public override bool Accept(string error, ReadOnlyMemory<byte> body) => false;

        public override void Fail(SerfConnectionException reason) { }
    }
}

/// <summary>A request with one reply.</summary>
/// <param name="read">Reads the body; null for a command whose reply has none.</param>
internal sealed class SerfCall<T>(SerfBodyReader<T>? read) : SerfExchange
{
    // Refused before the command itself ran, and then without its body.
    private static readonly string[] WithoutBody = ["Authentication required", "Handshake required", "Unsupported command"];

    public TaskCompletionSource<(string Error, T? Body)> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool HasBody(string error) => read is not null && !WithoutBody.Contains(error);

    public override bool Accept(string error, ReadOnlyMemory<byte> body)
    {
        var result = default(T);
        if (!body.IsEmpty && read is not null)
        {
            var reader = new MessagePackReader(body);
            result = read(ref reader);
        }
        Reply.TrySetResult((error, result));
        return true;
    }

    public override void Fail(SerfConnectionException reason) => Reply.TrySetException(reason);
}

/// <summary>A request whose reply is followed by records.</summary>
internal sealed class SerfFeed(SerfFeedKind kind, SerfClient client, SerfStream into) : SerfExchange
{
    private bool _isOpen;

    /// <summary>Given the error of the first header.</summary>
    public TaskCompletionSource<(string Error, bool Body)> Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool HasBody(string error) => _isOpen && error.Length == 0;

    public override bool Accept(string error, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            var isFirst = !_isOpen;
            _isOpen = error.Length == 0;
            if (isFirst) Opened.TrySetResult((error, _isOpen));
            return !_isOpen;
        }
        var isLast = false;
        var reader = new MessagePackReader(body);
        var record = kind switch
        {
            SerfFeedKind.Events => SerfBodies.Event(ref reader),
            SerfFeedKind.Log => SerfBodies.Log(ref reader),
            _ => SerfBodies.Reply(ref reader, out isLast),
        };
        if (record is SerfQueryRecord query) into.Push(query with { Client = client });
        else if (record is not null) into.Push(record);
        if (isLast) into.End(null);
        return isLast;
    }

    public override void Fail(SerfConnectionException reason)
    {
        Opened.TrySetException(reason);
        into.Interrupt(reason);
    }
}

internal enum SerfFeedKind
{
    Events,
    Log,
    Query,
}
