namespace Flotilla.Events;

/// <summary>Writes to several journals, in the order given.</summary>
public sealed class CompositeJournal(params IReadOnlyList<IHandlerJournal> journals) : IHandlerJournal
{
    /// <inheritdoc/>
    public void Started(HandlerRecord record)
    {
        foreach (var journal in journals) journal.Started(record);
    }

    /// <inheritdoc/>
    public void Finished(HandlerRecord record)
    {
        foreach (var journal in journals) journal.Finished(record);
    }
}
