namespace Flotilla.Detection;

/// <summary>
/// Learns the step and the season of a series from its first points, and says at which slot of the season a time lies. The step is
/// the median of the first differences; a season that is not given is looked for each time the points kept have grown by half,
/// until they span enough of the longest season (one within 3 % of an hour, a day or a week is taken for it); found nothing, it
/// begins again with the points that follow. A much stronger season found later in the same stretch takes the place of the first
/// (the day that of the hour).
/// </summary>
/// <param name="given">The season in steps; 1 for none, 0 to look for one.</param>
/// <param name="longest">The longest season to look for, in steps.</param>
internal sealed class SeasonLearner(int given, int longest)
{
    private const int FirstSearch = 256;
    private const double Better = 0.1;
    private const double ClockTolerance = 0.03;
    private const double SpannedSeasons = 2.5;

    private readonly int _capacity = given > 0 ? 2 * given : Math.Max(FirstSearch, (int)(SpannedSeasons * longest));
    private List<Point>? _points = given == 1 ? null : [];
    private int _nextSearch = given > 0 ? 2 * given : FirstSearch;
    private long _step;
    private DateTimeOffset _origin;
    private long _count;

    /// <summary>In steps; 0 while there is none.</summary>
    public int Season { get; private set; }

    /// <summary>The slot of the next point: by its time, or by its number in a series whose times do not go forwards.</summary>
    public int Slot(DateTimeOffset at)
    {
        if (Season == 0) return 0;
        var steps = _step > 0 ? Steps(at) : _count;
        return (int)((steps % Season + Season) % Season);
    }

    /// <summary>
    /// Takes a point. When it brings a season, returns the points from which it was learnt, else null.
    /// </summary>
    public IReadOnlyList<Point>? Add(DateTimeOffset at, double value)
    {
        _count++;
        if (_points is null) return null;
        _points.Add(new(at, value));
        if (_points.Count < _nextSearch) return null;

        var points = _points;
        _nextSearch = Math.Min(points.Count * 3 / 2, _capacity);
        var brought = given > 0 ? Adopt(points, given) : Search(points);
        if (points.Count >= _capacity)
        {
            _points = Season > 0 ? null : [];
            _nextSearch = FirstSearch;
        }
        return brought ? points : null;
    }

    /// <summary>The slot of a point of those that <see cref="Add"/> returned, by its position among them.</summary>
    public int Slot(IReadOnlyList<Point> points, int position) =>
        _step > 0 ? Slot(points[position].At) : (int)((_count - points.Count + position) % Season);

    private bool Search(List<Point> points)
    {
        var (origin, step) = (_origin, _step);
        LearnStep(points);
        var values = Evenly(points);
        if (SeasonFinder.Find(values, longest) is { } found && ByTheClock(found.Lag) is var season && season != Season
            && found.Correlation > Known(values) + (Season > 0 ? Better : 0))
        {
            Season = season;
            return true;
        }
        if (Season > 0) (_origin, _step) = (origin, step);
        return false;
    }

    // What people and schedules do repeats by the hour, the day and the week, and noise hides by how many steps exactly.
    private int ByTheClock(int lag)
    {
        foreach (var unit in new[] { TimeSpan.TicksPerHour, TimeSpan.TicksPerDay, 7 * TimeSpan.TicksPerDay })
        {
            if (_step <= 0 || unit % _step != 0) continue;
            var steps = unit / _step;
            if (Math.Abs(lag - steps) <= ClockTolerance * steps) return (int)steps;
        }
        return lag;
    }

    private bool Adopt(List<Point> points, int season)
    {
        LearnStep(points);
        Season = season;
        return true;
    }

    private double Known(double[] values)
    {
        if (Season == 0) return 0;
        var mean = values.Where(double.IsFinite).Average();
        var centred = Array.ConvertAll(values, value => double.IsFinite(value) ? value - mean : 0);
        var correlations = SeasonFinder.Autocorrelation(centred, Season + 1);
        return correlations.Length > Season ? correlations[Season] : 0;
    }

    private void LearnStep(List<Point> points)
    {
        _origin = points[0].At;
        var differences = new long[points.Count - 1];
        for (var i = 0; i < differences.Length; i++) differences[i] = points[i + 1].At.UtcTicks - points[i].At.UtcTicks;
        Array.Sort(differences);
        _step = Math.Max(0, differences[differences.Length / 2]);
    }

    /// <summary>The values at their steps, NaN where there is none; as they come when the times do not fit a grid.</summary>
    private double[] Evenly(List<Point> points)
    {
        var inOrder = points.Select(point => point.Value).ToArray();
        if (_step <= 0) return inOrder;
        var length = Steps(points[^1].At) + 1;
        if (length < points.Count / 2 || length > 2L * points.Count)
        {
            _step = 0;
            return inOrder;
        }
        var values = new double[length];
        Array.Fill(values, double.NaN);
        foreach (var point in points)
        {
            var step = Steps(point.At);
            if (step >= 0 && step < length) values[step] = point.Value;
        }
        return values;
    }

    private long Steps(DateTimeOffset at) => (long)Math.Floor((at - _origin).Ticks / (double)_step + 0.5);
}
