namespace Flotilla.Detection;

public static partial class Detectors
{
    /// <summary>
    /// Anomalous when the last values, taken as one point of <paramref name="shingle"/> coordinates, stand apart from a sample
    /// of the points before: their mean collusive displacement over a forest of random cut trees is large. After S. Guha,
    /// N. Mishra, G. Roy, O. Schrijvers, "Robust Random Cut Forest Based Anomaly Detection on Streams", ICML 2016. The first point
    /// judged is number <c>size + shingle + 50</c>. Settings: <c>trees</c>, <c>size</c> (points a tree), <c>shingle</c>,
    /// <c>history</c> (the mean age in the sample, and the scores that calibrate), <c>margin</c>, <c>seed</c> (the same seed gives the
    /// same verdicts).
    /// </summary>
    /// <param name="trees">How many trees; more give a steadier score.</param>
    /// <param name="size">Points in each tree.</param>
    /// <param name="shingle">Values in a point.</param>
    /// <param name="margin">How far the limit lies above the 99 % quantile of past scores, as a multiple of its distance from their median.</param>
    /// <exception cref="Core.ProblemException">A setting that cannot be.</exception>
    public static DetectorDefinition RobustRandomCutForest(int trees = 30, int size = 128, int shingle = 32, double margin = 1) =>
        new("robust_random_cut_forest",
            [
                new("trees", trees, [15, 30, 60], Min: 1, Max: 1000, Whole: true),
                new("size", size, [64, 128, 256], Min: 8, Max: 10_000, Whole: true),
                new("shingle", shingle, [1, 4, 8, 16, 32], Min: 1, Max: 1000, Whole: true),
                ShapeSettings.History,
                ShapeSettings.Margin with { Value = margin },
                new("seed", 1, [], Min: 0, Max: int.MaxValue, Whole: true),
            ],
            settings => new ShapeDetector(
                new RandomCutForestScore((int)settings["trees"], (int)settings["size"], (int)settings["shingle"], (int)settings["history"], (int)settings["seed"]),
                // Displacement grows with the sample: a thirtieth of it displaced by one point is common.
                ShapeSettings.Calibration(settings, floor: 2 + settings["size"] / 30)))
        {
            Facts = new(
                $"Finds values, alone or in short runs, that a few random cuts separate from a sample of the past. {ShapeSettings.CalibratedBy}",
                "Guha, Mishra, Roy, Schrijvers: Robust Random Cut Forest Based Anomaly Detection on Streams, ICML 2016",
                "O(trees · shingle · log size)", "O(trees · shingle · size): about 3 MB for the defaults", FirstJudged: 210),
        };

    /// <summary>
    /// Anomalous when the last <paramref name="window"/> values have a shape that no stretch before them has: the z-normalised
    /// Euclidean distance to the nearest earlier window that does not overlap is large. This is the left matrix profile, whose
    /// peaks are the left discords of Y. Lu, R. Wu, A. Mueen, M. A. Zuluaga, E. Keogh, "Matrix Profile XXIV: Scaling Time Series
    /// Anomaly Detection to Trillions of Datapoints and Ultra-fast Arriving Data Streams" (DAMP), KDD 2022; it is exact
    /// within the last <paramref name="history"/> values. The first point judged is number <c>2·window + 50</c>. Settings: <c>window</c>,
    /// <c>history</c> (4·window or more is used), <c>margin</c>.
    /// </summary>
    /// <param name="window">Values in a shape; best about one period, or the length of what should be found.</param>
    /// <param name="history">How many values back the search goes.</param>
    /// <param name="margin">How far the limit lies above the 99 % quantile of past scores, as a multiple of its distance from their median.</param>
    /// <remarks>The level and the height of a shape do not matter, so that a shifted or stretched normal shape is not found.</remarks>
    /// <exception cref="Core.ProblemException">A setting that cannot be.</exception>
    public static DetectorDefinition MatrixProfile(int window = 100, int history = 4000, double margin = 0.1) =>
        new("matrix_profile",
            [
                new("window", window, [32, 64, 100, 288], Min: 4, Max: 10_000, Whole: true),
                ShapeSettings.History with { Value = history },
                // The distance is bounded, so that little room is above the quantile.
                ShapeSettings.Margin with { Value = margin, Candidates = [0, 0.1, 0.25, 0.5] },
            ],
            settings => new ShapeDetector(
                new LeftMatrixProfileScore((int)settings["window"], (int)Math.Max(settings["history"], 4 * settings["window"])),
                ShapeSettings.Calibration(settings, floor: 0.2)))
        {
            Facts = new(
                $"Finds shapes that have not been before, whatever their level and height. {ShapeSettings.CalibratedBy}",
                "Lu, Wu, Mueen, Zuluaga, Keogh: Matrix Profile XXIV (DAMP), KDD 2022; Zimmerman et al.: Matrix Profile XIV, SoCC 2019",
                "O(history), with a small constant", "O(history): about 120 bytes a value", FirstJudged: 250),
        };

