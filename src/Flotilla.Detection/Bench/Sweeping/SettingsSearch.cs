namespace Flotilla.Detection.Bench;

/// <summary>
/// Which combinations of settings are tried: all of them when they are few, otherwise one setting after the other from the
/// usual values on, over and over until none of them gains anything (coordinate ascent).
/// </summary>
/// <param name="settings">Those whose candidates are tried.</param>
/// <param name="evaluate">The value of a combination, in the order of the settings; null when it failed.</param>
internal sealed class SettingsSearch(IReadOnlyList<DetectorSetting> settings, Func<IReadOnlyList<double>, Task<double?>> evaluate)
{
    /// <summary>As many combinations are all tried.</summary>
    public const int GridMost = 64;

    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
    private double[] _best = [.. settings.Select(setting => setting.Value)];
    private double? _value;

    /// <summary>Tries them, each once; the usual values first.</summary>
    public async Task RunAsync()
    {
        await TryAsync([.. _best]);
        IReadOnlyList<double>[] candidates = [.. settings.Select(setting => setting.Candidates)];
        var combinations = candidates.Aggregate(1L, (product, each) => Math.Min(product * each.Count, GridMost + 1));
        if (combinations <= GridMost) await GridAsync(candidates, [], 0);
        else while (await AscendAsync(candidates)) { }
    }

    private async Task GridAsync(IReadOnlyList<double>[] candidates, double[] chosen, int depth)
    {
        if (depth == candidates.Length)
        {
            await TryAsync(chosen);
            return;
        }
        foreach (var value in candidates[depth]) await GridAsync(candidates, [.. chosen, value], depth + 1);
    }

    private async Task<bool> AscendAsync(IReadOnlyList<double>[] candidates)
    {
        var better = false;
        for (var index = 0; index < candidates.Length; index++)
        {
            var from = _best;
            foreach (var value in candidates[index])
            {
                double[] changed = [.. from];
                changed[index] = value;
                better |= await TryAsync(changed);
            }
        }
        return better;
    }

    private async Task<bool> TryAsync(double[] values)
    {
        if (!_tried.Add(string.Join(' ', values))) return false;
        var value = await evaluate(values);
        if (value is null || value <= _value) return false;
        _value = value;
        _best = values;
        return true;
    }
}
