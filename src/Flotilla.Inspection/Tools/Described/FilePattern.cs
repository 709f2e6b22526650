using System.Text;
using System.Text.RegularExpressions;

namespace Flotilla.Inspection.Tools.Described;

/// <summary>
/// A pattern of paths: <c>*</c> and <c>?</c> within a name, <c>**</c> over folders, <c>[ab]</c>, <c>{a,b}</c>. Without a slash it is about the name, in
/// whatever folder; with one, about the path from the root.
/// </summary>
internal sealed class FilePattern
{
    private readonly Regex _expression;

    public FilePattern(string pattern)
    {
        // Time is linear in the path, whatever the pattern.
        _expression = new Regex($@"\A{(pattern.Contains('/') ? "" : "(?:.*/)?")}{Translate(pattern.StartsWith('/') ? pattern[1..] : pattern)}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    public bool Takes(string path) => _expression.IsMatch(path);

    private static string Translate(string pattern)
    {
        var text = new StringBuilder();
        var depth = 0;
        for (var i = 0; i < pattern.Length; i++)
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**/"):
                    text.Append("(?:.*/)?");
                    i += 2;
                    break;
                case '*' when pattern.AsSpan(i).StartsWith("**"):
                    text.Append(".*");
                    i++;
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 2) is > 0 and var end:
                    var set = pattern[(i + 1)..end];
                    var without = set[0] is '!' or '^';
                    text.Append(without ? "[^/" : "[").Append((without ? set[1..] : set).Replace(@"\", @"\\").Replace("[", @"\[")).Append(']');
                    i = end;
                    break;
                case '{' when pattern.IndexOf('}', i) > 0:
                    depth++;
                    text.Append("(?:");
                    break;
                case '}' when depth > 0:
                    depth--;
                    text.Append(')');
                    break;
                case ',' when depth > 0:
                    text.Append('|');
                    break;
                default:
                    text.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        return text.Append(')', depth).ToString();
    }
}
