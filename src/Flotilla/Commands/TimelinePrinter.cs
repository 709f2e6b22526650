using Flotilla.Console;

namespace Flotilla.Commands;

/// <summary>Shows a timeline as lines: seconds since its start, kind, subject, text.</summary>
internal static class TimelinePrinter
{
    public static void Print(ScenarioResult result, Terminal terminal)
    {
        if (result.Timeline.Count > 0)
            foreach (var entry in result.Timeline) terminal.Line(ScenarioResult.Line(entry, result.Timeline[0].At), ToneOf(entry));
        Verdict(result, terminal);
    }

    /// <summary>Prints each entry as it comes.</summary>
    /// <param name="timeline">What happens.</param>
    /// <param name="terminal">Where to.</param>
    /// <param name="isResult">Whether it is what the command is for, or a message beside its JSON.</param>
    public static void Follow(Timeline timeline, Terminal terminal, bool isResult)
    {
        DateTimeOffset? start = null;
        timeline.Added += entry =>
        {
            start ??= entry.At;
            try
            {
                if (terminal.Format == OutputFormat.Json && isResult) terminal.Json(TimelineEntryOutput.Of(entry), FleetJson.Default.TimelineEntryOutput);
                else if (terminal.Format == OutputFormat.Text) terminal.Line(ScenarioResult.Line(entry, start.Value), ToneOf(entry));
                else terminal.Note(ScenarioResult.Line(entry, start.Value), ToneOf(entry));
            }
            catch (IOException)
            {
                // Nobody can read it there any more, or the disk is full. The fleet goes on, and the timeline has the entry.
            }
        };
    }

    public static void Verdict(ScenarioResult result, Terminal terminal)
    {
        terminal.Line($"{(result.Passed ? "passed" : "FAILED")}  {result.Name}  {result.Seconds:0.###} s", result.Passed ? Tone.Good : Tone.Bad);
        if (result.Why is { } why) terminal.Line($"  {why}");
        terminal.Line();
    }

    public static Tone ToneOf(TimelineEntry entry) => entry.Kind switch
    {
        TimelineKinds.InstanceHealthy or TimelineKinds.Recovered => Tone.Good,
        TimelineKinds.InstanceCrashed or TimelineKinds.InstanceUnhealthy or TimelineKinds.InstanceStartFailed or TimelineKinds.Violation => Tone.Bad,
        TimelineKinds.Anomaly or TimelineKinds.Event or TimelineKinds.Handler or TimelineKinds.Fault => Tone.Notable,
        TimelineKinds.Member or TimelineKinds.InstanceStarted => Tone.Faint,
        _ => Tone.Plain,
    };
}
