using Flotilla.Console;
using Flotilla.Detection;
using Flotilla.Detection.Bench;
using Flotilla.Programs;

namespace Flotilla.Cli.Bench;

/// <summary>The detectors that <c>--detectors</c>, <c>--with</c> and <c>--detector-settings</c> name together.</summary>
internal static class DetectorChoice
{
    public static async Task<IReadOnlyList<DetectorDefinition>> OfAsync(
        IReadOnlyList<string>? named, IReadOnlyList<string>? files, string? settings, Terminal terminal, CancellationToken cancellationToken)
    {
        List<DetectorDefinition> own = [];
        foreach (var file in files ?? [])
            own.AddRange(await terminal.WorkingAsync($"building {file}", () => DetectorFile.LoadAsync(file, cancellationToken), TimeProvider.System));
        var names = (named ?? []).SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        IReadOnlyList<DetectorDefinition> chosen = names.Count > 0
            ? DetectorCatalog.Select(names, own)
            : [.. own, .. DetectorCatalog.Select([DetectorCatalog.Recommended.Count > 0 ? "recommended" : "crucible"])];
        return settings is null ? chosen : DetectorSettingsFile.Read(settings).Apply(chosen, own);
    }
}
