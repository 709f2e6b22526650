using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>
/// Options that are kept outside of profiles, strongest first: variables <c>PROSPECTOR_OPTION</c>, <c>.prospectorrc</c>,
/// <c>[prospector]</c> in <c>setup.cfg</c> and <c>tox.ini</c>, <c>[tool.prospector]</c> in <c>pyproject.toml</c> (only what
/// is not also a setting of a profile, for which that table is a profile), <c>~/.prospectorrc</c>.
/// </summary>
internal sealed class SavedOptions(ProfileRequest request, ProfileFindings findings, List<string> files)
{
    private const string Section = "prospector";

    public ProfileOptions Read()
    {
        var options = FromEnvironment();
        foreach (var name in (string[])[".prospectorrc", "setup.cfg", "tox.ini"])
            options = options.Over(FromIni(Path.Combine(request.Root, name)));
        options = options.Over(FromToml(Path.Combine(request.Root, PyProject.FileName)));
        if (request.Home is { } home && Path.GetFullPath(home) != request.Root) options = options.Over(FromIni(Path.Combine(home, ".prospectorrc")));
        return options;
    }

    private ProfileOptions FromEnvironment()
    {
        var options = new ProfileOptions();
        if (request.Environment is not { } environment) return options;
        foreach (var name in OptionNames.All)
        {
            var variable = "PROSPECTOR_" + name.ToUpperInvariant();
            if (environment(variable) is not { } value) continue;
            options = OptionNames.With(options, name, value, out var wrong);
            if (wrong is not null) throw new ProblemException(new Problem($"The variable {variable} is \"{value}\", but {wrong}", Fix: "Correct it, or unset it."));
        }
        return options;
    }

    private ProfileOptions FromIni(string path)
    {
        var options = new ProfileOptions();
        files.Add(path);
        if (!File.Exists(path)) return options;
        var isOwn = Path.GetFileName(path) == ".prospectorrc";
        var text = isOwn ? BoundedText.Read(path, findings.Shown(path)) : Foreign(path);
        if (text is null) return options;
        IEnumerable<IniEntry> entries = IniFile.Section(text, Section);
        if (isOwn) entries = entries.Concat(IniFile.Section(text, ""));
        foreach (var entry in entries) options = With(options, path, entry.Key, entry.Value, entry.Line, 1);
        return options;
    }

    private ProfileOptions FromToml(string path)
    {
        var options = new ProfileOptions();
        files.Add(path);
        if (PyProject.Table(path, findings.Shown(path), Section)?.Entries is not { } entries) return options;
        foreach (var entry in entries.Where(entry => !ProfileKeys.General.Contains(entry.Key)))
            if (OptionNames.Normal(entry.Key) is var name && OptionNames.All.Contains(name) && name != "profiles")
                options = With(options, path, entry.Key, entry.Value.ToValue(), entry.KeyNode.Line, entry.KeyNode.Column);
        return options;
    }

    private ProfileOptions With(ProfileOptions options, string path, string key, object? value, int line, int column)
    {
        var name = OptionNames.Normal(key);
        var where = new SourceLocation(path, line) { Column = column, Shown = findings.Shown(path) };
        if (!OptionNames.All.Contains(name))
        {
            findings.Add(path, "unknown-setting", $"\"{key}\" is no option. {Suggestion.For(name, OptionNames.All) switch { { } near => $"Did you mean \"{near}\"?", null => "It has no effect; remove it." }}", where);
            return options;
        }
        var with = OptionNames.With(options, name, value, out var wrong);
        if (wrong is not null) throw new ProblemException(new Problem($"\"{key}\" is \"{value}\", but {wrong}", where, Fix: "Correct it, or remove the line."));
        return with;
    }

    // setup.cfg and tox.ini are other programs' files first: when they are no text, they say nothing to us.
    private string? Foreign(string path)
    {
        try
        {
            return BoundedText.Read(path, findings.Shown(path));
        }
        catch (ProblemException)
        {
            return null;
        }
    }
}
