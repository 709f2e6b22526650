using System.Text;
using Flotilla.Core;
using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <content>The commands that are followed by records.</content>
public sealed partial class SerfClient
{
    // Requests count from 1.
    private const ulong NoStream = 0;

    /// <summary>Opens a stream of what happens.</summary>
    /// <param name="filter">
    /// <c>*</c>, <c>member-join</c> and the other kinds, <c>user</c>, <c>user:NAME</c>, <c>query</c>, <c>query:NAME</c>, or several with
    /// commas between. A record that fits twice comes once.
    /// </param>
    /// <param name="cancellationToken">Gives up opening it.</param>
    /// <returns>
    /// Yields <see cref="SerfMemberRecord"/>, <see cref="SerfUserRecord"/>, <see cref="SerfQueryRecord"/> and
    /// <see cref="SerfGapRecord"/> until it is disposed of.
    /// </returns>
    /// <exception cref="ProblemException">The filter is none.</exception>
    public async Task<SerfStream> StreamAsync(string filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var stream = NewEventStream(filter, _options, _time, isDurable: false);
        await OpenAsync(filter, stream, cancellationToken);
        return stream;
    }

    /// <summary>Opens the agent's log: up to 512 lines from before, then each new one.</summary>
    /// <param name="level"><c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c> or <c>err</c>.</param>
    /// <param name="cancellationToken">Gives up opening it.</param>
    /// <returns>
    /// Yields <see cref="SerfLogRecord"/> and <see cref="SerfGapRecord"/> until it is disposed of. One at a time on each
    /// connection.
    /// </returns>
    /// <exception cref="ProblemException">There is no such level.</exception>
    /// <exception cref="SerfException">The connection has such a stream already.</exception>
    public async Task<SerfStream> MonitorAsync(string level, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(level);
        var stream = new SerfStream(_options.StreamCapacity, _time);
        await OpenAsync(SerfFeedKind.Log, "monitor", level, level.Length, writer =>
        {
            writer.WriteMapHeader(1);
            Put(writer, "LogLevel", level);
        }, stream, cancellationToken);
        return stream;
    }

    /// <summary>Asks a question.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Gives up asking.</param>
    /// <returns>
    /// Yields <see cref="SerfAckRecord"/> and <see cref="SerfResponseRecord"/>, and ends at the question's timeout, never earlier: Serf
    /// does not say when all have answered. Who has enough disposes of it.
    /// </returns>
    /// <exception cref="ProblemException">The question is beyond the agent's limit, or its name belongs to Serf.</exception>
    public async Task<SerfStream> QueryAsync(SerfQueryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckName("query", request.Name);
        if (request.Timeout is { } timeout && timeout <= TimeSpan.Zero)
            throw new ProblemException(new Problem(
                $"The query \"{request.Name}\" has a timeout of {timeout.TotalSeconds:0.###} s.", Fix: "Give it one above zero."));
        var stream = new SerfStream(_options.StreamCapacity, _time);
        await OpenAsync(SerfFeedKind.Query, "query", request.Name, Encoding.UTF8.GetByteCount(request.Name) + request.Payload.Length, writer =>
        {
            writer.WriteMapHeader(7);
            Put(writer, "FilterNodes", request.Nodes);
            Put(writer, "FilterTags", request.Tags);
            Put(writer, "RequestAck", request.Acknowledge);
            Put(writer, "RelayFactor", (long)request.RelayFactor);
            Put(writer, "Timeout", (request.Timeout ?? TimeSpan.Zero).Ticks * TimeSpan.NanosecondsPerTick);
            Put(writer, "Name", request.Name);
            Put(writer, "Payload", request.Payload);
        }, stream, cancellationToken);
        return stream;
    }

    /// <summary>Asks a question and collects what is said.</summary>
    /// <param name="request">The question.</param>
    /// <param name="expected">
    /// Whose answers are waited for: the question ends when all of them are there. Null to wait for the timeout.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">See <see cref="QueryAsync"/>.</exception>
    public async Task<SerfQueryOutcome> AskAsync(
        SerfQueryRequest request, IReadOnlyCollection<string>? expected, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        var awaited = new SortedSet<string>(expected ?? [], StringComparer.Ordinal);
        var answers = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var acknowledged = new SortedSet<string>(StringComparer.Ordinal);
        await using var stream = await QueryAsync(request, cancellationToken);
        while ((expected is null || awaited.Count > 0) && await stream.WaitToReadAsync(cancellationToken))
        {
            while (stream.TryRead(out var record))
            {
                if (record is SerfAckRecord ack)
                {
                    acknowledged.Add(ack.From);
                }
                else if (record is SerfResponseRecord response)
                {
                    answers.TryAdd(response.From, response.Payload);
                    awaited.Remove(response.From);
                }
            }
        }
        return new SerfQueryOutcome(answers, [.. acknowledged], [.. awaited], _time.GetElapsedTime(begin));
    }

    internal static SerfStream NewEventStream(string filter, SerfOptions options, TimeProvider time, bool isDurable) =>
        new(options.StreamCapacity, time, filter is "" or "*" or "user" ? options.LossGrace : null, isDurable);

    /// <summary>Lets the records of a stream go into <paramref name="into"/>.</summary>
    internal async Task OpenAsync(string filter, SerfStream into, CancellationToken cancellationToken)
    {
        var seq = await OpenAsync(SerfFeedKind.Events, "stream", filter, 0, writer =>
        {
            writer.WriteMapHeader(1);
            Put(writer, "Type", filter);
        }, into, cancellationToken);
        into.OnDispose(() => StopAsync(seq));
    }

    private async Task<ulong> OpenAsync(
        SerfFeedKind kind, string command, string subject, int size, Action<MessagePackWriter> body, SerfStream into,
        CancellationToken cancellationToken)
    {
        var feed = new SerfFeed(kind, this, into);
        cancellationToken.ThrowIfCancellationRequested();
        var seq = _link.Send(command, body, feed);
        try
        {
            var (refusal, _) = await WithinAsync(feed.Opened, command, _options.RequestTimeout, cancellationToken);
            if (refusal.Length > 0) throw SerfRefusal.Of(command, Agent, refusal, subject, size);
            // The agent says so before it has opened it (Serf's cmd/serf/command/agent/ipc.go, handleStream). It works off its requests in order, so that
            // the answer to the next, which asks for nothing, comes after.
            if (kind == SerfFeedKind.Events) await AskToStopAsync(NoStream, cancellationToken);
        }
        catch (Exception error)
        {
            into.Interrupt(null);
            // It may open yet; the agent works off its requests in order.
            if (kind != SerfFeedKind.Query && error is SerfTimeoutException or OperationCanceledException) _ = StopAsync(seq);
            throw;
        }
        if (kind == SerfFeedKind.Log) into.OnDispose(() => StopAsync(seq));
        return seq;
    }

    /// <summary>Tells the agent that a stream is no longer wanted. Not to be able to is no error: it has ended then.</summary>
    private async Task StopAsync(ulong seq)
    {
        try
        {
            await AskToStopAsync(seq, CancellationToken.None);
            _link.Ignore(seq);
        }
        catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException) { }
    }

    private Task AskToStopAsync(ulong seq, CancellationToken cancellationToken) => AskAsync("stop", writer =>
    {
        writer.WriteMapHeader(1);
        Put(writer, "Stop", seq);
    }, _options.RequestTimeout, cancellationToken);
}
