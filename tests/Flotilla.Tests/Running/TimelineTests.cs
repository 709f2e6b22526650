using System.Text;
using Flotilla.Commands;
using Flotilla.Console;
using Flotilla.Core.Simulated;

namespace Flotilla.Tests.Running;

public sealed class TimelineTests
{
    [Fact]
    public void Entries_are_in_order_and_what_was_read_does_not_change()
    {
        var timeline = new Timeline(new SimulatedWorld(1).Clock);
        timeline.Add(TimelineKinds.Note, "a", "one");
        var before = timeline.Entries;
        timeline.Add(TimelineKinds.Event, "b", "two");
        before.ShouldHaveSingleItem().Text.ShouldBe("one");
        timeline.Entries.Select(entry => entry.Subject).ShouldBe(["a", "b"]);
        timeline.Count.ShouldBe(2);
    }

    [Fact]
    public void Find_looks_for_a_kind_from_a_position_on()
    {
        var timeline = new Timeline(new SimulatedWorld(1).Clock);
        timeline.Add(TimelineKinds.Note, "a", "one");
        timeline.Add(TimelineKinds.Note, "b", "two");
        timeline.Find(TimelineKinds.Note)!.Subject.ShouldBe("a");
        timeline.Find(TimelineKinds.Note, from: 1)!.Subject.ShouldBe("b");
        timeline.Find(TimelineKinds.Note, entry => entry.Text == "two")!.Subject.ShouldBe("b");
        timeline.Find(TimelineKinds.Note, from: 2).ShouldBeNull();
        timeline.Find(TimelineKinds.Fault).ShouldBeNull();
    }

    [Fact]
    public void An_entry_has_the_time_of_the_clock_and_wakes_who_waits_for_a_change()
    {
        var world = new SimulatedWorld(1);
        var timeline = new Timeline(world.Clock);
        world.Run(async () =>
        {
            var changed = timeline.Changed;
            await Task.Delay(3.Seconds, world.Clock);
            Assert.False(changed.IsCompleted);
            timeline.Add(TimelineKinds.Note, "a", "one");
            await changed;
            Assert.False(timeline.Changed.IsCompleted);
        });
        timeline.Entries[0].At.ShouldBe(new DateTimeOffset(2000, 1, 1, 0, 0, 3, TimeSpan.Zero));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_printed_is_on_the_timeline_and_wakes_who_waits()
    {
        var timeline = new Timeline(new SimulatedWorld(1).Clock);
        TimelinePrinter.Follow(timeline, new Terminal(new FullWriter(), TextWriter.Null), isResult: true);
        var changed = timeline.Changed;
        timeline.Add(TimelineKinds.Note, "a", "one");
        await changed;
        timeline.Entries.ShouldHaveSingleItem().Text.ShouldBe("one");
    }

    [Fact]
    public void The_last_lines_are_seconds_since_the_start_kind_subject_and_text()
    {
        var start = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var result = new ScenarioResult("x", true, 2, [.. Enumerable.Range(0, 5).Select(i => new TimelineEntry(start.AddSeconds(i / 2.0), TimelineKinds.Note, "a", $"line {i}"))]);
        result.LastLines(2).ShouldBe("      1.500  note                 a  line 3\n      2.000  note                 a  line 4\n");
        result.LastLines(99).Split('\n').Length.ShouldBe(6);
        new ScenarioResult("x", true, 0, []).LastLines().ShouldBe("");
    }

    private sealed class FullWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