    /// <summary>
    /// Anomalous when the last <paramref name="window"/> values lie far from the principal subspace of the windows before
    /// (Sub-PCA as in PyOD and TSB-AD: C. C. Aggarwal, "Outlier Analysis", 2017, section 3.3; Q. Liu, J. Paparrizos, "The Elephant in the
    /// Room", NeurIPS 2024), with mean and covariance that follow the series. The first point judged is number <c>2·window + 50</c>,
    /// or later when there are more components than half the window. Settings: <c>window</c>, <c>components</c>,
    /// <c>ridge</c> (0 weighs each direction by its own variance; large ends in the plain distance from the mean window), <c>threshold</c>, <c>history</c>,
    /// <c>refresh</c> (at most so many points between two computations of the components), <c>margin</c>.
    /// </summary>
    /// <param name="window">Values in a window.</param>
    /// <param name="components">Principal components that count each by its own variance.</param>
    /// <param name="threshold">The least limit; a window like those before has a distance of about 1 or less.</param>
    /// <param name="margin">How far the limit lies above the 99 % quantile of past scores, as a multiple of its distance from their median.</param>
    /// <exception cref="Core.ProblemException">A setting that cannot be.</exception>
    public static DetectorDefinition SubPca(int window = 100, int components = 16, double threshold = 4, double margin = 0.5) =>
        new("sub_pca",
            [
                new("window", window, [32, 64, 100, 150], Min: 2, Max: 1000, Whole: true),
                new("components", components, [3, 16, 100], Min: 1, Max: 500, Whole: true),
                new("ridge", 0.03, [0.01, 0.03, 0.3, 10], Min: 0, Max: 1e6),
                new("threshold", threshold, [2, 3, 4, 6], Min: 0.01, Max: 1000),
                ShapeSettings.History with { Value = 4000 },
                new("refresh", 5000, [], Min: 1, Max: 1_000_000, Whole: true),
                ShapeSettings.Margin with { Value = margin },
            ],
            settings => new ShapeDetector(
                new SubPcaScore((int)settings["window"], (int)settings["components"], (int)settings["history"], (int)settings["refresh"], settings["ridge"]),
                ShapeSettings.Calibration(settings, floor: settings["threshold"])))
        {
            Facts = new(
                $"Finds windows whose level or shape is far from what windows were. {ShapeSettings.CalibratedBy}",
                "Aggarwal: Outlier Analysis, 2017; Liu, Paparrizos: TSB-AD, NeurIPS 2024; Tipping, Bishop: Probabilistic PCA, JRSS B 1999",
                "O(window²), and O(window³) at each refresh", "O(window² + history)", FirstJudged: 250),
        };

