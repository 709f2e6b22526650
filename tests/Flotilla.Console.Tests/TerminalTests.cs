using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Console.Tests;

public sealed class TerminalTests
{
    [Theory]
    // redirected, NO_COLOR, FORCE_COLOR, TERM, colour
    [InlineData(false, null, null, "xterm", true)]
    [InlineData(false, "1", null, "xterm", false)]
    [InlineData(false, "", null, "xterm", true)]
    [InlineData(false, null, null, "dumb", false)]
    [InlineData(false, null, null, null, false)]
    [InlineData(true, null, null, "xterm", false)]
    [InlineData(true, null, "1", "xterm", true)]
    [InlineData(true, "1", "1", "xterm", false)]
    public void Colour_is_used_only_where_it_is_wanted(bool redirected, string? noColor, string? forceColor, string? term, bool expected)
    {
        string? Environment(string name) => name switch { "NO_COLOR" => noColor, "FORCE_COLOR" => forceColor, "TERM" => term, _ => null };
        Terminal.WantsColour(redirected, Environment).ShouldBe(expected);
    }

    [Fact]
    public void A_table_lines_up_and_has_no_codes_without_colour()
    {
        var output = new StringWriter();
        new Terminal(output, TextWriter.Null).Table(["app", "status"], [["shop", "healthy"], ["load-generator", "[starting]"]]);
        Snapshot.Matches(output.ToString(), "table");
    }

    [Fact]
    public void A_long_cell_stays_whole_in_a_pipe()
    {
        var output = new StringWriter();
        var cell = new string('x', 500);
        new Terminal(output, TextWriter.Null).Table(["a"], [[cell]]);
        output.ToString().ShouldContain(cell);
    }

    [Fact]
    public void Colour_marks_a_line_and_ends_with_it()
    {
        var output = new StringWriter();
        new Terminal(output, TextWriter.Null, outputColour: true).Line("gone", Tone.Bad);
        output.ToString().ShouldBe("\e[31mgone\e[0m\n");
    }

    [Fact]
    public void A_problem_is_told_on_the_error_stream_with_its_reason_and_fix()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        new Terminal(output, error).Problem(new Problem("It is wrong.", new SourceLocation("/x/fleet.cs", 3), "of something.", "Mend it."));
        error.ToString().ShouldBe("error: fleet.cs(3): It is wrong.\n  because of something.\n  fix: Mend it.\n");
        output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_takes_long_is_announced_once_where_nobody_watches()
    {
        var error = new StringWriter();
        var time = new StepTime();
        var done = new TaskCompletionSource<int>();
        var work = new Terminal(TextWriter.Null, error).WorkingAsync("building", () => done.Task, time);
        time.Fire();
        await time.Armed;
        done.SetResult(7);
        (await work).ShouldBe(7);
        error.ToString().ShouldBe("building ...\n");
    }

    /// <summary>Fires its timers when told to.</summary>
    private sealed class StepTime : TimeProvider
    {
        private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;
        private Action? _fire;

        public Task Armed => _second.Task;

        public void Fire() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            if (++_count == 2) _second.SetResult();
            return new Timer(_ => { });
        }
    }
}
