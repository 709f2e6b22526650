namespace Flotilla.Inspection.Python;

/// <summary>
/// As much of a Python file's structure as tells which lines are one statement, where comments stand, and what is imported. It reads the lexical
/// grammar only (docs.python.org, "Lexical analysis"), so that files with syntax errors and of any version are understood as far as they go.
/// </summary>
internal sealed class PythonSource
{
    private readonly int[] _first;
    private readonly int[] _last;

    public PythonSource(string text)
    {
        var lines = text.Split('\n');
        _first = new int[lines.Length + 2];
        _last = new int[lines.Length + 2];
        var statements = new List<PythonStatement>();
        var comments = new List<PythonComment>();
        var code = new System.Text.StringBuilder();
        var (start, depth, triple) = (0, 0, default(string));
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].TrimEnd('\r');
            if (start == 0) (start, depth) = (number, 0);
            var continues = false;
            var at = 0;
            while (at < line.Length)
            {
                if (triple is not null)
                {
                    var end = EndOf(line, at, triple);
                    if (end < 0) break;
                    at = end;
                    triple = null;
                    code.Append("\"\"");
                    continue;
                }
                var c = line[at];
                if (c == '#')
                {
                    comments.Add(new PythonComment(number, at + 1, line[at..], line.AsSpan(0, at).IsWhiteSpace()));
                    break;
                }
                if (c is '"' or '\'')
                {
                    var quote = line.AsSpan(at).StartsWith(new string(c, 3)) ? new string(c, 3) : c.ToString();
                    var end = EndOf(line, at + quote.Length, quote);
                    if (end >= 0)
                    {
                        at = end;
                        code.Append("\"\"");
                    }
                    else if (quote.Length == 3)
                    {
                        triple = quote;
                        break;
                    }
                    else
                    {
                        continues = line.EndsWith('\\');
                        break;
                    }
                    continue;
                }
                if (c is '(' or '[' or '{') depth++;
                if (c is ')' or ']' or '}') depth = Math.Max(0, depth - 1);
                if (c == '\\' && at == line.Length - 1) continues = true;
                else code.Append(c);
                at++;
            }
            if (triple is not null || depth > 0 || continues)
            {
                code.Append(' ');
                if (number < lines.Length) continue;
            }
            for (var inside = start; inside <= number; inside++) (_first[inside], _last[inside]) = (start, number);
            if (code.ToString() is var logical && !string.IsNullOrWhiteSpace(logical)) statements.Add(new PythonStatement(start, number, logical));
            code.Clear();
            (start, triple) = (0, null);
        }
        Statements = statements;
        Comments = comments;
        JoinDecorators();
    }

    /// <summary>The logical lines, strings emptied and comments left out.</summary>
    public IReadOnlyList<PythonStatement> Statements { get; }

    /// <summary>Every comment.</summary>
    public IReadOnlyList<PythonComment> Comments { get; }

    /// <summary>The first and last line of the statement that a line is part of; decorators belong to what they decorate.</summary>
    public (int First, int Last) StatementOf(int line) => line > 0 && line < _first.Length && _first[line] > 0 ? (_first[line], _last[line]) : (line, line);

    private void JoinDecorators()
    {
        for (var i = 0; i < Statements.Count; i++)
        {
            if (!Statements[i].Code.TrimStart().StartsWith('@')) continue;
            var first = Statements[i].First;
            var end = i;
            while (end + 1 < Statements.Count && Statements[end].Code.TrimStart().StartsWith('@')) end++;
            for (var line = first; line <= Statements[end].Last; line++) (_first[line], _last[line]) = (first, Statements[end].Last);
            i = end;
        }
    }

    // The index after the closing quotes; a backslash hides what follows it. -1 when they are not on the line.
    private static int EndOf(string line, int at, string quote)
    {
        for (; at < line.Length; at++)
        {
            if (line[at] == '\\') at++;
            else if (string.CompareOrdinal(line, at, quote, 0, quote.Length) == 0) return at + quote.Length;
        }
        return -1;
    }
}

/// <summary>A logical line: its first and last physical line, and its code without strings' contents and comments.</summary>
internal sealed record PythonStatement(int First, int Last, string Code)
{
    /// <summary>How far it is indented, in columns; a tab goes to the next multiple of eight.</summary>
    public int Indentation => Code.TakeWhile(char.IsWhiteSpace).Aggregate(0, (column, c) => c == '\t' ? column + 8 - (column % 8) : column + 1);
}

/// <summary>A comment with its <c>#</c>; the column counts from 1.</summary>
internal sealed record PythonComment(int Line, int Column, string Text, bool Alone);
