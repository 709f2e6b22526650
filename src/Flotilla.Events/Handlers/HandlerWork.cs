namespace Flotilla.Events;

/// <summary>One event on its way through one handler.</summary>
/// <param name="event">What happened.</param>
/// <param name="id">Its id, made once.</param>
/// <param name="text">Its text for people, made once.</param>
/// <param name="responder">The way to the asker when this handler answers; otherwise null.</param>
/// <param name="key">What keeps it in order with others; null for nothing.</param>
/// <param name="arrived">The timestamp of its arrival.</param>
/// <param name="settlement">Told when the handler is done with an event that is kept; null for others.</param>
internal sealed class HandlerWork(
    FleetEvent @event, string id, string text, IQueryResponder? responder, string? key, long arrived, Settlement? settlement)
{
    public FleetEvent Event { get; } = @event;

    public string Id { get; } = id;

    public string Text { get; } = text;

    public IQueryResponder? Responder { get; } = responder;

    public string? Key { get; } = key;

    public long Arrived { get; } = arrived;

    /// <summary>The number of the latest attempt; 0 before the first.</summary>
    public int Attempt { get; set; }

    public Settlement? Settlement { get; } = settlement;

    /// <summary>True when the store knows that the handler has begun with it.</summary>
    public bool IsClaimed { get; set; }

    /// <summary>True when it could not be told whether the handler may begin: the event waits for the next start.</summary>
    public bool IsPutOff { get; set; }
}

/// <summary>How an attempt ended.</summary>
/// <param name="Outcome">Any but <see cref="HandlerOutcome.Started"/>.</param>
/// <param name="Answer">What the body returned, when it did.</param>
/// <param name="Message">What went wrong, in a line, for the asker of a query.</param>
internal sealed record AttemptEnd(HandlerOutcome Outcome, EventPayload? Answer, string? Message);
