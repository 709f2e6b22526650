namespace Flotilla.Detection;

public static partial class Detectors
{
    private const double FarthestLimit = 1e6;
    private const int LongestMemory = 1_000_000;

    /// <summary>
    /// Finds a moved mean, small moves included: anomalous when the exponentially weighted moving average e of the distance from
    /// the mean in control leaves ±limit·σ·√V. For independent values V is λ/(2 − λ)·(1 − (1 − λ)²ᵗ), exactly from the first point
    /// on; for values that resemble their neighbours it is widened by their lag-1 correlation, as for a first-order autoregression.
    /// Sources: S. W. Roberts, Control chart tests based on geometric moving averages, Technometrics 1(3), 1959; W. Schmid, On
    /// EWMA charts for time series, Frontiers in Statistical Quality Control 5, 1997.
    /// </summary>
    /// <param name="smoothing">
    /// The weight λ of the newest value, over 0 and at most 1; 1 is Shewhart's chart of single values.
    /// </param>
    /// <param name="limit">
    /// The limit in deviations of e. Roberts' 3 is for independent normal values, which metrics seldom are.
    /// </param>
    /// <param name="memory">How many points the mean and the deviation reach back, from 30.</param>
    /// <param name="relearn">After how many anomalies in a row the new level is taken over; see remarks.</param>
    /// <remarks>
    /// The first 30 points only teach. Anomalous points do not, until <paramref name="relearn"/> of them came in a row, or in short
    /// order (more than one in 17): then their mean is the new one, and what is missing to 30 points only teaches. The deviation is
    /// never under a quarter of that of all points, the newest included (of which an outlier counts for 8 scales at most), so that
    /// calm stretches do not narrow the chart without end.
    /// </remarks>
    public static DetectorDefinition EwmaChart(double smoothing = 0.2, double limit = 6, int memory = 1000, int relearn = 10) => Chart(
        "ewma_chart",
        new("A mean that moved, even a little; chart of the exponentially weighted moving average.",
            "S. W. Roberts, Control chart tests based on geometric moving averages, Technometrics 1(3), 1959", "O(1)", "O(1)", FirstJudged: 31),
        [
            new("smoothing", smoothing, [0.05, 0.1, 0.2, 0.4, 1], Min: 0.001, Max: 1),
            Limit(limit, [3, 4, 5, 6, 8, 10]),
            Memory(memory),
            Relearn(relearn),
        ],
        set => new EwmaChartDetector(set["smoothing"], set["limit"], (int)set["memory"], (int)set["relearn"]));

    /// <summary>
    /// Finds single values far from the recent median: anomalous when |x − median| is over limit·1.4826·MAD, both of the last
    /// values before it.
    /// Sources: F. R. Hampel, The influence curve and its role in robust estimation, J. Amer. Statist. Assoc. 69(346), 1974; the
    /// moving window is the decision rule of the Hampel filter.
    /// </summary>
    /// <param name="limit">The limit in deviations; 1.4826·MAD is the deviation of normal values.</param>
    /// <param name="window">How many values the median is of, from 30.</param>
    /// <param name="floor">The scale is at least this share of the deviation over ten windows.</param>
    /// <param name="relearn">After how many anomalies in a row the window starts anew from them.</param>
    /// <remarks>
    /// The first 30 points only teach. The floor is of the deviation with the newest value, of which an outlier counts as far as
    /// the limit: a series that is 0 most of the time has a MAD of 0, and would alarm at each other value without it.
    /// </remarks>
    public static DetectorDefinition RobustZ(double limit = 8, int window = 300, double floor = 1, int relearn = 20) => Chart(
        "robust_z",
        new("Single values far from the recent median.",
            "F. R. Hampel, The influence curve and its role in robust estimation, J. Amer. Statist. Assoc. 69(346), 1974",
            "O(window) moves of a sorted array, O(log window) comparisons", "O(window)", FirstJudged: 31),
        [
            Limit(limit, [3, 4, 5, 6, 8, 10, 15]),
            new("window", window, [100, 300, 1000, 3000], Min: 30, Max: 100_000, Whole: true),
            Floor(floor),
            Relearn(relearn),
        ],
        set => new RobustZDetector(set["limit"], (int)set["window"], set["floor"], (int)set["relearn"]));

