using Flotilla.Core;

namespace Flotilla.Detection.Bench;

/// <summary>Frozen settings of one detector.</summary>
/// <param name="Name">The detector's.</param>
/// <param name="Settings">What is set; the other settings stay as they are.</param>
/// <param name="Threshold">A point is anomalous when its score is over it; 1 is the detector's own limit.</param>
/// <param name="Silence">For how many judged points after an alert there is no other.</param>
public sealed record DetectorSettings(string Name, IReadOnlyDictionary<string, double> Settings, double Threshold = 1, int Silence = 0)
{
    /// <summary>The detector with these settings.</summary>
    /// <exception cref="ProblemException">There is no such setting, or it cannot have this value; all at once.</exception>
    public DetectorDefinition Apply(DetectorDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var problems = Check(definition);
        if (problems.Count > 0) throw new ProblemException(problems);
        var changed = Settings.Aggregate(definition, (each, setting) => each.With(setting.Key, setting.Value));
        return SilencePolicy.Set(changed, Threshold, Silence);
    }

    internal IReadOnlyList<Problem> Check(DetectorDefinition definition, SourceLocation? where = null)
    {
        var problems = new List<Problem>();
        foreach (var (setting, value) in Settings)
        {
            try
            {
                _ = definition.With(setting, value);
            }
            catch (ProblemException e)
            {
                var near = Suggestion.For(setting, definition.Settings.Select(each => each.Name));
                var known = definition.Settings.Any(each => each.Name == setting);
                problems.AddRange(e.Problems.Select(problem => problem with
                {
                    Where = where,
                    Fix = known || near is null ? problem.Fix : $"Did you mean \"{near}\"? {problem.Fix}",
                }));
            }
        }
        if (!(double.IsFinite(Threshold) && Threshold > 0))
            problems.Add(new($"The threshold of {Name} cannot be {Threshold}.", where, Fix: "Give a number over 0; 1 is the detector's own limit."));
        if (Silence < 0) problems.Add(new($"The silence of {Name} cannot be {Silence} points.", where, Fix: "Give 0 or more."));
        return problems;
    }
}
