namespace Flotilla.Detection.Scoring;

/// <summary>How well a detector did against labels, on one series or over a corpus.</summary>
/// <param name="Nab">The score of the Numenta Anomaly Benchmark of the verdicts.</param>
/// <param name="VusPr">VUS-PR of the scores, 0 to 1; null without a labelled anomaly. Over a corpus the mean over the series that have one.</param>
/// <param name="AucPr">Average precision of the scores, 0 to 1; null and mean as above.</param>
/// <param name="Events">What an operator would have seen.</param>
public sealed record Score(NabScores Nab, double? VusPr, double? AucPr, EventScore Events)
{
    /// <summary>How many series with a labelled anomaly there were, of which the row measures are the mean.</summary>
    public int LabelledSeries { get; init; }
}

/// <summary>NAB scores: 100 finds every window at its start without a false alert, 0 says nothing ever; there is no lower bound.</summary>
/// <param name="Standard">Profile "standard"; null without a window, for then nothing can be gained.</param>
/// <param name="LowFp">Profile "reward low FP rate": a false alert costs twice as much.</param>
/// <param name="LowFn">Profile "reward low FN rate": a missed window costs twice as much.</param>
/// <param name="Raw">The sums before normalisation, in the order standard, low FP, low FN; those of series add up to that of the corpus.</param>
/// <param name="Windows">How many windows were there to be found; one that lies wholly in the probation is not.</param>
public sealed record NabScores(double? Standard, double? LowFp, double? LowFn, IReadOnlyList<double> Raw, int Windows);

/// <summary>
/// Labelled anomalies and alerts, counted. Points judged anomalous in a row are one alert. The probation at the start of a
/// series (see <see cref="NabScorer.Probation"/>) does not count.
/// </summary>
/// <param name="Found">Windows with an anomalous point.</param>
/// <param name="Missed">Windows without.</param>
/// <param name="False">Alerts that begin outside all windows.</param>
/// <param name="MeanDelaySeconds">From the start of a found window to its first anomalous point, on average; null when none was found.</param>
/// <param name="FalsePerWeek">False alerts per week of the series' time; 0 when the series covers no time.</param>
public sealed record EventScore(int Found, int Missed, int False, double? MeanDelaySeconds, double FalsePerWeek)
{
    /// <summary>The time that was watched, the probation left out; over a corpus the sum.</summary>
    public double WatchedSeconds { get; init; }
}
