using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>A detector with its settings, from which one is made for each series.</summary>
public sealed record DetectorDefinition
{
    private readonly Func<IReadOnlyDictionary<string, double>, IDetector> _create;

    /// <summary>A detector without settings that a sweep could change.</summary>
    /// <param name="name">
    /// What reports call it, in snake case (<c>median_absolute_deviation</c>): a lower-case letter, then lower-case letters,
    /// digits and underscores. Anything else is an <see cref="ArgumentException"/>.
    /// </param>
    /// <param name="create">Makes a detector that has seen nothing.</param>
    public DetectorDefinition(string name, Func<IDetector> create) : this(name, [], _ => create()) => ArgumentNullException.ThrowIfNull(create);

    /// <summary>A detector with settings.</summary>
    /// <param name="name">As above.</param>
    /// <param name="settings">Each setting once, with the value it has unless changed.</param>
    /// <param name="create">Makes a detector that has seen nothing, from a value for each setting.</param>
    public DetectorDefinition(string name, IReadOnlyList<DetectorSetting> settings, Func<IReadOnlyDictionary<string, double>, IDetector> create)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Name = Checked(name);
        _create = create;
        Settings = settings;
        // What is wrong with a setting is said now, not at the first point.
        foreach (var setting in settings) setting.Check(name);
    }

    /// <summary>What reports call it, in snake case.</summary>
    public string Name { get; init => field = Checked(value); }

    /// <summary>What can be set, and to what it is.</summary>
    public IReadOnlyList<DetectorSetting> Settings { get; private init; }

    /// <summary>What <c>flotilla bench detectors</c> says about it; null for a detector that says nothing.</summary>
    public DetectorFacts? Facts { get; init; }

    /// <summary>Makes a detector that has seen nothing.</summary>
    public IDetector Create() => _create(Settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal));

    /// <summary>The same detector with one setting changed.</summary>
    /// <exception cref="ProblemException">There is no such setting, or it cannot have this value.</exception>
    public DetectorDefinition With(string setting, double value)
    {
        if (Settings.All(each => each.Name != setting))
        {
            throw new ProblemException(new Problem($"The detector {Name} has no setting \"{setting}\".",
                Fix: Settings.Count == 0 ? "Leave it out: this detector has no settings." : $"Use one of {string.Join(", ", Settings.Select(each => each.Name))}."));
        }
        var changed = Settings.Select(each => each.Name == setting ? each with { Value = value } : each).ToList();
        foreach (var each in changed) each.Check(Name);
        return this with { Settings = changed };
    }

    private static string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var valid = name.Length > 0 && char.IsAsciiLetterLower(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        if (!valid)
        {
            throw new ArgumentException(
                $"\"{name}\" cannot be the name of a detector. Reports and files use it. Write it in snake case, such as my_detector.", nameof(name));
        }
        return name;
    }
}
