using Flotilla.Core;
using Flotilla.Inspection.Frameworks;

namespace Flotilla.Inspection.Profiles;

/// <summary>
/// Makes the profile of an inspection, from files in the schema of Prospector's profiles (prospector.landscape.io/en/master/profiles.html)
/// and the options of the command line. Where it is kinder than Prospector:
/// <list type="bullet">
/// <item><c>pep8: {full: true}</c> and <c>pep8: {none: true}</c> have the effect that is documented for them.</item>
/// <item>A list marked <c>!replace</c> drops what it inherits: <c>ignore-patterns: !replace []</c> also inspects tests and hidden files.</item>
/// <item>Codes are known by any of their names: enabling <c>W0611</c> undoes a parent's <c>unused-import</c>; <c>FL00nn</c> is understood.</item>
/// <item>Sections of the tools once called <c>pep8</c> and <c>pep257</c> are those of pycodestyle and pydocstyle.</item>
/// <item>What is inspected may bring its own profile when the working directory has none.</item>
/// <item><c>[tool.prospector]</c> in <c>pyproject.toml</c> is a profile, looked for after all others.</item>
/// <item>The command line wins over shorthands and over profiles of the same matter wherever they are named.</item>
/// </list>
/// </summary>
public static class ProfileLoader
{
    /// <summary>Finds, reads and merges.</summary>
    /// <exception cref="ProblemException">A profile is missing, cannot be read, or is no YAML; an option has a value it cannot have.</exception>
    public static Profile Load(ProfileRequest request)
    {
        request = request with { Root = Path.GetFullPath(request.Root) };
        var inspected = Inspected(request);
        var findings = new ProfileFindings(request.Root, inspected);
        var files = new List<string>();
        var options = request.Options.Over(new SavedOptions(request, findings, files).Read());
        Check(options);
        var tools = ProfileKeys.ProspectorTools.Concat(request.KnownTools).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var library = new ProfileLibrary([.. new[] { request.Root, inspected }.Distinct(StringComparer.Ordinal)], options.ProfilePath ?? [], request.SitePackages, tools, findings, files);

        var names = options.Profiles ?? [];
        var main = names.Count > 0
            ? library.Find(names[0], null) ?? throw new ProblemException(library.Missing(names[0], null))
            : library.FindAutoLoaded() ?? BuiltInProfiles.Get(BuiltInProfiles.Default);
        var forced = Forced(options);
        var order = Inheritance.Order(main, [.. names.Skip(1)], forced, library, findings);
        var said = order.Select(file => file.Layer).Reverse().Aggregate((weaker, stronger) => stronger.Over(weaker));
        var profile = new Profile(Effective(forced.Over(said), order), options)
        {
            Names = [.. order.Select(file => file.Name)],
            Findings = findings.All,
            Files = [.. files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
        return profile.For(ProfileFindings.Tool) is var validator && validator.Run == false ? profile.Reporting(_ => false)
            : validator.Disable.Count > 0 ? profile.Reporting(finding => !validator.Disable.Contains(finding.Code))
            : profile;
    }

    /// <summary>The names of the profiles that need no file.</summary>
    public static IReadOnlyCollection<string> BuiltIn => BuiltInProfiles.Names;

    private static string Inspected(ProfileRequest request)
    {
        var path = Path.GetFullPath(request.Inspected ?? request.Root, request.Root);
        return File.Exists(path) ? Path.GetDirectoryName(path)! : Path.TrimEndingDirectorySeparator(path);
    }

    private static ProfileLayer Forced(ProfileOptions options) => new()
    {
        Strictness = options.Strictness,
        DocWarnings = options.DocWarnings,
        TestWarnings = options.TestWarnings,
        MemberWarnings = options.MemberWarnings,
        Autodetect = options.Autodetect,
        MaxLineLength = options.MaxLineLength,
        Pep8 = options.FullPep8 == true ? "full" : options.NoStyleWarnings == true ? "none" : null,
        IgnorePaths = new ListSetting(options.IgnorePaths ?? []),
        IgnorePatterns = new ListSetting(options.IgnorePatterns ?? []),
        Uses = new ListSetting(options.Uses ?? []),
    };

    private static ProfileLayer Effective(ProfileLayer merged, IReadOnlyList<ProfileFile> order) => merged with
    {
        Strictness = Inheritance.StrictnessOf(order) ?? merged.Strictness,
        DocWarnings = merged.DocWarnings ?? order.FirstOrDefault(file => file.IsBuiltIn && file.Name is "doc_warnings" or "no_doc_warnings")?.Name == "doc_warnings",
        TestWarnings = merged.TestWarnings ?? false,
        MemberWarnings = merged.MemberWarnings ?? order.FirstOrDefault(file => file.IsBuiltIn && file.Name is "member_warnings" or "no_member_warnings")?.Name == "member_warnings",
        Autodetect = merged.Autodetect ?? true,
    };

    private static void Check(ProfileOptions options)
    {
        var problems = new List<Problem>();
        if (options.Strictness is { } strictness && !ProfileKeys.Strictnesses.Contains(strictness))
            problems.Add(new Problem($"\"{strictness}\" is no strictness.", Fix: Suggestion.Sentence(strictness, ProfileKeys.Strictnesses)));
        foreach (var name in (options.Uses ?? []).Where(name => !FrameworkNames.All.Contains(name)))
            problems.Add(new Problem($"\"{name}\" is no framework that tools adapt to.", Fix: Suggestion.Sentence(name, FrameworkNames.All)));
        foreach (var pattern in options.IgnorePatterns ?? [])
            if (PathRules.Flaw(pattern) is { } flaw) problems.Add(new Problem($"\"{pattern}\" is no regular expression.", Why: flaw, Fix: "Put a backslash before a sign that is meant as itself."));
        if (options is { FullPep8: true, NoStyleWarnings: true }) problems.Add(new Problem("Every style warning is asked for, and none.", Fix: "Leave out full-pep8 or no-style-warnings."));
        if (options.MaxLineLength is <= 0) problems.Add(new Problem($"The line length {options.MaxLineLength} is not above 0.", Fix: "Give the number of characters, such as 120."));
        if (problems.Count > 0) throw new ProblemException(problems);
    }
}
