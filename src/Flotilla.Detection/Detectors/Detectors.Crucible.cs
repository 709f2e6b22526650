namespace Flotilla.Detection;

public static partial class Detectors
{
    internal const double UsualSigmas = 3;
    internal const double UsualCenterOfMass = 50;
    internal const double UsualMads = 6;
    internal const int UsualBins = 15;
    internal const int UsualMost = 20;
    internal const int UsualConsensus = 6;

    private const int UsualWarmUp = 10;
    private const double UsualWindowHours = 24;
    // An infinite setting could not be written to a file. It is 114 years; a window of so many forgets nothing.
    private const double WholeHistoryHours = 1e6;
    private const string Etsy = "Etsy's Skyline and Crucible (A. Stanway, 2013)";
    private const string WindowMemory = "14 bytes for each point of the window; O(1) when nothing is forgotten";

    /// <summary>
    /// <c>first_hour_average</c>: |T − m| &gt; sigmas·s₁ with T the mean of the newest three values, and m and s₁ the mean and the
    /// standard deviation (divisor n − 1) of the points that are more than 23 hours older than the newest. In a window
    /// of 24 hours these are its first hour; without a window they are a growing part of the history, as in Skyline and Crucible
    /// (Etsy, 2013). With fewer than two such points there is no anomaly. The score is |T − m| / (sigmas·s₁).
    /// </summary>
    /// <param name="sigmas">The limit in standard deviations; over 0.</param>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">
    /// Points older than the newest by more than so many hours leave; at least 24, <see cref="double.PositiveInfinity"/> for none.
    /// Points leave in the order in which they came.
    /// </param>
    /// <remarks>
    /// Of all nine algorithms: an infinite value, or one over 10¹⁵⁰, which could not be squared, is anomalous once warm, and
    /// not learnt from. A series without spread is not judged, but by <see cref="HistogramBins"/>. The points of the last 23 hours are held, 14 bytes each.
    /// </remarks>
    public static DetectorDefinition FirstHourAverage(double sigmas = UsualSigmas, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        RequirePositive(sigmas, nameof(sigmas));
        ArgumentOutOfRangeException.ThrowIfLessThan(windowHours, UsualWindowHours);
        return Of("first_hour_average", CrucibleParts.FirstHours, [Sigmas(sigmas), WarmUp(warmUp), Window(windowHours) with { Min = UsualWindowHours }],
            settings =>
            {
                var limit = settings["sigmas"];
                return window => CrucibleRules.FirstHourAverage(window, limit);
            },
            new("The mean of the last three values is far from the mean of what is over 23 hours old.", Etsy, "O(1)",
                "14 bytes for each point of the window, at least of the last 23 hours"));
    }

    /// <summary>
    /// <c>mean_subtraction_cumulation</c>: |x − m| &gt; sigmas·s₁ with m and s₁ the mean and the standard deviation (divisor
    /// n − 1) of all points of the window before the newest, x. The score is |x − m| / (sigmas·s₁); for a new value after a
    /// constant stretch it is the largest number. From Skyline and Crucible (Etsy, 2013).
    /// </summary>
    /// <inheritdoc cref="StdDevFromAverage" path="/param"/>
    public static DetectorDefinition MeanSubtractionCumulation(double sigmas = UsualSigmas, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        RequirePositive(sigmas, nameof(sigmas));
        return Of("mean_subtraction_cumulation", CrucibleParts.Line, [Sigmas(sigmas), WarmUp(warmUp), Window(windowHours)],
            settings =>
            {
                var limit = settings["sigmas"];
                return window => CrucibleRules.MeanSubtractionCumulation(window, limit);
            },
            new("A value is far from the mean of those before it.", Etsy, "O(1)", WindowMemory));
    }

    /// <summary>
    /// <c>stddev_from_average</c>: |T − m| &gt; sigmas·s₁ with T the mean of the newest three values, and m and s₁ the mean and the
    /// standard deviation (divisor n − 1) of all points of the window, the newest included. The score is |T − m| / (sigmas·s₁).
    /// From Skyline and Crucible (Etsy, 2013).
    /// </summary>
    /// <param name="sigmas">The limit in standard deviations; over 0.</param>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">
    /// Points older than the newest by more than so many hours leave; <see cref="double.PositiveInfinity"/> for none. Points leave in
    /// the order in which they came, and cost 14 bytes while they are in the window; without a window the state is O(1).
    /// </param>
    public static DetectorDefinition StdDevFromAverage(double sigmas = UsualSigmas, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        RequirePositive(sigmas, nameof(sigmas));
        return Of("stddev_from_average", CrucibleParts.Line, [Sigmas(sigmas), WarmUp(warmUp), Window(windowHours)],
            settings =>
            {
                var limit = settings["sigmas"];
                return window => CrucibleRules.StdDevFromAverage(window, limit);
            },
            new("The mean of the last three values is far from the mean of all.", Etsy, "O(1)", WindowMemory));
    }

