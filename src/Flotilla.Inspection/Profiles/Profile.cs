using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Profiles;

/// <summary>All that profiles and options say, merged: what an inspection is to do.</summary>
public sealed class Profile
{
    private readonly ProfileLayer _layer;
    private readonly PathRules _rules;

    internal Profile(ProfileLayer layer, ProfileOptions options)
    {
        (_layer, Options) = (layer, options);
        Uses = [.. layer.Uses.Items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _rules = new PathRules(IgnorePaths, IgnorePatterns, Uses.Contains("django"));
    }

    /// <summary>The profiles in order of precedence, built-in ones among them.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The name of the strictness: <c>veryhigh</c> to <c>verylow</c>; null where <c>none</c> is asked for.</summary>
    public string? Strictness => _layer.Strictness == "none" ? null : _layer.Strictness;

    /// <summary>Whether missing documentation counts.</summary>
    public bool DocWarnings => _layer.DocWarnings == true;

    /// <summary>Whether tests are inspected too.</summary>
    public bool TestWarnings => _layer.TestWarnings == true;

    /// <summary>Whether Python's members that a tool cannot see count.</summary>
    public bool MemberWarnings => _layer.MemberWarnings == true;

    /// <summary>Whether frameworks are looked for.</summary>
    public bool Autodetect => _layer.Autodetect != false;

    /// <summary>The longest line, in characters, over what the strictness says; null when nothing was said.</summary>
    public int? MaxLineLength => _layer.MaxLineLength;

    /// <summary><c>full</c> for every style warning, <c>none</c> for no style warning, null for the strictness's choice.</summary>
    public string? Pep8 => _layer.Pep8;

    /// <summary>The format to print in; null when nothing was said.</summary>
    public string? OutputFormat => _layer.OutputFormat;

    /// <summary>Files to write to instead of printing.</summary>
    public IReadOnlyList<string> OutputTargets => _layer.OutputTargets.Items;

    /// <summary>Names of files and folders that are left out, wherever they are.</summary>
    public IReadOnlyList<string> IgnorePaths => _layer.IgnorePaths.Items;

    /// <summary>Regular expressions; a path in which one is found is left out.</summary>
    public IReadOnlyList<string> IgnorePatterns => _layer.IgnorePatterns.Items;

    /// <summary>The frameworks that tools are adapted to, sorted.</summary>
    public IReadOnlyList<string> Uses { get; }

    /// <summary>What was asked on the command line and is kept in variables and option files, merged.</summary>
    public ProfileOptions Options { get; }

    /// <summary>The tools that it says something about, sorted.</summary>
    public IReadOnlyList<string> Tools => [.. _layer.Tools.Keys];

    /// <summary>What the profile validator says about the profiles in the working directory and in what is inspected, sorted by place.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Every file that was read or looked for, absolute and sorted: when one of them changes, appears or goes, the profile may be another.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    internal ProfileLayer Layer => _layer;

    /// <summary>
    /// Whether a file is left out: a name of <see cref="IgnorePaths"/> is a whole part of its path, a pattern is found in it,
    /// or it is one of Django's migrations and Django is used. A pattern that takes over 0.2 s on a path is not found.
    /// </summary>
    /// <param name="relativePath">From the working directory.</param>
    public bool Ignores(string relativePath) => _rules.Match(relativePath);

    /// <summary>What it says to one tool; nothing but the frameworks to a tool that it does not know.</summary>
    public ToolSettings For(string tool)
    {
        var said = _layer.Tools.GetValueOrDefault(tool) ?? new ToolLayer();
        return new ToolSettings
        {
            Run = said.Run,
            Options = WithConfigurationFile(tool, WithLineLength(tool, said.Options)),
            Enable = said.Enable.Items,
            Disable = [.. ToolCodes.Without(tool, said.Disable.Items, said.Enable.Items)],
            LoadPlugins = said.LoadPlugins ?? [],
            Uses = Uses,
            ExternalConfiguration = Options.ExternalConfiguration ?? true,
        };
    }

    /// <summary>The same for a project that uses further frameworks, such as those a <see cref="Frameworks.FrameworkDetector"/> found.</summary>
    public Profile Using(IEnumerable<string> frameworks) =>
        new(_layer with { Uses = new ListSetting([.. _layer.Uses.Items.Concat(frameworks).Distinct(StringComparer.Ordinal)]) }, Options) { Names = Names, Findings = Findings, Files = Files };

    /// <summary>The merged profile as a profile: read again, it gives the same, whatever built-in profiles come to say.</summary>
    public string ToYaml() => ProfileWriter.Write(_layer);

    internal Profile Reporting(Func<Finding, bool> which) => new(_layer, Options) { Names = Names, Findings = [.. Findings.Where(which)], Files = Files };

    private IReadOnlyDictionary<string, object?> WithConfigurationFile(string tool, IReadOnlyDictionary<string, object?> options)
    {
        if (tool != "pylint" || Options.PylintConfigFile is not { } file || options.ContainsKey("config_file")) return options;
        return new SortedDictionary<string, object?>(options.ToDictionary(option => option.Key, option => option.Value, StringComparer.Ordinal), StringComparer.Ordinal) { ["config_file"] = file };
    }

    private IReadOnlyDictionary<string, object?> WithLineLength(string tool, IReadOnlyDictionary<string, object?> options)
    {
        if (MaxLineLength is not { } length || tool is not ("pylint" or "pycodestyle")) return options;
        return new SortedDictionary<string, object?>(options.ToDictionary(option => option.Key, option => option.Value, StringComparer.Ordinal), StringComparer.Ordinal) { ["max-line-length"] = (long)length };
    }
}
