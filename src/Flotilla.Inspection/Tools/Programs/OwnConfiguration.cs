using Flotilla.Inspection.Files;
using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Tools.Programs;

/// <summary>As much of a tool's own INI or TOML configuration as must be known: its sections and the names of its options.</summary>
internal static class OwnConfiguration
{
    private static readonly HashSet<string> Shared = ["pyproject.toml", "setup.cfg", "tox.ini"];

    /// <summary>The first of some files that is there and speaks to a tool: a file that tools share does so by a section of the tool's name.</summary>
    public static string? Find(IEnumerable<string> files, string tool) => files.FirstOrDefault(file => File.Exists(file)
        && (!Shared.Contains(Path.GetFileName(file)) || Sections(file).Any(section => section.Name.StartsWith(tool, StringComparison.Ordinal) || section.Name.StartsWith("tool." + tool, StringComparison.Ordinal)
            || (tool == "pycodestyle" && section.Name == "pep8"))));

    /// <summary>Whether the file is there and has the section.</summary>
    public static bool HasSection(string path, string section) => Sections(path).Any(found => found.Name == section);

    /// <summary>The names of the options in the sections that a condition takes.</summary>
    public static IReadOnlySet<string> Options(string path, Func<string, bool> takes) =>
        Sections(path).Where(section => takes(section.Name)).SelectMany(section => section.Options).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names that an option lists, in whatever section, between commas, blanks, quotes or brackets.</summary>
    public static IEnumerable<string> Names(string path, string option) => IniFile.Sections(FileText.Of(path)).SelectMany(section => section.Entries)
        .Where(entry => entry.Key.Trim('"').Replace('_', '-') == option).SelectMany(entry => entry.Value.Split([',', ' ', '\t', '\n', '"', '\'', '[', ']'], StringSplitOptions.RemoveEmptyEntries));

    // The headers and names of TOML are as those of INI, but for quotes.
    private static IEnumerable<(string Name, IEnumerable<string> Options)> Sections(string path) => IniFile.Sections(FileText.Of(path))
        .Select(section => (section.Name.Trim('"', '\'', ' '), section.Entries.Select(entry => entry.Key.Trim('"').Replace('_', '-'))));
}