    /// <summary>
    /// <c>stddev_from_moving_average</c>: |x − μ| &gt; sigmas·σ with μ and σ the exponentially weighted moving average and deviation, the newest value
    /// x included in both. The weights are wᵢ = kⁿ⁻ⁱ with k = c/(1+c), μ = Σw·x/Σw, and σ² is the weighted variance, freed of
    /// bias by (Σw)²/((Σw)² − Σw²), as pandas' <c>ewm(adjust=True)</c>. The score is |x − μ| / (sigmas·σ). From Skyline and Crucible (Etsy, 2013).
    /// </summary>
    /// <param name="sigmas">The limit in standard deviations; over 0.</param>
    /// <param name="centerOfMass">The c above, in points: the weights' mean age; over 0.</param>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">As in <see cref="StdDevFromAverage"/>.</param>
    public static DetectorDefinition StdDevFromMovingAverage(
        double sigmas = UsualSigmas, double centerOfMass = UsualCenterOfMass, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        RequirePositive(sigmas, nameof(sigmas));
        RequirePositive(centerOfMass, nameof(centerOfMass));
        var center = new DetectorSetting("center_of_mass", centerOfMass, [10, 25, 50, 100, 200]);
        return Of("stddev_from_moving_average", CrucibleParts.Decayed, [Sigmas(sigmas), center, WarmUp(warmUp), Window(windowHours)],
            settings =>
            {
                var limit = settings["sigmas"];
                return window => CrucibleRules.StdDevFromMovingAverage(window, limit);
            },
            new("A value is far from the exponentially weighted moving average.", Etsy, "O(1)", WindowMemory));
    }

    /// <summary>
    /// <c>least_squares</c>: |t| &gt; sigmas·σ with t the mean of the newest three residuals from the straight line of least squares through all points
    /// of the window, and σ the standard deviation (divisor n) of all residuals; but not when σ rounds to 0 (half to even). So
    /// it depends on the unit of the series: one whose residuals deviate by one half or less is not judged. The fit is centred, so that
    /// large times cost no digits. The score is |t| / (sigmas·σ). From Skyline and Crucible (Etsy, 2013).
    /// </summary>
    /// <inheritdoc cref="StdDevFromAverage" path="/param"/>
    public static DetectorDefinition LeastSquares(double sigmas = UsualSigmas, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        RequirePositive(sigmas, nameof(sigmas));
        return Of("least_squares", CrucibleParts.Line, [Sigmas(sigmas), WarmUp(warmUp), Window(windowHours)],
            settings =>
            {
                var limit = settings["sigmas"];
                return window => CrucibleRules.LeastSquares(window, limit);
            },
            new("The last three values are far from the straight line through all.", Etsy, "O(1)", WindowMemory));
    }

    /// <summary>
    /// <c>grubbs</c>: (T − m) / s₀ &gt; G with T the mean of the newest three values, m and s₀ the mean and the standard
    /// deviation (divisor n) of all points of the window, and G the limit of Grubbs' test at 5 % for n values (F. E. Grubbs, "Procedures
    /// for detecting outlying observations in samples", Technometrics 11(1), 1969). Only upwards. The score is (T − m) / (s₀·G). From Skyline and Crucible (Etsy, 2013).
    /// </summary>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">As in <see cref="StdDevFromAverage"/>.</param>
    public static DetectorDefinition Grubbs(int warmUp = UsualWarmUp, double windowHours = UsualWindowHours) =>
        Of("grubbs", CrucibleParts.Line, [WarmUp(warmUp), Window(windowHours)], _ => CrucibleRules.Grubbs,
            new("The mean of the last three values is an outlier upwards by Grubbs' test.", Etsy + "; F. E. Grubbs, Technometrics 11(1), 1969",
                "O(1)", WindowMemory));

