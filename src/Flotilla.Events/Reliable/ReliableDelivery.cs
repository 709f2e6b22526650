namespace Flotilla.Events;

/// <summary>What came of an event that was to reach its targets for sure.</summary>
/// <param name="Id">The event's id at every target.</param>
/// <param name="Name">The name of the event.</param>
/// <param name="Acknowledged">Who has it and will handle it, also after a crash; sorted.</param>
/// <param name="Expired">
/// Who had not acknowledged when it was given up; sorted. It may have arrived there all the same, and only the word of that got lost.
/// </param>
/// <param name="Took">From sending to the last word.</param>
public sealed record ReliableDelivery(
    string Id, string Name, IReadOnlyList<string> Acknowledged, IReadOnlyList<string> Expired, TimeSpan Took)
{
    /// <summary>True when every target has acknowledged.</summary>
    public bool IsComplete => Expired.Count == 0;
}
