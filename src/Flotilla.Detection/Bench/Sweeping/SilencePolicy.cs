namespace Flotilla.Detection.Bench;

/// <summary>Threshold and silence of a definition, whether or not it brings them already.</summary>
internal static class SilencePolicy
{
    /// <summary>The definition with every verdict at the limit that the detector itself has.</summary>
    public static DetectorDefinition Without(DetectorDefinition definition) => Brings(definition) ? Set(definition, 1, 0) : definition;

    /// <summary>The settings but for threshold and silence.</summary>
    public static IReadOnlyList<DetectorSetting> SettingsBesides(DetectorDefinition definition) =>
        Brings(definition) ? [.. definition.Settings.SkipLast(2)] : definition.Settings;

    /// <summary>The definition with another threshold and silence.</summary>
    public static DetectorDefinition Set(DetectorDefinition definition, double threshold, int silence)
    {
        if (Brings(definition)) return definition.With(definition.Settings[^1].Name, threshold).With(definition.Settings[^2].Name, silence);
        return threshold == 1 && silence == 0 ? definition : definition.Silenced(silence, threshold);
    }

    // A policy's settings follow those of what it wraps. One that is not the outermost is a setting like others.
    private static bool Brings(DetectorDefinition definition) =>
        definition.Settings is [.., var silence, var threshold] && Is(silence, "silence") && Is(threshold, "threshold");

    private static bool Is(DetectorSetting setting, string name) =>
        setting.Name == name || (setting.Name.StartsWith(name + '_', StringComparison.Ordinal) && int.TryParse(setting.Name.AsSpan(name.Length + 1), out _));
}
