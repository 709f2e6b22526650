using System.Threading.Channels;

namespace Flotilla.Events;

/// <summary>Keeps the reliable events that come, acknowledges them, and hands on those that are new.</summary>
internal sealed class ReliableReceiver(IEventStore store, ReliableOptions options, Action<UserEvent> deliver)
{
    private readonly Channel<(QueryEvent Query, IQueryResponder Respond)> _arrived =
        Channel.CreateUnbounded<(QueryEvent, IQueryResponder)>(new UnboundedChannelOptions { SingleReader = true });

    private long _duplicates;

    public long Duplicates => Interlocked.Read(ref _duplicates);

    public void Offer(QueryEvent query, IQueryResponder respond) => _arrived.Writer.TryWrite((query, respond));

    /// <summary>What has arrived and is not acknowledged comes again.</summary>
    public void Stop() => _arrived.Writer.TryComplete();

    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _arrived.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_arrived.Reader.TryRead(out var item))
            {
                if (stopping.IsCancellationRequested) return;
                await TakeAsync(item.Query, item.Respond);
            }
        }
    }

    private async Task TakeAsync(QueryEvent query, IQueryResponder respond)
    {
        try
        {
            if (Keep(query, out var news) is { } refusal)
            {
                await respond.FailAsync(refusal, CancellationToken.None);
                return;
            }
            foreach (var received in news) HandOn(received);
            await respond.AnswerAsync(ReliableMessage.Acknowledged, CancellationToken.None);
        }
        catch (Exception error)
        {
            // A sender that hears nothing sends again, and what is kept already is then acknowledged.
            options.Tell($"Reliable events of {query.Origin} could not be handed on: {error.Message}");
        }
    }

    /// <summary>The store has it and its sender does not send it again: one that cannot be handed on must not keep back those after it.</summary>
    private void HandOn(UserEvent received)
    {
        try
        {
            deliver(received);
        }
        catch (Exception error)
        {
            options.Tell($"The reliable event {received.Id} could not be handed on: {error.Message}");
        }
    }

    /// <summary>Null when all events of the message are kept, otherwise why they are not.</summary>
    private string? Keep(QueryEvent query, out IReadOnlyList<UserEvent> news)
    {
        news = [];
        try
        {
            if (store.WaitingCount >= options.WaitingMax) return $"{options.WaitingMax:N0} events wait for the handlers of this host.";
            var message = ReliableMessage.Decode(query.Payload);
            var source = ReliableMessage.SourceOf(query.Origin, message.Incarnation);
            news = store.Receive(source, message.Floor, [.. message.Entries.Select(entry => new NumberedEvent(entry.Number,
                new UserEvent(entry.Name, entry.Payload, query.Origin, query.LamportTime, entry.At)
                {
                    ReliableId = ReliableMessage.IdOf(source, entry.Number),
                }))]);
            Interlocked.Add(ref _duplicates, message.Entries.Count - news.Count);
            return null;
        }
        catch (Exception error) when (error is IOException or FormatException)
        {
            options.Tell($"Reliable events of {query.Origin} were not accepted: {error.Message}");
            return error.Message;
        }
    }
}