    /// <summary>
    /// Finds values outside the band that level, trend and season lead to expect: anomalous when the forecast of additive
    /// Holt-Winters smoothing misses by more than limit·d, with d the smoothed absolute error at that slot of the season. The
    /// detector is an <see cref="IBandDetector"/>.
    /// Sources: P. R. Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6(3), 1960; J. D.
    /// Brutlag, Aberrant behavior detection in time series for network monitoring, LISA 2000; S. Gelper, R. Fried, C. Croux,
    /// Robust forecasting with exponential and Holt-Winters smoothing, J. Forecasting 29, 2010, for holding what an outlier
    /// teaches.
    /// </summary>
    /// <param name="limit">
    /// The limit in mean absolute errors; Brutlag uses 2 to 3 and needs several violations for an alarm.
    /// </param>
    /// <param name="level">The weight α of the newest value in the level, over 0 and at most 1.</param>
    /// <param name="trend">The weight β of the newest step of the level in the trend; 0 for no trend.</param>
    /// <param name="seasonal">The weight γ of the newest value in season and deviations.</param>
    /// <param name="season">The season in steps of the series; 1 for none, 0 to look for one.</param>
    /// <param name="longestSeason">The longest season to look for.</param>
    /// <param name="relearn">After how many anomalies in a row the forecast moves to where they are.</param>
    /// <remarks>
    /// The first 30 points only teach. The step is the median of the first differences of the times; a season that is looked for
    /// is the strongest peak of the autocorrelation, at least 0.3, sought from the 256th point on (an hour, a day or a week, when
    /// it is near one). Slots follow the points' times, so that gaps do not shift them. d is at least half the error over all
    /// slots and half the deviation of the last 1,000 errors, the newest included.
    /// </remarks>
    public static DetectorDefinition HoltWinters(
        double limit = 12, double level = 0.1, double trend = 0.001, double seasonal = 0.1, int season = 0, int longestSeason = 1440,
        int relearn = 20) => Chart(
        "holt_winters",
        new("Values outside the band that level, trend and season lead to expect.",
            "P. R. Winters, Forecasting sales by exponentially weighted moving averages, Management Science 6(3), 1960; "
            + "J. D. Brutlag, Aberrant behavior detection in time series for network monitoring, LISA 2000",
            "O(1); O(longest_season²) some times while a season is looked for", "O(season), O(longest_season) while it is looked for", FirstJudged: 31),
        [
            Limit(limit, [4, 6, 8, 10, 15, 20]),
            new("level", level, [0.02, 0.05, 0.1, 0.2, 0.5], Min: 0.0001, Max: 1),
            new("trend", trend, [0, 0.001, 0.01], Min: 0, Max: 1),
            new("seasonal", seasonal, [0.05, 0.1, 0.2], Min: 0.0001, Max: 1),
            Season(season),
            new("longest_season", longestSeason, [], Min: 4, Max: 100_000, Whole: true),
            Relearn(relearn),
        ],
        set => new HoltWintersDetector(
            new(set["level"], set["trend"], set["seasonal"]), set["limit"],
            (int)set["season"], (int)set["longest_season"], (int)set["relearn"]));

    /// <summary>
    /// Finds values that stand out from the last ones once the season is taken away: the generalised ESD test with median and MAD
    /// in place of mean and deviation, on the window with the newest value, which is anomalous when it is among the outliers.
    /// Source: J. Hochenbaum, O. S. Vallis, A. Kejariwal, Automatic anomaly detection in the cloud via statistical learning,
    /// arXiv:1704.07706, 2017 (S-H-ESD); B. Rosner, Percentage points for a generalized ESD many-outlier procedure, Technometrics
    /// 25(2), 1983.
    /// Here the season is the median of each slot, for the paper's STL, and the newest value is tested as it comes.
    /// </summary>
    /// <param name="significance">The α of the test, over 0 and at most 0.5. The paper's 0.05 is for normal values.</param>
    /// <param name="share">The largest share of outliers in a window.</param>
    /// <param name="floor">
    /// The MAD, in normal scale, is at least this share of the deviation of the last window, the newest value included.
    /// </param>
    /// <param name="window">How many values are tested, from 100; two seasons at least to look for one.</param>
    /// <param name="season">The season in steps of the series; 1 for none, 0 to look for one.</param>
    /// <param name="relearn">After how many anomalies in a row the window starts anew from them.</param>
    /// <remarks>
    /// The first 30 points only teach. Step, season and slots are learnt as in <see cref="HoltWinters"/>. Of what an outlier adds
    /// to the deviation counts as much as reaches to the critical value.
    /// </remarks>
    public static DetectorDefinition SeasonalEsd(
        double significance = 1e-9, double share = 0.02, double floor = 1, int window = 2016, int season = 0,
        int relearn = 20) => Chart(
        "seasonal_esd",
        new("Values that stand out from the last ones once the season is taken away.",
            "J. Hochenbaum, O. S. Vallis, A. Kejariwal, Automatic anomaly detection in the cloud via statistical learning, "
            + "arXiv:1704.07706, 2017",
            "O(window) moves of a sorted array, O(share·window·log window) comparisons", "O(window)", FirstJudged: 31),
        [
            new("significance", significance, [0.05, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15], Min: 1e-30, Max: 0.5),
            new("share", share, [0.01, 0.02, 0.05], Min: 0, Max: 0.49),
            Floor(floor),
            new("window", window, [500, 1000, 2016], Min: 100, Max: 100_000, Whole: true),
            Season(season),
            Relearn(relearn),
        ],
        set => new SeasonalEsdDetector(
            set["significance"], set["share"], set["floor"], (int)set["window"], (int)set["season"], (int)set["relearn"]));

