namespace Flotilla.Detection;

/// <summary>What a watch on a series has to tell: it became anomalous, or it is normal again.</summary>
/// <param name="Series">The series' name.</param>
/// <param name="Value">Its value at the point that gave the signal.</param>
/// <param name="At">The time of that point.</param>
public abstract record WatchSignal(string Series, double Value, DateTimeOffset At);

/// <summary>The series is anomalous, or still is after the silence has passed.</summary>
/// <param name="Series">The series' name.</param>
/// <param name="Value">Its value at the anomalous point.</param>
/// <param name="At">The time of that point.</param>
/// <param name="Score">See <see cref="Verdict.Score"/>; over 1.</param>
public sealed record AnomalySignal(string Series, double Value, DateTimeOffset At, double Score) : WatchSignal(Series, Value, At);

/// <summary>The series is normal again, after an <see cref="AnomalySignal"/>.</summary>
/// <param name="Series">The series' name.</param>
/// <param name="Value">Its value at the last of the normal points.</param>
/// <param name="At">The time of that point.</param>
/// <param name="After">How long the alert lasted: from the point at which the policy held first to this one.</param>
public sealed record RecoveredSignal(string Series, double Value, DateTimeOffset At, TimeSpan After) : WatchSignal(Series, Value, At);
