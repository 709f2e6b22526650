using System.Text.RegularExpressions;
using Flotilla.Core;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Frameworks;

/// <summary>What a Python project declares to need, by the files that declare it; optional and development needs are left out.</summary>
internal static partial class PythonRequirements
{
    private const int MaxIncludes = 100;
    private const int MaxCalls = 10;

    /// <summary>Normalised names of distributions (packaging.python.org/specifications/name-normalization); empty for a file of another kind.</summary>
    public static IEnumerable<string> Of(string root, SourceFile file)
    {
        var name = Path.GetFileName(file.Path);
        return name switch
        {
            "setup.py" => OfSetup(FileText.Of(file.FullPath, FileText.BytesMax)),
            "setup.cfg" => OfConfiguration(FileText.Of(file.FullPath, FileText.BytesMax)),
            "pyproject.toml" => OfPyProject(file),
            _ when IsRequirements(file.Path) => OfRequirements(root, file.FullPath, []),
            _ => [],
        };
    }

    /// <summary>The name at the beginning of a requirement (PEP 508); null when there is none.</summary>
    public static string? NameOf(string requirement) =>
        Name().Match(requirement) is { Success: true } match ? Separators().Replace(match.Groups["name"].Value, "-").ToLowerInvariant() : null;

    private static bool IsRequirements(string path)
    {
        var parts = path.Split('/');
        if (Path.GetExtension(path) is not (".txt" or ".pip" or ".in")) return false;
        var inFolder = parts.Length >= 2 && parts[^2] is "requirements" or "requires" or "reqs";
        return (inFolder || parts[^1].Contains("requirements")) && !Aside().IsMatch(parts[^1]) && !parts.SkipLast(1).Any(part => Aside().IsMatch(part));
    }

    private static IEnumerable<string> OfRequirements(string root, string path, HashSet<string> seen)
    {
        if (seen.Count >= MaxIncludes || !seen.Add(path) || !Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(root) + "/", StringComparison.Ordinal)) yield break;
        foreach (var raw in FileText.Of(path, FileText.BytesMax).Replace("\\\r\n", " ").Replace("\\\n", " ").Split('\n'))
        {
            var line = Comment().Replace(raw, "").Trim();
            if (Include().Match(line) is { Success: true } include)
                foreach (var name in OfRequirements(root, Path.GetFullPath(include.Groups["file"].Value, Path.GetDirectoryName(path)!), seen)) yield return name;
            else if (Egg().Match(line) is { Success: true } egg && NameOf(egg.Groups["name"].Value) is { } fromLink) yield return fromLink;
            else if (line.Length > 0 && line[0] != '-' && !line.Contains("://", StringComparison.Ordinal) | line.Contains(" @ ", StringComparison.Ordinal) && NameOf(line) is { } plain) yield return plain;
        }
    }

    // The file is not run: a list that is written out, in the call or under a name, is read; one that is computed is not.
    private static IEnumerable<string> OfSetup(string text)
    {
        foreach (var call in InstallRequires().Matches(text).Take(MaxCalls))
        {
            var at = call.Index + call.Length;
            if (call.Groups["variable"].Value is { Length: > 0 } variable)
            {
                var list = Regex.Match(text, $@"^{Regex.Escape(variable)}\s*=\s*[\[(]", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
                if (!list.Success) continue;
                at = list.Index + list.Length;
            }
            foreach (var name in Strings(text, at).Select(NameOf).OfType<string>()) yield return name;
        }
    }

    private static IEnumerable<string> Strings(string text, int at)
    {
        for (; at < text.Length && text[at] is not (']' or ')'); at++)
            if (text[at] == '#')
                while (at + 1 < text.Length && text[at + 1] != '\n') at++;
            else if (text[at] is '"' or '\'')
            {
                var end = text.IndexOf(text[at], at + 1);
                if (end < 0) yield break;
                yield return text[(at + 1)..end];
                at = end;
            }
    }

    private static IEnumerable<string> OfConfiguration(string text) =>
        IniFile.Section(text, "options").Where(entry => entry.Key is "install_requires" or "install-requires")
            .SelectMany(entry => entry.Value.Split('\n', ';')).Select(NameOf).OfType<string>();

    private static IEnumerable<string> OfPyProject(SourceFile file)
    {
        try
        {
            var root = TomlReader.Read(file.FullPath, file.Path, FileText.Of(file.FullPath, FileText.BytesMax));
            var declared = root["project"]?["dependencies"]?.Items?.Select(item => NameOf(item.Text)).OfType<string>() ?? [];
            var poetry = root["tool"]?["poetry"]?["dependencies"]?.Entries?.Where(entry => entry.Value["optional"] is not { Scalar: true }).Select(entry => NameOf(entry.Key)).OfType<string>() ?? [];
            return [.. declared, .. poetry];
        }
        catch (ProblemException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"\A\s*(?<name>[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("[-_.]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Separators();

    [GeneratedRegex(@"(^|\s)#.*|\s--\S+.*", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\A(-r\s*|--requirement[\s=]+)(?<file>\S+)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Include();

    [GeneratedRegex(@"[#&]egg=(?<name>[A-Za-z0-9._-]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Egg();

    [GeneratedRegex(@"\binstall_requires\s*=\s*([\[(]|(?<variable>[A-Za-z_]\w*)\s*[,)\n])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InstallRequires();

    [GeneratedRegex(@"(?i)(^|[-_.])(tests?|testing|dev|develop|development|docs?|lint|ci|extras?|optional|examples?|constraints?)([-_.]|$)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Aside();
}