    /// <summary>
    /// Finds values that should come up with less than a given probability, whatever the distribution: the tail over a high
    /// quantile is fitted with a generalised Pareto distribution, from which follows the value that is passed with that
    /// probability. Both sides have their own tail. For a series with a steady level; see <see cref="Dspot"/> for one that drifts.
    /// Source: A. Siffer, P.-A. Fouque, A. Termier, C. Largouët, Anomaly detection in streams with extreme value theory, KDD 2017.
    /// </summary>
    /// <param name="risk">The probability that a normal point is called anomalous, both sides together.</param>
    /// <param name="quantile">The quantile of the calibration from which on the tail begins.</param>
    /// <param name="calibration">How many points the calibration has, from 100.</param>
    /// <param name="relearn">After how many anomalies in a row the calibration starts anew from them.</param>
    /// <remarks>
    /// The first 200 points only teach (fewer when the calibration is shorter). From them on points are judged, and the
    /// calibration is redone at 400, 800 and at last at <paramref name="calibration"/> points; with few points the quantile is
    /// lower, so that 20 points exceed it. From then on each tail keeps its newest 200 excesses and is fitted again at each new
    /// one. The score is the distance from the calibration's median as a share of the limit's. A limit is at least one deviation
    /// away, the newest value included. Unlike in the paper an anomalous value is learnt too, as far as twice the limit's excess,
    /// and of several in short order the first: when the tail is cut off at each limit, the limits sink from fit to fit, and far
    /// more points pass them than the risk says.
    /// </remarks>
    public static DetectorDefinition Spot(double risk = 1e-3, double quantile = 0.98, int calibration = 1000, int relearn = 30) => Chart(
        "spot", SpotFacts("Values that should come up with less than a given probability, in a series with a steady level.", 201),
        SpotSettings(risk, quantile, calibration, relearn),
        set => new SpotDetector(set["risk"], set["quantile"], (int)set["calibration"], 0, (int)set["relearn"]));

    /// <summary>
    /// <see cref="Spot"/> for a series that drifts: on the distance from the mean of the last normal values. Source as there.
    /// </summary>
    /// <param name="risk">The probability that a normal point is called anomalous, both sides together.</param>
    /// <param name="depth">How many values the mean is of.</param>
    /// <param name="quantile">The quantile of the calibration from which on the tail begins.</param>
    /// <param name="calibration">How many points the calibration has, from 100.</param>
    /// <param name="relearn">After how many anomalies in a row mean and calibration start anew.</param>
    public static DetectorDefinition Dspot(
        double risk = 3e-4, int depth = 20, double quantile = 0.98, int calibration = 1000, int relearn = 30) => Chart(
        "dspot", SpotFacts("Values that should come up with less than a given probability, in a series that drifts.", 221),
        [
            .. SpotSettings(risk, quantile, calibration, relearn),
            new("depth", depth, [5, 10, 20, 50, 100, 300], Min: 1, Max: LongestMemory, Whole: true),
        ],
        set => new SpotDetector(set["risk"], set["quantile"], (int)set["calibration"], (int)set["depth"], (int)set["relearn"]));

    /// <summary>
    /// Finds lasting changes of the mean, and says one of them once: the sum of what exceeds the mean since the last change rises
    /// by more than the limit over its minimum, or the mirror image. Distances are in deviations, widened for values that resemble
    /// their neighbours.
    /// Sources: E. S. Page, Continuous inspection schemes, Biometrika 41, 1954; D. V. Hinkley, Inference about the change-point
    /// from cumulative sum tests, Biometrika 58(3), 1971.
    /// </summary>
    /// <param name="limit">The rise λ that is a change.</param>
    /// <param name="slack">What the sum loses at each point, δ: half the smallest change of interest.</param>
    /// <param name="memory">How many points mean and deviation reach back, from 30.</param>
    /// <remarks>
    /// The first 30 points, and those after each change, only teach. See <see cref="EwmaChart"/> for the floor of the
    /// deviation.
    /// </remarks>
    public static DetectorDefinition PageHinkley(double limit = 20, double slack = 0.5, int memory = 10_000) => Chart(
        "page_hinkley",
        new("Lasting changes of the mean, against the mean since the last one.",
            "E. S. Page, Continuous inspection schemes, Biometrika 41, 1954; "
            + "D. V. Hinkley, Inference about the change-point from cumulative sum tests, Biometrika 58(3), 1971", "O(1)", "O(1)", FirstJudged: 31),
        [Limit(limit, [5, 10, 15, 20, 30, 50]), Slack(slack, [0.05, 0.1, 0.25, 0.5]), Memory(memory)],
        set => new PageHinkleyDetector(set["limit"], set["slack"], (int)set["memory"]));

