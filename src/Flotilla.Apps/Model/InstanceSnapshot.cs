namespace Flotilla.Apps;

/// <summary>How an instance is.</summary>
public enum InstanceStatus
{
    /// <summary>It is being started, or has a health check that it has not passed yet.</summary>
    Starting,

    /// <summary>It runs, and has no health check.</summary>
    Running,

    /// <summary>It runs and passed its health check.</summary>
    Healthy,

    /// <summary>It runs and failed its health check as often as the limit says.</summary>
    Unhealthy,

    /// <summary>It ended, and waits to be started again.</summary>
    BackingOff,

    /// <summary>It was told to end.</summary>
    Stopping,

    /// <summary>It ended because it was told to.</summary>
    Stopped,

    /// <summary>It could not be started; it is tried again later.</summary>
    Failed,
}

/// <summary>An instance at one moment.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Host">Where it runs.</param>
/// <param name="Status">How it is.</param>
/// <param name="Run">Counts its starts, from 1.</param>
/// <param name="ProcessId">The process of its program; null when none runs, or in simulation.</param>
/// <param name="Endpoints">Port name → <c>http://address:port/</c>; empty when it does not run.</param>
/// <param name="Since">When it came into this status.</param>
/// <param name="Restarts">How often it was started again after it had ended or failed; restarts that were asked for do not count.</param>
/// <param name="Why">The reason for the status, for people; null when there is nothing to say.</param>
public sealed record InstanceSnapshot(
    InstanceId Id,
    string Host,
    InstanceStatus Status,
    int Run,
    int? ProcessId,
    IReadOnlyDictionary<string, Uri> Endpoints,
    DateTimeOffset Since,
    int Restarts,
    string? Why)
{
    /// <summary>True for an instance that serves as far as one can tell: <see cref="InstanceStatus.Healthy"/> or <see cref="InstanceStatus.Running"/>.</summary>
    public bool IsUp => Status is InstanceStatus.Healthy or InstanceStatus.Running;
}

/// <summary>What happened to an instance.</summary>
public enum InstanceChangeKind
{
    /// <summary>A new run began.</summary>
    Started,

    /// <summary>It passed its health check for the first time, or again.</summary>
    Healthy,

    /// <summary>It failed its health check as often as the limit says.</summary>
    Unhealthy,

    /// <summary>Its program ended by itself.</summary>
    Crashed,

    /// <summary>It waits to be started again.</summary>
    BackingOff,

    /// <summary>It was told to end.</summary>
    Stopping,

    /// <summary>It ended because it was told to.</summary>
    Stopped,

    /// <summary>It could not be started.</summary>
    StartFailed,
}

/// <summary>Something that happened to an instance.</summary>
/// <param name="Kind">What.</param>
/// <param name="Id">To which.</param>
/// <param name="Host">Where.</param>
/// <param name="Run">In which of its runs, counted from 1.</param>
/// <param name="At">When.</param>
/// <param name="Text">For people: <c>exit code 3 after 12.4 s; last line: …</c></param>
public sealed record InstanceChange(InstanceChangeKind Kind, InstanceId Id, string Host, int Run, DateTimeOffset At, string Text)
{
    /// <summary><c>shop-0 Crashed: exit code 3 after 12.4 s</c>.</summary>
    public override string ToString() => Text.Length > 0 ? $"{Id} {Kind}: {Text}" : $"{Id} {Kind}";
}
