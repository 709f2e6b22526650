using Flotilla.Core;

namespace Flotilla.Events;

/// <summary>What a handler does. An exception is recorded with its stack and, for a query, answered as a failure.</summary>
/// <param name="event">What happened.</param>
/// <param name="run">Where and for which time it is handled.</param>
/// <param name="cancellationToken">
/// Cancelled at the timeout and when the host stops; a body that goes on is given up.
/// </param>
/// <returns>
/// The answer to a query, and for the journal: null, text, bytes, an <see cref="EventPayload"/>, or anything with a JSON form.
/// </returns>
public delegate Task<object?> HandlerBody(FleetEvent @event, HandlerRun run, CancellationToken cancellationToken);

/// <summary>One attempt of a handler at one event.</summary>
/// <param name="Handler">The name of the handler.</param>
/// <param name="Self">The host it runs on.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Timeout">How long it has; infinite for no limit.</param>
public sealed record HandlerRun(string Handler, Member Self, int Attempt, DateTimeOffset StartedAt, TimeSpan Timeout);

/// <summary>A handler of the fleet.</summary>
/// <param name="Name">Unique among the handlers of a host; people see it in the journal.</param>
/// <param name="Filter">Which events it is for.</param>
/// <param name="Body">What it does.</param>
/// <param name="Options">How its runs are scheduled.</param>
/// <param name="Declared">Where in the user's source it was declared.</param>
public sealed record HandlerRegistration(
    string Name, EventFilter Filter, HandlerBody Body, HandlerOptions Options, SourceLocation? Declared);
