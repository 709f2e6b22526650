using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>
/// Puts profiles in order, strongest first: a profile, then depth first what it inherits by name, then what its shorthands
/// stand for (<c>pep8</c>, docs, tests, strictness, members, in this order), and last the shorthands that nobody said.
/// The first to say a shorthand has it; a profile is taken once. Two things are mended against Prospector: the command line
/// has its shorthands before every file, and a file that turns off the expansion of its shorthands has still said them.
/// </summary>
internal sealed class Inheritance
{
    private const string StrictnessPrefix = "strictness_";

    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.Ordinal)
    {
        ["pep8"] = ["full_pep8", "no_pep8"],
        ["docs"] = ["doc_warnings", "no_doc_warnings"],
        ["tests"] = ["no_test_warnings"],
        ["strictness"] = [.. ProfileKeys.Strictnesses.Select(each => StrictnessPrefix + each)],
        ["members"] = ["member_warnings", "no_member_warnings"],
    };

    private readonly ProfileLibrary _library;
    private readonly ProfileFindings _findings;
    private readonly List<ProfileFile> _order = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forced = new(StringComparer.Ordinal);
    private readonly List<ProfileFile> _path = [];

    private Inheritance(ProfileLibrary library, ProfileFindings findings) => (_library, _findings) = (library, findings);

    /// <param name="main">The profile.</param>
    /// <param name="extra">Names inherited besides, from the command line.</param>
    /// <param name="forced">The shorthands of the command line, in the same shape as a profile's.</param>
    /// <param name="library">Finds what is named.</param>
    /// <param name="findings">Gets profiles that inherit themselves.</param>
    public static IReadOnlyList<ProfileFile> Order(ProfileFile main, IReadOnlyList<string> extra, ProfileLayer forced, ProfileLibrary library, ProfileFindings findings)
    {
        var walk = new Inheritance(library, findings);
        var commandLine = walk.Shorthands(forced, [], expand: true).ToList();
        walk._forced.UnionWith(walk._said);
        walk.Visit(main, [.. extra.Select(name => new InheritedName(name, false, null))], commandLine);
        walk.Complete();
        return walk._order;
    }

    /// <summary>The level that a chain of profiles comes to.</summary>
    public static string? StrictnessOf(IReadOnlyList<ProfileFile> order) =>
        order.FirstOrDefault(each => each.IsBuiltIn && each.Name.StartsWith(StrictnessPrefix, StringComparison.Ordinal))?.Name[StrictnessPrefix.Length..];

    private void Visit(ProfileFile file, IReadOnlyList<InheritedName> extra, IReadOnlyList<string> forced)
    {
        _taken.Add(Key(file));
        _order.Add(file);
        _path.Add(file);
        var named = file.Inherits.Concat(extra).ToList();
        var implied = forced.Concat(Shorthands(file.Layer, [.. named.Select(each => each.Name).Concat(forced)], file.AllowShorthand)).ToList();
        foreach (var inherited in file.Inherits) Take(file, inherited, from: file);
        foreach (var inherited in extra) Take(file, inherited, from: null);
        foreach (var found in implied.Select(BuiltInProfiles.Get))
            if (!_taken.Contains(Key(found))) Visit(found, [], []);
        _path.RemoveAt(_path.Count - 1);
    }

    private void Take(ProfileFile file, InheritedName inherited, ProfileFile? from)
    {
        if (_library.Find(inherited.Name, from) is not { } found)
        {
            if (inherited.IsOptional) return;
            throw new ProblemException(_library.Missing(inherited.Name, inherited.Where));
        }
        if (!file.IsBuiltIn && IsOverruled(found)) return;
        if (_path.FindIndex(each => Key(each) == Key(found)) is >= 0 and var first)
        {
            var between = _path.Skip(first + 1).Select(each => $"\"{each.Name}\"").ToList();
            _findings.Add(file.Path, "invalid-value", $"The profile \"{found.Name}\" inherits itself{(between.Count == 0 ? "" : " through " + string.Join(" and ", between))}. Remove \"{inherited.Name}\" here.", inherited.Where);
        }
        if (!_taken.Contains(Key(found))) Visit(found, [], []);
    }

    // What the command line forces is not contradicted by a profile that a file names for the same matter.
    private bool IsOverruled(ProfileFile found) =>
        found.IsBuiltIn && _forced.Any(group => Groups[group].Contains(found.Name)) && !_taken.Contains(Key(found));

    private IEnumerable<string> Shorthands(ProfileLayer layer, IReadOnlyList<string> inherits, bool expand)
    {
        List<string> implied = [];
        Say("pep8", layer.Pep8 is { } pep8 ? pep8 + "_pep8" : null, layer.Pep8 is not null);
        Say("docs", layer.DocWarnings == true ? "doc_warnings" : "no_doc_warnings", layer.DocWarnings is not null);
        Say("tests", layer.TestWarnings == true ? null : "no_test_warnings", layer.TestWarnings is not null);
        Say("strictness", StrictnessPrefix + layer.Strictness, layer.Strictness is not null && !inherits.Any(name => name.StartsWith(StrictnessPrefix, StringComparison.Ordinal)));
        Say("members", layer.MemberWarnings == true ? "member_warnings" : "no_member_warnings", layer.MemberWarnings is not null);
        return implied;

        void Say(string group, string? profile, bool isSaid)
        {
            if (isSaid && _said.Add(group) && expand && profile is not null) implied.Add(profile == "none_pep8" ? "no_pep8" : profile);
        }
    }

    private void Complete()
    {
        foreach (var (group, profile) in ((string, string)[])[("docs", "no_doc_warnings"), ("members", "no_member_warnings"), ("tests", "no_test_warnings"), ("strictness", "strictness_medium")])
            if (!_said.Contains(group) && !_order.Exists(each => each.IsBuiltIn && Groups[group].Contains(each.Name))) Visit(BuiltInProfiles.Get(profile), [], []);
    }

    private static string Key(ProfileFile file) => file.Path ?? "built-in:" + file.Name;
}
