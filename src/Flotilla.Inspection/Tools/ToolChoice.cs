using Flotilla.Core;
using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Caching;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools.Programs;
using Flotilla.Inspection.Tools.Python;

namespace Flotilla.Inspection.Tools;

/// <summary>A tool that will run, on which files, and how.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Files">What it takes, sorted by path.</param>
/// <param name="Settings">What the profile says to it.</param>
/// <param name="Asked">Whether the user named it: then its absence is a failure.</param>
internal sealed record ChosenTool(ITool Tool, IReadOnlyList<SourceFile> Files, ToolSettings Settings, bool Asked);

/// <summary>Decides which tools run.</summary>
internal static class ToolChoice
{
    /// <summary>A tool of Prospector's by its name, which looks at profiles instead of code.</summary>
    public const string ProfileValidator = "profile-validator";

    /// <summary>Whether what is wrong with profiles is among the findings.</summary>
    public static bool ValidatesProfile(InspectionRequest request, Profile? profile) =>
        profile is not null && (request.Only is { } only ? only.Contains(ProfileValidator)
            : request.With.Contains(ProfileValidator) || (!request.Without.Contains(ProfileValidator) && profile.For(ProfileValidator).Run != false));

    /// <summary>The tools that are wanted and have something to look at.</summary>
    /// <exception cref="ProblemException">A name is no tool's.</exception>
    public static IReadOnlyList<ChosenTool> Of(InspectionRequest request, Profile? profile, SourceTree tree)
    {
        IReadOnlyList<string> names = [.. request.Tools.Names.Append(ProfileValidator).Order(StringComparer.Ordinal)];
        var unknown = (request.Only ?? []).Concat(request.With).Concat(request.Without).Where(name => !names.Contains(name)).Distinct(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            throw new ProblemException([.. unknown.Select(name => new Problem($"There is no tool \"{name}\".", Fix: $"{Suggestion.Sentence(name, names)} \"flotilla inspect tools\" lists them."))]);
        var chosen = new List<ChosenTool>();
        foreach (var tool in request.Tools.Tools)
        {
            var settings = SettingsOf(tool.Name, profile);
            var asked = request.Only?.Contains(tool.Name) == true || request.With.Contains(tool.Name);
            var runs = request.Only is not null ? asked : asked || (settings.Run ?? tool.RunsByDefault);
            if (!runs || (request.Without.Contains(tool.Name) && request.Only is null)) continue;
            var files = tree.Files.Where(tool.Takes).ToList();
            if (files.Count > 0) chosen.Add(new ChosenTool(tool, files, settings, asked));
        }
        return chosen;
    }

    // Cycles of imports are pylint's message in everybody's profile, and come from a tool of ours.
    private static ToolSettings SettingsOf(string tool, Profile? profile)
    {
        var settings = profile?.For(tool) ?? new ToolSettings();
        if (tool != ImportCycles.ToolName || profile is null) return settings;
        var silenced = profile.For("pylint").Disable.Select(DefectNames.PylintSymbol).Contains(ImportCycles.Code);
        return silenced ? settings with { Disable = [.. settings.Disable, ImportCycles.Code] } : settings;
    }

    /// <summary>Whether a code would have been reported: its tool ran to its end, and the code is wanted.</summary>
    public static Func<string, bool> Judges(IReadOnlyList<RunResult> results) => code =>
    {
        var tool = code switch
        {
            ['F', ..] => "pyflakes",
            ['E' or 'W', ..] => "pycodestyle",
            ['D', ..] => "pydocstyle",
            ['B', _, _, _] => "bandit",
            _ when DefectNames.PylintCode(code) is not null => "pylint",
            _ => null,
        };
        return tool is not null && results.Any(result => result.Report.Name == tool && result.Report.State == ToolState.Ran && CodeList.Wants(result.Settings, code)
            && !result.Settings.Disable.Contains(DefectNames.PylintCode(code) ?? code));
    };
}
