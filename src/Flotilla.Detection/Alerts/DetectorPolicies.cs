namespace Flotilla.Detection;

/// <summary>
/// Policies that can be laid around any detector, so that they are replayed, swept and scored with it. The detector keeps its
/// name and its settings, and takes on those of the policy; a setting of the same name as one of the detector's is counted on: <c>silence_2</c>.
/// The detector itself sees every point, whatever the policy makes of its verdicts.
/// </summary>
public static class DetectorPolicies
{
    private const int UsualHistory = 1000;
    private static readonly TimeSpan UsualAge = TimeSpan.FromSeconds(500);

    /// <summary>
    /// Anomalous where the detector's score is over <paramref name="threshold"/>, but after such a point not in the next
    /// <paramref name="rows"/> rows. The score becomes score/threshold, so that 1 stays the limit; in the silence it is over 1
    /// without an anomaly. Verdicts that another policy held back stay so. Missing values are not rows.
    /// </summary>
    /// <param name="detector">What judges.</param>
    /// <param name="rows">The rows of silence (setting <c>silence</c>); 0 for none.</param>
    /// <param name="threshold">The limit of the score (setting <c>threshold</c>); over 0.</param>
    public static DetectorDefinition Silenced(this DetectorDefinition detector, int rows, double threshold = 1)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (!double.IsFinite(threshold) || threshold <= 0) throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "threshold must be a finite number over 0.");
        return detector.Wrapped(
            [
                new("silence", rows, [0, 36, 72, 144, 288], Min: 0, Whole: true),
                new("threshold", threshold, [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3]),
            ],
            (inner, settings) => new SilencedDetector(inner, (long)settings[0], settings[1]));
    }

    /// <summary>
    /// No verdict while the last <paramref name="points"/> values, the newest included, are of at most <paramref name="distinct"/> different
    /// numbers; while there are fewer, all there are. Skyline's boredom (Etsy, 2013), which asks for exactly so many and leaves the series out as a whole.
    /// </summary>
    /// <param name="detector">What judges.</param>
    /// <param name="points">How many values are looked at (setting <c>boring_points</c>); 1 or more.</param>
    /// <param name="distinct">How many different ones are too few (setting <c>boring_distinct</c>); 1 or more.</param>
    public static DetectorDefinition UnlessBoring(this DetectorDefinition detector, int points = 100, int distinct = 1)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(distinct, 1);
        return detector.Wrapped(
            [
                new("boring_points", points, [25, 100, 400], Min: 1, Max: BoredomDetector.MostPoints, Whole: true),
                new("boring_distinct", distinct, [1, 2], Min: 1, Whole: true),
            ],
            (inner, settings) => new BoredomDetector(inner, (int)settings[0], (int)settings[1]));
    }

    /// <summary>
    /// No verdict on a point that is older than <paramref name="age"/> by the clock: what arrives late is learnt, but is no news.
    /// For live series only; Skyline (Etsy, 2013) leaves such a series out.
    /// </summary>
    /// <param name="detector">What judges.</param>
    /// <param name="clock">Whose time the points' times are held against.</param>
    /// <param name="age">From when on a point is stale, in whole or partial seconds (setting <c>stale_seconds</c>); null is 500 s, Skyline's.</param>
    public static DetectorDefinition UnlessStale(this DetectorDefinition detector, TimeProvider clock, TimeSpan? age = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(clock);
        var limit = age ?? UsualAge;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(age));
        return detector.Wrapped([new("stale_seconds", limit.TotalSeconds, [], Max: TimeSpan.MaxValue.TotalSeconds / 2)],
            (inner, settings) => new StaleDetector(inner, clock, TimeSpan.FromSeconds(settings[0])));
    }

    /// <summary>
    /// Skyline's second order (Etsy, 2013): of a series that is always anomalous, only a change in how often it is. The first anomaly counts. An
    /// anomaly of the same value as the last one, within 300 s of it, is passed over. Any other counts only if the time since the last differs
    /// from the mean time between anomalies by more than three standard deviations (divisor n − 1, the newest included). Those
    /// held back keep their score. So after the first none counts before the twelfth: it takes eleven times for one to lie three deviations off.
    /// </summary>
    /// <param name="detector">What judges.</param>
    /// <param name="history">
    /// How many anomalies are remembered (setting <c>history</c>), 12 to 1,000,000; Skyline remembers all. An anomaly costs O(history).
    /// </param>
    public static DetectorDefinition SecondOrder(this DetectorDefinition detector, int history = UsualHistory)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentOutOfRangeException.ThrowIfLessThan(history, SecondOrderDetector.FewestRemembered);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(history, SecondOrderDetector.MostRemembered);
        return detector.Wrapped(
            [new("history", history, [], Min: SecondOrderDetector.FewestRemembered, Max: SecondOrderDetector.MostRemembered, Whole: true)],
            (inner, settings) => new SecondOrderDetector(inner, (int)settings[0]));
    }

    /// <summary>A new detector whose settings are what <paramref name="value"/> says.</summary>
    internal static IDetector Create(this DetectorDefinition detector, Func<DetectorSetting, double> value) =>
        detector.Settings.Aggregate(detector, (changed, setting) => changed.With(setting.Name, value(setting))).Create();

    /// <summary>The detector within another that has settings of its own; they come to <paramref name="wrap"/> in their order.</summary>
    internal static DetectorDefinition Wrapped(
        this DetectorDefinition detector, IReadOnlyList<DetectorSetting> own, Func<IDetector, IReadOnlyList<double>, IDetector> wrap)
    {
        var named = own.Select(setting => setting with { Name = Free(setting.Name, detector.Settings) }).ToList();
        return new(detector.Name, [.. detector.Settings, .. named],
            values => wrap(detector.Create(setting => values[setting.Name]), [.. named.Select(setting => values[setting.Name])]))
        { Facts = detector.Facts };
    }

    private static string Free(string name, IReadOnlyList<DetectorSetting> taken)
    {
        var free = name;
        for (var number = 2; taken.Any(setting => setting.Name == free); number++) free = $"{name}_{number}";
        return free;
    }
}
