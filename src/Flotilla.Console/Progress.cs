using System.Globalization;

namespace Flotilla.Console;

/// <summary>
/// A bar on the error stream for work of known size. It appears after two seconds, and only where a person watches that stream;
/// it is gone once disposed. It may be told from any thread.
/// </summary>
/// <param name="terminal">Where it stands.</param>
/// <param name="what">What is going on, in a word or two.</param>
/// <param name="time">When two seconds are over, and how often it is drawn anew.</param>
public sealed class Progress(Terminal terminal, string what, TimeProvider time) : IDisposable
{
    private const int Cells = 24;

    private static readonly TimeSpan After = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = After;
    private int _drawn;
    private bool _over;

    /// <summary>Says how far the work is.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="detail">What else is worth knowing, such as a count.</param>
    public void Report(double share, string detail)
    {
        if (!terminal.ErrorIsTerminal) return;
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_start);
            if (_over || elapsed < _next) return;
            _next = elapsed + Every;
            share = double.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1);
            var full = (int)(share * Cells);
            var line = string.Create(CultureInfo.InvariantCulture,
                $"{what} [{new string('#', full)}{new string('.', Cells - full)}] {Math.Floor(100 * share):0} %  {detail}{Left(share, elapsed)}");
            Draw(line.Length < terminal.Width ? line : line[..(terminal.Width - 1)]);
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_drawn > 0) Draw("");
            _over = true;
        }
    }

    // An estimate from a hundredth of the work would jump about.
    private static string Left(double share, TimeSpan elapsed)
    {
        if (share < 0.02) return "";
        var left = elapsed * ((1 - share) / share);
        return left.TotalMinutes < 2 ? $", {Math.Ceiling(left.TotalSeconds):0} s left" : $", {Math.Ceiling(left.TotalMinutes):0} min left";
    }

    private void Draw(string line)
    {
        terminal.Error.Write($"\r{line.PadRight(_drawn)}{(line.Length == 0 ? "\r" : "")}");
        _drawn = line.Length;
    }
}
