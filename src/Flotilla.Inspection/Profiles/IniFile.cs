namespace Flotilla.Inspection.Profiles;

/// <summary>
/// The sections of a configuration file of Python (docs.python.org/3/library/configparser.html): <c>[section]</c>,
/// <c>key = value</c> or <c>key: value</c>, lines that are indented continue a value, <c>#</c> and <c>;</c> begin a comment.
/// Lines that are none of these are passed over: such files belong to many programs.
/// </summary>
internal static class IniFile
{
    /// <summary>The entries of one section; those before the first section have the section "".</summary>
    public static IReadOnlyList<IniEntry> Section(string text, string section) => [.. Sections(text).Where(found => found.Name == section).SelectMany(found => found.Entries)];

    /// <summary>All sections in their order, the unnamed one first.</summary>
    public static IReadOnlyList<(string Name, List<IniEntry> Entries)> Sections(string text)
    {
        var entries = new List<IniEntry>();
        var sections = new List<(string, List<IniEntry>)> { ("", entries) };
        var number = 0;
        var continues = false;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r', ' ', '\t')))
        {
            number++;
            var content = line.TrimStart();
            if (content.Length == 0 || content[0] is '#' or ';') continue;
            if (line[0] is ' ' or '\t' && continues)
            {
                entries[^1] = entries[^1] with { Value = entries[^1].Value + "\n" + content };
                continue;
            }
            if (content[0] == '[' && content.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
            {
                continues = false;
                entries = [];
                sections.Add((content[1..close].Trim(), entries));
                continue;
            }
            var sign = content.AsSpan().IndexOfAny('=', ':');
            continues = sign > 0;
            if (sign > 0) entries.Add(new IniEntry(content[..sign].TrimEnd(), content[(sign + 1)..].TrimStart(), number));
        }
        return sections;
    }
}

/// <summary>An entry and its line, counted from 1.</summary>
internal sealed record IniEntry(string Key, string Value, int Line);
