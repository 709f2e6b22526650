using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Profiles;

/// <summary>Which paths a profile leaves out.</summary>
internal sealed class PathRules
{
    private const string Migrations = "(^|/)(south_)?migrations(/|$)";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly Regex[] _rules;

    public PathRules(IEnumerable<string> paths, IEnumerable<string> patterns, bool django) =>
        _rules =
        [
            .. paths.Select(Name).Where(name => name.Length > 0).Select(name => Compile($"(^|/){Regex.Escape(name)}(/|$)")),
            .. patterns.Where(pattern => Flaw(pattern) is null).Select(Compile),
            .. django ? [Compile(Migrations)] : Array.Empty<Regex>(),
        ];

    /// <summary>Whether a rule matches; a pattern that takes too long on a path does not.</summary>
    /// <param name="path">From the working directory, with <c>/</c>.</param>
    public bool Match(string path)
    {
        var normal = path.Replace('\\', '/');
        foreach (var rule in _rules)
            try
            {
                if (rule.IsMatch(normal)) return true;
            }
            catch (RegexMatchTimeoutException)
            {
                continue;
            }
        return false;
    }

    /// <summary>What is wrong with a pattern, as a sentence; null when nothing is.</summary>
    public static string? Flaw(string pattern)
    {
        try
        {
            Compile(pattern);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message.TrimEnd('.') + ".";
        }
    }

    // Patterns are Python's; only the names of groups are written differently (docs.python.org/3/library/re.html).
    private static Regex Compile(string pattern)
    {
        var own = pattern.Replace("(?P<", "(?<").Replace("(?P=", "\\k<__").Replace("\\Z", "\\z");
        if (own.Contains("\\k<__")) own = Regex.Replace(own, @"\\k<__(?<name>\w+)\)", @"\k<${name}>", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Patience);
        try
        {
            return new Regex(own, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Patience);
        }
        catch (NotSupportedException)
        {
            return new Regex(own, RegexOptions.CultureInvariant, Patience);
        }
    }

    private static string Name(string path)
    {
        var name = path.Replace('\\', '/').Trim('/');
        while (name.StartsWith("./", StringComparison.Ordinal)) name = name[2..];
        return name == "." ? "" : name;
    }
}