    /// <summary>
    /// <c>histogram_bins</c>: the mean of the newest three values, T, lies in a bin of at most <paramref name="most"/> values, of
    /// <paramref name="bins"/> of equal width between the lowest and the highest value of the window. As in Skyline and Crucible (Etsy, 2013), T inside the
    /// first bin is anomalous only at its edge, and T at the highest value never. With all values equal the bins go from ½ below to ½
    /// above, so the first points of a constant series are anomalous. The score is (most + 1) / (count + ½), held to 1 in the two
    /// cases before.
    /// </summary>
    /// <param name="bins">How many bins; 2 or more.</param>
    /// <param name="most">The most values that make a bin rare; 0 or more.</param>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">Points older than the newest by more than so many hours leave; <see cref="double.PositiveInfinity"/> for none.</param>
    /// <remarks>A point costs O(√n) with a very small factor, the state is about 25 bytes a point; without a window 10.</remarks>
    public static DetectorDefinition HistogramBins(
        int bins = UsualBins, int most = UsualMost, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        var settings = new[]
        {
            new DetectorSetting("bins", bins, [10, 15, 30], Min: 2, Whole: true),
            new DetectorSetting("most", most, [0, 5, 10, 20, 40], Min: 0, Whole: true),
            WarmUp(warmUp), Window(windowHours),
        };
        return Of("histogram_bins", CrucibleParts.Sorted, settings,
            values =>
            {
                var (count, rare) = ((int)values["bins"], (int)values["most"]);
                return window => CrucibleRules.HistogramBins(window, count, rare);
            },
            new("The mean of the last three values lies where few others do.", Etsy, "O(√n), n points in the window",
                "25 bytes for each point of the window, 10 when nothing is forgotten"));
    }

    /// <summary>
    /// <c>median_absolute_deviation</c>: |x − med| / MAD &gt; limit with x the newest value, med the median of the window, and MAD the median of
    /// |xᵢ − med|, unscaled, the newest value included in both; with an even number of values a median is the mean of the
    /// middle two. A MAD of 0 gives no anomaly. From Skyline and Crucible (Etsy, 2013).
    /// </summary>
    /// <param name="limit">The limit in MADs; over 0. For a normal distribution one MAD is 0.6745 standard deviations.</param>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">Points older than the newest by more than so many hours leave; <see cref="double.PositiveInfinity"/> for none.</param>
    /// <inheritdoc cref="HistogramBins" path="/remarks"/>
    public static DetectorDefinition MedianAbsoluteDeviation(
        double limit = UsualMads, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        RequirePositive(limit, nameof(limit));
        return Of("median_absolute_deviation", CrucibleParts.Sorted,
            [new("limit", limit, [4, 6, 8, 10, 15, 20]), WarmUp(warmUp), Window(windowHours)],
            settings =>
            {
                var most = settings["limit"];
                var hint = 0;
                return window => CrucibleRules.MedianAbsoluteDeviation(window, most, ref hint);
            },
            new("A value is far from the median, measured by the median distance from it.", Etsy, "O(√n), n points in the window",
                "25 bytes for each point of the window, 10 when nothing is forgotten"));
    }

    /// <summary>
    /// <c>ks_test</c>: D &gt; ½ with D the largest distance between the distributions of the last ten minutes and of the fifty minutes before
    /// them (Kolmogorov-Smirnov, two samples), if those fifty minutes are stationary: the augmented Dickey-Fuller test
    /// with a constant and up to ten lags, chosen by Akaike's criterion, rejects a unit root at 5 %. With fewer than
    /// 20 points in either there is no verdict, so it needs points every 30 seconds or closer. The score is 2·D, held to 1 while the fifty minutes are not
    /// stationary. From Skyline and Crucible (Etsy, 2013); time is the newest point's, not the clock's.
    /// </summary>
    /// <param name="warmUp">The first point that is judged, counted from 1.</param>
    /// <remarks>A point costs O(w), w points in the last hour, and O(144·w) if D &gt; ½; the state is about 22 bytes for each of them.</remarks>
    public static DetectorDefinition KsTest(int warmUp = UsualWarmUp) =>
        Of("ks_test", CrucibleParts.KolmogorovSmirnov, [WarmUp(warmUp)], _ => CrucibleRules.KsTest,
            new("The last ten minutes are distributed otherwise than the stationary fifty minutes before.",
                Etsy + "; S. E. Said and D. A. Dickey, Biometrika 71(3), 1984", "O(w), w points in an hour", "22 bytes for each point of the last hour"));

