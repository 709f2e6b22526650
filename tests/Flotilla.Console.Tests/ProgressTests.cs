namespace Flotilla.Console.Tests;

public sealed class ProgressTests
{
    private readonly StringWriter _error = new();
    private readonly Clock _clock = new();

    [Fact]
    public void It_appears_after_two_seconds_and_is_gone_in_the_end()
    {
        using (var progress = new Progress(Terminal(watched: true), "bench", _clock))
        {
            progress.Report(0.1, "3 of 30");
            _error.ToString().ShouldBeEmpty();
            _clock.Now += TimeSpan.FromSeconds(3);
            progress.Report(0.25, "7 of 30");
            _error.ToString().ShouldBe("\rbench [######..................] 25 %  7 of 30, 9 s left");
            progress.Report(0.5, "15 of 30");
            _error.ToString().ShouldEndWith("9 s left", customMessage: "it is drawn ten times a second at most");
            _clock.Now += TimeSpan.FromSeconds(297);
            progress.Report(0.5, "15 of 30");
            _error.ToString().ShouldEndWith("\rbench [############............] 50 %  15 of 30, 5 min left");
        }
        _error.ToString().Split('\r')[^2].ShouldBe(new string(' ', "bench [############............] 50 %  15 of 30, 5 min left".Length));
        _error.ToString().ShouldEndWith("\r");
    }

    [Fact]
    public void Nobody_who_reads_a_pipe_sees_it()
    {
        using (var progress = new Progress(Terminal(watched: false), "bench", _clock))
        {
            _clock.Now += TimeSpan.FromSeconds(3);
            progress.Report(0.25, "7 of 30");
        }
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void It_stays_within_the_line_and_within_its_bounds()
    {
        using var progress = new Progress(Terminal(watched: true), "bench", _clock);
        foreach (var share in new[] { -1, 2, double.NaN })
        {
            _clock.Now += TimeSpan.FromSeconds(3);
            progress.Report(share, new string('x', 200));
        }
        _error.ToString().Split('\r').ShouldAllBe(line => line.Length < 80);
    }

    private Terminal Terminal(bool watched) => new(TextWriter.Null, _error, errorIsTerminal: watched, width: 80);

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
