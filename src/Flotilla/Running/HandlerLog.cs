using Flotilla.Events;

namespace Flotilla.Running;

/// <summary>Shows the runs of handlers on the timeline, and hands them on to the journal that lasts.</summary>
internal sealed class HandlerLog(Timeline timeline, IHandlerJournal? journal) : IHandlerJournal
{
    public void Started(HandlerRecord record)
    {
        if (record.Handler == SlotKeeper.HandOver) return;
        timeline.Add(TimelineKinds.Handler, record.Handler, $"started on {record.Host} for {record.EventText}");
        journal?.Started(record);
    }

    public void Finished(HandlerRecord record)
    {
        if (record.Handler == SlotKeeper.HandOver) return;
        var outcome = record.Outcome switch
        {
            HandlerOutcome.Completed => "completed",
            HandlerOutcome.TimedOut => "timed out",
            HandlerOutcome.Dropped => "was dropped: its queue is full",
            HandlerOutcome.Unfinished => "was not run again: it had begun before the host stopped",
            HandlerOutcome.Cancelled => "was cancelled",
            _ => $"failed: {record.Error?.Split('\n')[0]}",
        };
        timeline.Add(TimelineKinds.Handler, record.Handler,
            $"{outcome} on {record.Host} after {record.Took.TotalSeconds:0.###} s{(record.Attempt > 1 ? $" (attempt {record.Attempt})" : "")}");
        journal?.Finished(record);
    }
}
