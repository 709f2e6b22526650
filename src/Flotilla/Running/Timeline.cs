using Flotilla.Core;

namespace Flotilla;

/// <summary>One thing that happened to the fleet.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What sort of thing: one of <see cref="TimelineKinds"/>.</param>
/// <param name="Subject">What it happened to: an instance, a host, a series, an event.</param>
/// <param name="Text">For people.</param>
public sealed record TimelineEntry(DateTimeOffset At, string Kind, string Subject, string Text);

/// <summary>The sorts of things that a timeline holds.</summary>
public static class TimelineKinds
{
    /// <summary>A member joined, left, failed, changed or was forgotten.</summary>
    public const string Member = "member";

    /// <summary>A resource was changed, or could not be.</summary>
    public const string Resource = "resource";

    /// <summary>An instance was started.</summary>
    public const string InstanceStarted = "instance-started";

    /// <summary>Its health check passed for the first time, or again.</summary>
    public const string InstanceHealthy = "instance-healthy";

    /// <summary>Its health check failed as often as is allowed.</summary>
    public const string InstanceUnhealthy = "instance-unhealthy";

    /// <summary>It ended by itself.</summary>
    public const string InstanceCrashed = "instance-crashed";

    /// <summary>It waits before it is started again.</summary>
    public const string InstanceBackingOff = "instance-backing-off";

    /// <summary>It is being stopped, and why.</summary>
    public const string InstanceStopping = "instance-stopping";

    /// <summary>It was stopped.</summary>
    public const string InstanceStopped = "instance-stopped";

    /// <summary>It could not be started.</summary>
    public const string InstanceStartFailed = "instance-start-failed";

    /// <summary>A watched series is anomalous.</summary>
    public const string Anomaly = "anomaly";

    /// <summary>A watched series is normal again.</summary>
    public const string Recovered = "recovered";

    /// <summary>A watch gets no points, and why.</summary>
    public const string Watch = "watch";

    /// <summary>A user event was sent.</summary>
    public const string Event = "event";

    /// <summary>A query was asked.</summary>
    public const string Query = "query";

    /// <summary>A handler began or ended.</summary>
    public const string Handler = "handler";

    /// <summary>A scenario did something to the fleet.</summary>
    public const string Fault = "fault";

    /// <summary>A scenario began, waited for something, or ended.</summary>
    public const string Scenario = "scenario";

    /// <summary>A handler or a scenario says something.</summary>
    public const string Note = "note";

    /// <summary>What must never be happened: a bug.</summary>
    public const string Violation = "violation";
}

/// <summary>All that happened to a fleet, in order.</summary>
public sealed class Timeline(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<TimelineEntry> _entries = [];
    private Signal<bool> _changed = new();

    /// <summary>Called for each entry, in order, by the one who adds it.</summary>
    internal event Action<TimelineEntry>? Added;

    /// <summary>A copy of what there is so far.</summary>
    public IReadOnlyList<TimelineEntry> Entries
    {
        get
        {
            lock (_lock) return [.. _entries];
        }
    }

    /// <summary>How many entries there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>The entry at a position, counted from 0; null while there is none.</summary>
    public TimelineEntry? TryGet(int position)
    {
        lock (_lock) return position < _entries.Count ? _entries[position] : null;
    }

    /// <summary>The first entry from position <paramref name="from"/> on that is of a kind and passes a test, or null.</summary>
    public TimelineEntry? Find(string kind, Func<TimelineEntry, bool>? which = null, int from = 0)
    {
        lock (_lock)
        {
            for (var i = from; i < _entries.Count; i++)
                if (_entries[i].Kind == kind && which?.Invoke(_entries[i]) != false) return _entries[i];
            return null;
        }
    }

    /// <summary>Completes when the next entry is added.</summary>
    internal Task Changed
    {
        get
        {
            lock (_lock) return _changed.GivenAsync();
        }
    }

    internal void Add(string kind, string subject, string text)
    {
        TimelineEntry entry;
        Signal<bool> changed;
        lock (_lock)
        {
            entry = new TimelineEntry(time.GetUtcNow(), kind, subject, text);
            _entries.Add(entry);
            Added?.Invoke(entry);
            changed = _changed;
            _changed = new Signal<bool>();
        }
        changed.Give(true);
    }
}
