using System.Text;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>A command of a shell's text, with quotes removed and variables as written.</summary>
/// <param name="Program">Its name without a folder.</param>
/// <param name="Arguments">The words after it, redirections left out.</param>
/// <param name="Piped">Whether its output goes into a pipe.</param>
internal sealed record ShellCommand(string Program, string[] Arguments, bool Piped)
{
    /// <summary>Whether one of these flags is given; a letter may stand among others (<c>-qy</c>).</summary>
    public bool Has(params string[] flags) => Arguments.Any(argument => flags.Any(flag =>
        argument == flag || argument.StartsWith(flag + "=", StringComparison.Ordinal)
        || (flag is ['-', not '-'] && argument is ['-', not '-', ..] && !argument.Contains('=') && argument.Contains(flag[1]))));

    /// <summary>The arguments that are no flags, nor the values of these flags.</summary>
    public string[] Operands(params string[] flagsWithValue)
    {
        var operands = new List<string>();
        for (var i = 0; i < Arguments.Length; i++)
            if (flagsWithValue.Contains(Arguments[i], StringComparer.Ordinal)) i++;
            else if (!Arguments[i].StartsWith('-')) operands.Add(Arguments[i]);
        return [.. operands];
    }
}

/// <summary>
/// Finds the commands in a shell's text by the token and quoting rules of POSIX ("Shell Command Language", 2.2 and 2.3), those in substitutions
/// included. It runs nothing and expands nothing; what it does not understand it passes over.
/// </summary>
internal static class ShellCommands
{
    private const int DepthMax = 16;

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "if", "then", "elif", "else", "fi", "do", "done", "while", "until", "esac", "{", "}", "!", "time", "exec", "command" };

    public static IReadOnlyList<ShellCommand> Of(string text)
    {
        var commands = new List<ShellCommand>();
        Read(text, commands, 0);
        return commands;
    }

    private static void Read(string text, List<ShellCommand> commands, int depth)
    {
        if (depth > DepthMax) return;
        var words = new List<string>();
        var word = new StringBuilder();
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '\\' when i + 1 < text.Length:
                    if (text[++i] != '\n')
                    {
                        word.Append(text[i]);
                        inside = true;
                    }
                    break;
                case '\'':
                    var close = text.IndexOf('\'', i + 1);
                    word.Append(text, i + 1, (close < 0 ? text.Length : close) - i - 1);
                    i = close < 0 ? text.Length : close;
                    inside = true;
                    break;
                case '"':
                    i = Quoted(text, i + 1, word, commands, depth);
                    inside = true;
                    break;
                case '$' when i + 1 < text.Length && text[i + 1] is '(' or '{':
                case '`':
                    i = Substitution(text, i, word, commands, depth);
                    inside = true;
                    break;
                case '#' when !inside:
                    i = text.IndexOf('\n', i) is >= 0 and var line ? line - 1 : text.Length;
                    break;
                case ' ' or '\t' or '\r':
                    EndWord();
                    break;
                case '>' or '<':
                    // A number before it is the descriptor; what follows is a file.
                    if (word.Length > 0 && word.ToString().All(char.IsAsciiDigit))
                    {
                        word.Clear();
                        inside = false;
                    }
                    EndWord();
                    while (i + 1 < text.Length && text[i + 1] is '>' or '<' or '&' or '|' or '-') i++;
                    while (i + 1 < text.Length && text[i + 1] is ' ' or '\t') i++;
                    while (i + 1 < text.Length && text[i + 1] is not (' ' or '\t' or '\n' or ';' or '&' or '|' or ')')) i++;
                    break;
                case ';' or '&' or '|' or '\n' or '(' or ')':
                    EndWord();
                    var twice = i + 1 < text.Length && text[i + 1] == c;
                    EndCommand(piped: c == '|' && !twice);
                    if (twice) i++;
                    break;
                default:
                    word.Append(c);
                    inside = true;
                    break;
            }
        }
        EndWord();
        EndCommand(piped: false);

        void EndWord()
        {
            if (inside) words.Add(word.ToString());
            word.Clear();
            inside = false;
        }

        void EndCommand(bool piped)
        {
            var first = 0;
            while (first < words.Count && (Reserved.Contains(words[first]) || IsAssignment(words[first]))) first++;
            if (first < words.Count && words[first] is not ("for" or "case" or "select" or "function"))
                commands.Add(new ShellCommand(words[first][(words[first].LastIndexOf('/') + 1)..], [.. words.Skip(first + 1)], piped));
            words.Clear();
        }
    }

    // From after the opening quote to the closing one, or the end.
    private static int Quoted(string text, int i, StringBuilder word, List<ShellCommand> commands, int depth)
    {
        for (; i < text.Length && text[i] != '"'; i++)
            if (text[i] == '\\' && i + 1 < text.Length) word.Append(text[++i]);
            else if (text[i] == '`' || (text[i] == '$' && i + 1 < text.Length && text[i + 1] is '(' or '{')) i = Substitution(text, i, word, commands, depth);
            else word.Append(text[i]);
        return i;
    }

    // Keeps the text as written and reads what is in $( ) and ` ` as commands of their own.
    private static int Substitution(string text, int start, StringBuilder word, List<ShellCommand> commands, int depth)
    {
        int end;
        if (text[start] == '`') end = text.IndexOf('`', start + 1);
        else
        {
            var (open, shut) = text[start + 1] == '(' ? ('(', ')') : ('{', '}');
            var nested = 0;
            end = -1;
            for (var i = start + 1; i < text.Length && end < 0; i++)
                if (text[i] == open) nested++;
                else if (text[i] == shut && --nested == 0) end = i;
        }
        if (end < 0) end = text.Length - 1;
        word.Append(text, start, end - start + 1);
        var first = text[start] == '`' ? start + 1 : start + 2;
        if (text[start] == '`' || text[start + 1] == '(') Read(text[first..Math.Max(first, end)], commands, depth + 1);
        return end;
    }

    private static bool IsAssignment(string word)
    {
        var equals = word.IndexOf('=');
        return equals > 0 && (char.IsAsciiLetter(word[0]) || word[0] == '_') && word[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }
}
