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
        var reader = new LineReader();
        var start = 1;
        for (var number = 1; number <= lines.Length; number++)
        {
            if (reader.Read(number, lines[number - 1].TrimEnd('\r')) && number < lines.Length) continue;
            for (var inside = start; inside <= number; inside++) (_first[inside], _last[inside]) = (start, number);
            if (reader.Take() is { Length: > 0 } code) statements.Add(new PythonStatement(start, number, code));
            start = number + 1;
        }
        Statements = statements;
        Comments = reader.Comments;
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

    /// <summary>Reads line after line, and knows whether the statement goes on.</summary>
    private sealed class LineReader
    {
        private readonly System.Text.StringBuilder _code = new();
        private int _brackets;
        private string? _open;

        public List<PythonComment> Comments { get; } = [];

        /// <summary>Reads a line; true when the statement goes on in the next.</summary>
        public bool Read(int number, string line)
        {
            var at = 0;
            var continues = false;
            while (at < line.Length)
            {
                if (_open is not null) at = Close(line, at);
                else if (line[at] == '#')
                {
                    Comments.Add(new PythonComment(number, at + 1, line[at..], line.AsSpan(0, at).IsWhiteSpace()));
                    break;
                }
                else if (line[at] is '"' or '\'') (at, continues) = Quote(line, at);
                else (at, continues) = Plain(line, at);
            }
            var goesOn = _open is not null || _brackets > 0 || continues;
            if (goesOn) _code.Append(' ');
            return goesOn;
        }

        /// <summary>The code of the statement, which is over; empty when there is none but blanks.</summary>
        public string Take()
        {
            var code = _code.ToString();
            _code.Clear();
            (_brackets, _open) = (0, null);
            return string.IsNullOrWhiteSpace(code) ? "" : code;
        }

        private (int At, bool Continues) Plain(string line, int at)
        {
            if (line[at] is '(' or '[' or '{') _brackets++;
            if (line[at] is ')' or ']' or '}') _brackets = Math.Max(0, _brackets - 1);
            if (line[at] == '\\' && at == line.Length - 1) return (at + 1, true);
            _code.Append(line[at]);
            return (at + 1, false);
        }

        // A string of one quote that is not closed ends with its line, or goes on after a backslash.
        private (int At, bool Continues) Quote(string line, int at)
        {
            var quote = line.AsSpan(at).StartsWith(new string(line[at], 3)) ? new string(line[at], 3) : line[at].ToString();
            if (EndOf(line, at + quote.Length, quote) is > 0 and var end)
            {
                _code.Append("\"\"");
                return (end, false);
            }
            if (quote.Length == 3) _open = quote;
            return (line.Length, quote.Length == 1 && line.EndsWith('\\'));
        }

        private int Close(string line, int at)
        {
            if (EndOf(line, at, _open!) is not (>= 0 and var end)) return line.Length;
            _open = null;
            _code.Append("\"\"");
            return end;
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
}

/// <summary>A logical line: its first and last physical line, and its code without strings' contents and comments.</summary>
internal sealed record PythonStatement(int First, int Last, string Code)
{
    /// <summary>How far it is indented, in columns; a tab goes to the next multiple of eight.</summary>
    public int Indentation => Code.TakeWhile(char.IsWhiteSpace).Aggregate(0, (column, c) => c == '\t' ? column + 8 - (column % 8) : column + 1);
}

/// <summary>A comment with its <c>#</c>; the column counts from 1.</summary>
internal sealed record PythonComment(int Line, int Column, string Text, bool Alone);
