namespace Flotilla.Events;

/// <summary>
/// Where it is written down what handlers did. Both calls come from many threads, must return quickly and must not
/// throw.
/// </summary>
public interface IHandlerJournal
{
    /// <summary>An attempt begins; its outcome is <see cref="HandlerOutcome.Started"/>.</summary>
    void Started(HandlerRecord record);

    /// <summary>An attempt ended, or an event was dropped.</summary>
    void Finished(HandlerRecord record);
}