    /// <summary>
    /// Finds changes of the mean against what is normal: S⁺ ← max(0, S⁺ + z − slack) and its mirror image S⁻, anomalous over the
    /// limit, with z the distance from the mean in control in deviations, widened for values that resemble their neighbours.
    /// Source: E. S. Page, Continuous inspection schemes, Biometrika 41, 1954; the usual settings for independent normal values
    /// are 0.5 and 5.
    /// </summary>
    /// <param name="limit">The sum h that is an alarm; it then starts from 0.</param>
    /// <param name="slack">What the sums lose at each point, k: half the smallest change of interest.</param>
    /// <param name="memory">How many points mean and deviation reach back, from 30.</param>
    /// <param name="relearn">An alarm after a climb of as many points takes over their mean; so do as many alarms in a row.</param>
    /// <remarks>The first 30 points only teach. See <see cref="EwmaChart"/> for the floor of the deviation.</remarks>
    public static DetectorDefinition Cusum(double limit = 15, double slack = 0.5, int memory = 1000, int relearn = 10) => Chart(
        "cusum",
        new("Changes of the mean against what is normal.",
            "E. S. Page, Continuous inspection schemes, Biometrika 41, 1954", "O(1)", "O(1)", FirstJudged: 31),
        [Limit(limit, [4, 5, 8, 10, 15, 20]), Slack(slack, [0.25, 0.5, 1]), Memory(memory), Relearn(relearn)],
        set => new CusumDetector(set["limit"], set["slack"], (int)set["memory"], (int)set["relearn"]));

    private static DetectorDefinition Chart(
        string name, DetectorFacts facts, IReadOnlyList<DetectorSetting> settings,
        Func<IReadOnlyDictionary<string, double>, IDetector> create)
    {
        foreach (var setting in settings) RequireIn(setting);
        return new(name, settings, create) { Facts = facts };
    }

    private static void RequireIn(DetectorSetting setting)
    {
        if (setting.Value >= setting.Min && setting.Value <= setting.Max) return;
        throw new ArgumentOutOfRangeException(
            ParameterName(setting.Name), setting.Value, $"{setting.Name} must lie from {setting.Min} to {setting.Max}.");
    }

    private static string ParameterName(string setting) =>
        string.Concat(setting.Split('_').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    private static DetectorFacts SpotFacts(string summary, int firstJudged) => new(
        summary, "A. Siffer, P.-A. Fouque, A. Termier, C. Largouët, Anomaly detection in streams with extreme value theory, KDD 2017",
        "O(1); O(200) at each of the few points in a tail", "O(calibration) until calibrated, then O(200)", firstJudged);

    private static DetectorSetting[] SpotSettings(double risk, double quantile, int calibration, int relearn) =>
    [
        new("risk", risk, [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5], Min: 1e-15, Max: 0.1),
        new("quantile", quantile, [0.9, 0.95, 0.98, 0.99], Min: 0.5, Max: 0.999),
        new("calibration", calibration, [500, 1000, 3000], Min: 100, Max: LongestMemory, Whole: true),
        Relearn(relearn),
    ];

    private static DetectorSetting Limit(double value, double[] candidates) => new("limit", value, candidates, Max: FarthestLimit);

    private static DetectorSetting Floor(double value) => new("floor", value, [0.25, 0.5, 1], Min: 0, Max: 100);

    private static DetectorSetting Slack(double value, double[] candidates) => new("slack", value, candidates, Min: 0, Max: 100);

    private static DetectorSetting Memory(int value) =>
        new("memory", value, [300, 1000, 3000, 10_000], Min: 30, Max: LongestMemory, Whole: true);

    private static DetectorSetting Relearn(int value) => new("relearn", value, [], Min: 2, Max: 10_000, Whole: true);

    private static DetectorSetting Season(int value) => new("season", value, [], Min: 0, Max: 100_000, Whole: true);
}
