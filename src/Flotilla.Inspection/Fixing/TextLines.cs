namespace Flotilla.Inspection.Fixing;

/// <summary>The lines of a text, as tools count them: ended by LF, CR LF, or CR.</summary>
internal sealed class TextLines
{
    private readonly List<(int Start, int End, int Next)> _lines = [];

    public TextLines(string text)
    {
        Text = text;
        for (var start = 0; start < text.Length;)
        {
            var end = text.AsSpan(start).IndexOfAny('\r', '\n') is >= 0 and var found ? start + found : text.Length;
            var next = end == text.Length ? end : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            _lines.Add((start, end, next));
            start = next;
        }
        End = _lines.Count > 0 && _lines.FirstOrDefault(line => line.Next > line.End) is { Next: > 0 } ended ? text[ended.End..ended.Next] : "\n";
    }

    public string Text { get; }

    /// <summary>What ends the first line.</summary>
    public string End { get; }

    public int Count => _lines.Count;

    /// <summary>A line without its end; empty beyond the last one.</summary>
    public string this[int line] => line >= 1 && line <= Count ? Text[_lines[line - 1].Start.._lines[line - 1].End] : "";

    /// <summary>Whether something ends the line.</summary>
    public bool IsEnded(int line) => line >= 1 && line <= Count && _lines[line - 1].Next > _lines[line - 1].End;

    /// <summary>The index of a place; null when the text has no such place. The column is in code points.</summary>
    public int? IndexOf(int line, int column)
    {
        if (line == Count + 1 && column == 1 && (Count == 0 || IsEnded(Count))) return Text.Length;
        if (line < 1 || line > Count || column < 1) return null;
        var at = _lines[line - 1].Start;
        for (var passed = 1; passed < column; passed++)
        {
            if (at >= _lines[line - 1].End) return null;
            at += char.IsHighSurrogate(Text[at]) && at + 1 < Text.Length && char.IsLowSurrogate(Text[at + 1]) ? 2 : 1;
        }
        return at;
    }

    /// <summary>The column after the last character of a line.</summary>
    public int EndColumn(int line) => 1 + this[line].EnumerateRunes().Count();
}
