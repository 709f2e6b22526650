using System.Text;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>Splits the words of an instruction that is no shell's text: quotes join, and are left out.</summary>
internal static class DockerWords
{
    public static IReadOnlyList<string> Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inside, quote) = (false, '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else if (c == '\\' && quote == '"' && i + 1 < text.Length) word.Append(text[++i]);
                else word.Append(c);
            }
            else if (c is '"' or '\'') (quote, inside) = (c, true);
            else if (c == '\\' && i + 1 < text.Length)
            {
                // A Windows path keeps its backslashes.
                if (text[i + 1] is not (' ' or '"' or '\'' or '\\' or '$')) word.Append(c);
                word.Append(text[++i]);
                inside = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                if (inside) words.Add(word.ToString());
                word.Clear();
                inside = false;
            }
            else
            {
                word.Append(c);
                inside = true;
            }
        }
        if (inside) words.Add(word.ToString());
        return words;
    }

    /// <summary>The names and values of ENV, LABEL and ARG: <c>name=value</c> pairs, or the old form of one name and the rest.</summary>
    public static IReadOnlyList<(string Name, string Value)> Pairs(DockerInstruction instruction)
    {
        var words = instruction.Words;
        if (words.Count == 0) return [];
        if (!words[0].Contains('=') && instruction.Keyword != "ARG") return [(words[0], string.Join(' ', words.Skip(1)))];
        return [.. words.Select(word => word.Split('=', 2)).Select(pair => (pair[0], pair.Length > 1 ? pair[1] : ""))];
    }
}
