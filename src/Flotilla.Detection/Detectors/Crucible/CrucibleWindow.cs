namespace Flotilla.Detection;

/// <summary>What of a <see cref="CrucibleWindow"/> is kept up to date.</summary>
[Flags]
internal enum CrucibleParts
{
    None = 0,
    Line = 1,
    Decayed = 2,
    FirstHours = 4,
    Sorted = 8,
    KolmogorovSmirnov = 16,
    All = Line | Decayed | FirstHours | Sorted | KolmogorovSmirnov,
}

/// <summary>
/// The state from which the nine algorithms judge one series, shared by those that judge it together: the points of the
/// window, their sums, and their sorted values. "Now" is the newest time so far. Points leave in the order in which they came.
/// </summary>
internal sealed class CrucibleWindow
{
    /// <summary>Values beyond it could not be squared and added. They are anomalous, and not learnt from.</summary>
    public const double LargestValue = 1e150;

    // 24 hours less the last: "the first hour" of Skyline's day.
    private const long FirstHoursTicks = 82_800 * TimeSpan.TicksPerSecond;
    private const int LastCount = 3;

    private readonly long _length;
    private readonly bool _keepsPoints;
    private readonly PointRing _ring = new();
    private readonly WindowSums<LineSums, LineSummation>? _line;
    private readonly WindowSums<DecayedSums, DecayedSummation>? _decayed;
    private readonly WindowSums<LineSums, LineSummation>? _firstHours;
    private long _now = long.MinValue;
    private long _origin = long.MinValue;
    private long _from;
    private long _next;
    private long _firstHoursTo;

    /// <summary>A window that has seen nothing.</summary>
    /// <param name="hours">Points older than this leave; infinite for none.</param>
    /// <param name="parts">What is asked for later.</param>
    /// <param name="decay">The factor of the weights of <see cref="Decayed"/>.</param>
    public CrucibleWindow(double hours, CrucibleParts parts, double decay = 0)
    {
        var ticks = hours * TimeSpan.TicksPerHour;
        _length = ticks < long.MaxValue / 2 ? (long)ticks : long.MaxValue;
        if (parts.HasFlag(CrucibleParts.Line)) _line = new(_ring, new());
        if (parts.HasFlag(CrucibleParts.Decayed)) _decayed = new(_ring, new(decay));
        if (parts.HasFlag(CrucibleParts.FirstHours)) _firstHours = new(_ring, new());
        if (parts.HasFlag(CrucibleParts.Sorted)) Sorted = new();
        if (parts.HasFlag(CrucibleParts.KolmogorovSmirnov)) KolmogorovSmirnov = new(_ring);
        _keepsPoints = Expires || _firstHours is not null || KolmogorovSmirnov is not null;
    }

    /// <summary>How many points are in the window.</summary>
    public long Count => _next - _from;

    public double Newest => _last[0].Value;

    /// <summary>The mean of the newest three values; the newest value while there are fewer than three.</summary>
    public double Tail => Count < LastCount ? Newest : (_last[0].Value + _last[1].Value + _last[2].Value) / LastCount;

    /// <summary>Of all points of the window.</summary>
    public LineSums Line { get; private set; }

    /// <summary>Of all points of the window but the newest.</summary>
    public LineSums LineBefore { get; private set; }

    /// <summary>Of the points that are more than 23 hours old.</summary>
    public LineSums FirstHours => _firstHours!.Total;

    public DecayedSums Decayed => _decayed!.Total;

    public SortedValues? Sorted { get; }

    public KolmogorovSmirnov? KolmogorovSmirnov { get; }

    private bool Expires => _length < long.MaxValue;

    // The newest first.
    private readonly (double Seconds, double Value)[] _last = new (double, double)[LastCount];

    /// <summary>The newest three points, the newest first; only meaningful with three points in the window.</summary>
    public ReadOnlySpan<(double Seconds, double Value)> Last => _last;

    public void Add(DateTimeOffset at, double value)
    {
        var time = at.UtcTicks;
        if (_origin == long.MinValue) _origin = time;
        _now = Math.Max(_now, time);
        AdvanceFirstHours();
        if (Expires) Expire();
        if (_keepsPoints) Forget();

        var seconds = Seconds(time);
        (_last[2], _last[1], _last[0]) = (_last[1], _last[0], (seconds, value));
        if (_keepsPoints) _ring.Add(time, value);
        _next++;
        if (_line is not null)
        {
            LineBefore = _line.Total;
            _line.Append(seconds, value);
            Line = _line.Total;
        }
        _decayed?.Append(seconds, value);
        Sorted?.Add(value);
        KolmogorovSmirnov?.Add(_now);
    }

    private void AdvanceFirstHours()
    {
        if (_firstHours is null) return;
        for (; _firstHoursTo < _next && _ring.TimeAt(_firstHoursTo) < _now - FirstHoursTicks; _firstHoursTo++)
            _firstHours.Append(Seconds(_ring.TimeAt(_firstHoursTo)), _ring.ValueAt(_firstHoursTo));
    }

    private void Expire()
    {
        for (; _from < _next && _ring.TimeAt(_from) < _now - _length; _from++)
        {
            _line?.RemoveFirst(_origin);
            _decayed?.RemoveFirst(_origin);
            Sorted?.Remove(_ring.ValueAt(_from));
            if (_from < _firstHoursTo) _firstHours?.RemoveFirst(_origin);
            else _firstHours?.Restart(_firstHoursTo = _from + 1);
        }
    }

    private void Forget()
    {
        var needed = _next;
        if (Expires) needed = _from;
        if (_firstHours is not null) needed = Math.Min(needed, _firstHoursTo);
        if (KolmogorovSmirnov is not null) needed = Math.Min(needed, KolmogorovSmirnov.From);
        _ring.ForgetBefore(needed);
    }

    private double Seconds(long time) => (time - _origin) / (double)TimeSpan.TicksPerSecond;
}
