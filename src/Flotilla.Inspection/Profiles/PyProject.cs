using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>Tables of <c>pyproject.toml</c> (packaging.python.org/specifications/pyproject-toml).</summary>
internal static class PyProject
{
    public const string FileName = "pyproject.toml";

    /// <summary><c>[tool.NAME]</c>; null when there is none. A file that does not speak of it may be broken without harm.</summary>
    /// <exception cref="ProblemException">The file has such a table and is broken.</exception>
    public static ProfileNode? Table(string path, string shown, string name)
    {
        if (!File.Exists(path)) return null;
        string text;
        try
        {
            text = BoundedText.Read(path, shown);
        }
        catch (ProblemException)
        {
            return null;
        }
        return text.Contains("tool." + name) || text.Contains(name, StringComparison.Ordinal) && text.Contains("[tool]") ? TomlReader.Read(path, shown, text)["tool"]?[name] : null;
    }
}