    /// <summary>
    /// Anomalous when the newest value stands out in the saliency map of its window: what remains of the spectrum when its
    /// smooth part is taken away. After H. Ren et al., "Time-Series Anomaly Detection Service at Microsoft", KDD 2019, with
    /// estimated values ahead, an average over 3 frequencies and a judgement against 21 values as in ML.NET. The first point
    /// judged is number <c>window + 45</c>. Settings: <c>window</c>, <c>threshold</c>, <c>history</c>, <c>margin</c>.
    /// </summary>
    /// <param name="window">Values and estimates together; a power of two is used, the next one up.</param>
    /// <param name="threshold">The least limit: the newest saliency must exceed the mean of those before by so many times that mean.</param>
    /// <param name="margin">How far the limit lies above the 99 % quantile of past scores, as a multiple of its distance from their median.</param>
    /// <exception cref="Core.ProblemException">A setting that cannot be.</exception>
    public static DetectorDefinition SpectralResidual(int window = 64, double threshold = 3, double margin = 1) =>
        new("spectral_residual",
            [
                new("window", window, [64, 128, 256], Min: 32, Max: 16_384, Whole: true),
                new("threshold", threshold, [0.3, 1, 3], Min: 0, Max: 1000),
                ShapeSettings.History,
                ShapeSettings.Margin with { Value = margin },
            ],
            settings => new ShapeDetector(
                new SpectralResidualScore((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)settings["window"])),
                ShapeSettings.Calibration(settings, floor: 1 + settings["threshold"])))
        {
            Facts = new(
                $"Finds single values that stick out from the rhythm of the window. {ShapeSettings.CalibratedBy}",
                "Ren et al.: Time-Series Anomaly Detection Service at Microsoft, KDD 2019",
                "O(window · log window)", "O(window + history)", FirstJudged: 109),
        };

    /// <summary>
    /// Anomalous when the last values are distributed as in no window learnt before: a multinomial goodness-of-fit test on
    /// counts in equal bins. After C. Wang, K. Viswanathan, L. Choudur, V. Talwar, W. Satterfield, K. Schwan, "Statistical
    /// Techniques for Online Anomaly Detection in Data Centers", IM 2011. The first point judged is number <c>window + 51</c>.
    /// Settings: <c>window</c>, <c>bins</c>, <c>windows</c> (how many distributions are remembered), <c>significance</c>,
    /// <c>history</c> (over whose range the bins lie), <c>margin</c>.
    /// </summary>
    /// <param name="window">Values in a window.</param>
    /// <param name="bins">Bins over the range of the history.</param>
    /// <param name="significance">The error rate of one test; it gives the least limit.</param>
    /// <param name="margin">How far the limit lies above the 99 % quantile of past scores, as a multiple of its distance from their median.</param>
    /// <exception cref="Core.ProblemException">A setting that cannot be.</exception>
    public static DetectorDefinition RelativeEntropy(int window = 52, int bins = 5, double significance = 0.01, double margin = 1) =>
        new("relative_entropy",
            [
                new("window", window, [26, 52, 104], Min: 4, Max: 10_000, Whole: true),
                new("bins", bins, [5, 10], Min: 2, Max: 100, Whole: true),
                new("windows", 50, [], Min: 1, Max: 10_000, Whole: true),
                new("significance", significance, [0.01, 0.001], Min: 1e-9, Max: 0.5),
                ShapeSettings.History with { Value = 4000 },
                ShapeSettings.Margin with { Value = margin },
            ],
            settings => new ShapeDetector(
                new RelativeEntropyScore((int)settings["window"], (int)settings["bins"], (int)settings["windows"], (int)settings["history"], settings["significance"]),
                ShapeSettings.Calibration(settings, floor: 1)))
        {
            Facts = new(
                $"Finds stretches whose values are distributed as never before. {ShapeSettings.CalibratedBy}",
                "Wang, Viswanathan, Choudur, Talwar, Satterfield, Schwan: Statistical Techniques for Online Anomaly Detection in Data Centers, IM 2011",
                "O(windows · bins + window)", "O(windows · (window + bins) + history)", FirstJudged: 103),
        };

    /// <summary>
    /// Anomalous when several detectors together say so: the mean of their scores, each calibrated by its own history, is large
    /// by the ensemble's own history (averaging of calibrated outlier scores: C. C. Aggarwal, S. Sathe, "Theoretical Foundations
    /// and Algorithms for Outlier Ensembles", SIGKDD Explorations 17(1), 2015). The members see different things: the
    /// window's level, its shape by principal components, single values by the spectral residual, and the
    /// distribution by relative entropy. Settings: <c>agree</c>, <c>history</c>, <c>margin</c>.
    /// </summary>
    /// <param name="members">The detectors to combine; null for the four above.</param>
    /// <param name="agree">How many members must call a point anomalous themselves; with fewer it is held back, and keeps its score.</param>
    /// <param name="margin">How far the limit lies above the 99 % quantile of past scores, as a multiple of its distance from their median.</param>
    /// <exception cref="Core.ProblemException">A setting that cannot be.</exception>
    public static DetectorDefinition Ensemble(IReadOnlyList<DetectorDefinition>? members = null, int agree = 1, double margin = 0.5)
    {
        var combined = members ?? [ShapeSettings.Level, SubPca(), SpectralResidual(), RelativeEntropy()];
        if (combined.Count == 0) throw new ArgumentException("An ensemble without members says nothing. Give one detector or more.", nameof(members));
        return new("ensemble",
            [
                new("agree", agree, [.. Enumerable.Range(0, combined.Count).Select(count => (double)count)], Min: 0, Max: combined.Count, Whole: true),
                ShapeSettings.History with { Value = 4000 },
                ShapeSettings.Margin with { Value = margin },
            ],
            settings => new EnsembleDetector([.. combined.Select(member => member.Create())], (int)settings["agree"], ShapeSettings.Calibration(settings, EnsembleDetector.LeastLimit)))
        {
            Facts = new(
                $"Finds what several different detectors find unusual at once. {ShapeSettings.CalibratedBy}",
                "Aggarwal, Sathe: Theoretical Foundations and Algorithms for Outlier Ensembles, SIGKDD Explorations 17(1), 2015",
                "the sum of its members'", "the sum of its members'", FirstJudged: 153),
        };
    }
}