    /// <summary>
    /// Skyline's vote: anomalous when at least <paramref name="consensus"/> of the nine algorithms above say so, each with its usual settings. They
    /// share one window. The score is the one that so many of the nine reach: over 1 exactly when so many are. (Etsy's own
    /// Skyline counts a vote that <c>median_absolute_deviation</c> did not give; this does not.)
    /// </summary>
    /// <param name="consensus">How many must agree, from 1 to 9.</param>
    /// <param name="warmUp">The first point of the window that is judged, counted from 1.</param>
    /// <param name="windowHours">
    /// Points older than the newest by more than so many hours leave; at least 24, <see cref="double.PositiveInfinity"/> for none.
    /// A point of the window takes about 27 bytes: 230 KB for a day at ten seconds.
    /// </param>
    public static DetectorDefinition Skyline(int consensus = UsualConsensus, int warmUp = UsualWarmUp, double windowHours = UsualWindowHours)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(consensus, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(consensus, SkylineDetector.Algorithms);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowHours, UsualWindowHours);
        var settings = new[]
        {
            new DetectorSetting("consensus", consensus, [4, 5, 6, 7], Min: 1, Max: SkylineDetector.Algorithms, Whole: true),
            WarmUp(warmUp), Window(windowHours) with { Min = UsualWindowHours },
        };
        return new("skyline", settings,
            values => new SkylineDetector((int)values["consensus"], (int)values["warm_up"], Hours(values["window_hours"])))
        {
            Facts = new("At least six of Skyline's nine algorithms agree.", Etsy, "O(√n), n points in the window, and ks_test's", "27 bytes for each point of the window"),
        };
    }

    /// <summary>
    /// Anomalous when at least <paramref name="needed"/> of several detectors say so. The score is the one that so many of them reach:
    /// over 1 exactly when so many are anomalous. One that a policy holds back does not count.
    /// </summary>
    /// <param name="name">What reports call it, in snake case.</param>
    /// <param name="needed">How many must agree, from 1 to all.</param>
    /// <param name="detectors">
    /// Of different names. Their settings can be set on the whole, with their names before: <c>grubbs_warm_up</c>.
    /// </param>
    public static DetectorDefinition Consensus(string name, int needed, params IReadOnlyList<DetectorDefinition> detectors)
    {
        ArgumentNullException.ThrowIfNull(detectors);
        ArgumentOutOfRangeException.ThrowIfLessThan(needed, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needed, detectors.Count);
        if (detectors.GroupBy(detector => detector.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"Two detectors of the consensus {name} are called {twice.Key}, so their settings could not be told apart. Rename one: detector with {{ Name = \"…\" }}.",
                nameof(detectors));
        }
        var consensus = new DetectorSetting(
            "consensus", needed, [.. Enumerable.Range(1, detectors.Count).Select(count => (double)count)], Min: 1, Max: detectors.Count, Whole: true);
        return new(name, [consensus, .. detectors.SelectMany(detector => detector.Settings.Select(setting => setting with { Name = Inner(detector, setting) }))],
            values => new ConsensusDetector([.. detectors.Select(detector => detector.Create(setting => values[Inner(detector, setting)]))], (int)values["consensus"]))
        {
            Facts = new($"At least {needed} agree of {string.Join(", ", detectors.Select(detector => detector.Name))}.",
                "A vote, as in " + Etsy, "Of all together", "Of all together"),
        };

        static string Inner(DetectorDefinition detector, DetectorSetting setting) => $"{detector.Name}_{setting.Name}";
    }

    internal static double Decay(double centerOfMass) => centerOfMass / (1 + centerOfMass);

    private static DetectorDefinition Of(
        string name, CrucibleParts parts, IReadOnlyList<DetectorSetting> settings,
        Func<IReadOnlyDictionary<string, double>, Func<CrucibleWindow, Verdict>> rule, DetectorFacts facts) =>
        new(name, settings, values =>
        {
            var hours = values.TryGetValue("window_hours", out var given) ? Hours(given) : double.PositiveInfinity;
            var decay = values.TryGetValue("center_of_mass", out var center) ? Decay(center) : 0;
            return new CrucibleDetector(new(hours, parts, decay), (int)values["warm_up"], rule(values));
        })
        { Facts = facts };

    private static double Hours(double setting) => setting >= WholeHistoryHours ? double.PositiveInfinity : setting;

    private static DetectorSetting Sigmas(double sigmas) => new("sigmas", sigmas, [2, 2.5, 3, 4, 5, 6]);

    private static DetectorSetting WarmUp(int warmUp)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        return new("warm_up", warmUp, [], Min: 1, Whole: true);
    }

    private static DetectorSetting Window(double windowHours)
    {
        if (!(windowHours > 0)) throw new ArgumentOutOfRangeException(nameof(windowHours), windowHours, "windowHours must be over 0.");
        return new("window_hours", Math.Min(windowHours, WholeHistoryHours), [24, 72, 168, WholeHistoryHours]);
    }
}
