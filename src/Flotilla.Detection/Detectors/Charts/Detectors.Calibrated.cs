namespace Flotilla.Detection;

public static partial class Detectors
{
    private const string CalibratedRisk = "calibrated_risk";
    private const int CalibratedRelearn = 30;

    /// <summary>
    /// A detector's verdicts in place of its own limit by a limit that its scores should pass with a given probability:
    /// <see cref="Spot"/>, upper side only, on the scores. So one detector can watch many series, each of which has its own idea
    /// of a high score. Its name is that of the detector with <c>_calibrated</c> behind it, and its settings are those of the
    /// detector and <c>calibrated_risk</c>.
    /// </summary>
    /// <param name="detector">Any detector whose scores rank points; its own limit has no meaning here.</param>
    /// <param name="risk">The probability that a normal point is called anomalous.</param>
    /// <exception cref="ArgumentException">The detector is calibrated already.</exception>
    /// <remarks>The first 200 points that the detector can judge (from its first score over 0 on) only teach.</remarks>
    public static DetectorDefinition Calibrated(this DetectorDefinition detector, double risk = 1e-3)
    {
        ArgumentNullException.ThrowIfNull(detector);
        if (detector.Settings.Any(setting => setting.Name == CalibratedRisk))
        {
            throw new ArgumentException(
                $"The detector {detector.Name} is calibrated already. Set its {CalibratedRisk} instead.", nameof(detector));
        }
        if (!(risk is >= 1e-15 and <= 0.1)) throw new ArgumentOutOfRangeException(nameof(risk), risk, "risk must lie from 1e-15 to 0.1.");
        return new(
            $"{detector.Name}_calibrated",
            [.. detector.Settings, new(CalibratedRisk, risk, [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5], Min: 1e-15, Max: 0.1)],
            set => new CalibratedDetector(
                detector.Settings.Aggregate(detector, (inner, setting) => inner.With(setting.Name, set[setting.Name])).Create(),
                set[CalibratedRisk], CalibratedRelearn))
        {
            Facts = detector.Facts is not { } facts ? null : new(
                $"{facts.Summary} Its limit follows from the scores' own tail.",
                $"{facts.Source}; A. Siffer et al., Anomaly detection in streams with extreme value theory, KDD 2017",
                $"{facts.Cost}, and O(200) at each of the few points in the tail", $"{facts.Memory}, and O(1000)"),
        };
    }
}
