using Flotilla.Core;

namespace Flotilla.Inspection.Profiles;

/// <summary>
/// Reads TOML 1.0 (toml.io/en/v1.0.0): tables, arrays of tables, dotted keys, inline tables, all kinds of strings, numbers,
/// truths and arrays. Dates are kept as text.
/// </summary>
internal sealed class TomlReader
{
    private readonly TomlText _text;
    private readonly Table _root = new(1, 1);

    private TomlReader(TomlText text) => _text = text;

    /// <exception cref="ProblemException">It is no TOML; with line and column.</exception>
    public static ProfileNode Read(string path, string shown, string text)
    {
        var reader = new TomlReader(new TomlText(path, shown, text));
        reader.Document();
        return reader._root.ToNode();
    }

    private void Document()
    {
        var current = _root;
        while (true)
        {
            _text.SkipLines();
            if (_text.AtEnd) return;
            if (_text.Take("[[")) current = Header(isArray: true);
            else if (_text.Take("[")) current = Header(isArray: false);
            else Pair(current, 0);
            _text.EndOfLine();
        }
    }

    private Table Header(bool isArray)
    {
        var keys = Keys();
        _text.Expect(isArray ? "]]" : "]");
        var table = _root;
        foreach (var key in keys.SkipLast(1)) table = Inner(table, key);
        return isArray ? Element(table, keys[^1]) : Opened(table, keys[^1]);
    }

    private Table Opened(Table table, Key key)
    {
        var inner = Inner(table, key);
        if (inner.IsOpened) throw _text.Wrong(key.Line, key.Column, $"The table \"{key.Name}\" is there twice.", "Join the two.");
        inner.IsOpened = true;
        return inner;
    }

    private Table Element(Table table, Key key)
    {
        if (table.Values.GetValueOrDefault(key.Name).Value is not List<object?> tables) table.Add(key, tables = [], _text);
        var element = new Table(key.Line, key.Column) { IsOpened = true };
        tables.Add(element);
        return element;
    }

    private Table Inner(Table table, Key key)
    {
        if (!table.Values.TryGetValue(key.Name, out var found))
        {
            var inner = new Table(key.Line, key.Column);
            table.Add(key, inner, _text);
            return inner;
        }
        return found.Value as Table ?? (found.Value as List<object?>)?.LastOrDefault() as Table
            ?? throw _text.Wrong(key.Line, key.Column, $"\"{key.Name}\" is a value already, and cannot have keys.", "Rename one of them.");
    }

    private void Pair(Table table, int depth)
    {
        var keys = Keys();
        _text.Expect("=");
        foreach (var key in keys.SkipLast(1)) table = Inner(table, key);
        _text.SkipBlanks();
        table.Add(keys[^1], Value(depth), _text);
    }

    private List<Key> Keys()
    {
        var keys = new List<Key>();
        do
        {
            _text.SkipBlanks();
            var (line, column) = (_text.Line, _text.Column);
            keys.Add(new Key(_text.Peek is '"' or '\'' ? TomlString.Read(_text) : _text.BareKey(), line, column));
            _text.SkipBlanks();
        }
        while (_text.Take("."));
        return keys;
    }

    private object? Value(int depth)
    {
        if (depth > SafeYaml.MaxDepth) throw _text.Wrong($"More than {SafeYaml.MaxDepth} arrays and tables stand in each other.", "Mend the brackets at this place.");
        var (line, column) = (_text.Line, _text.Column);
        if (_text.Peek is '"' or '\'') return new ProfileNode(line, column) { Scalar = TomlString.Read(_text) } is var said ? said with { Text = (string)said.Scalar! } : null;
        if (_text.Take("[")) return Array(line, column, depth);
        if (_text.Take("{")) return Inline(line, column, depth);
        var word = _text.Word();
        return new ProfileNode(line, column) { Text = word, Scalar = TomlScalar.Parse(word) ?? throw _text.Wrong(line, column, $"\"{word}\" is no value.", "Put text into quotes.") };
    }

    private object Array(int line, int column, int depth)
    {
        var items = new List<ProfileNode>();
        while (true)
        {
            _text.SkipLines();
            if (_text.Take("]")) return new ProfileNode(line, column) { Items = items };
            items.Add(ToNode(Value(depth + 1)));
            _text.SkipLines();
            if (_text.Take(",")) continue;
            _text.Expect("]");
            return new ProfileNode(line, column) { Items = items };
        }
    }

    private Table Inline(int line, int column, int depth)
    {
        var table = new Table(line, column) { IsOpened = true };
        _text.SkipBlanks();
        if (_text.Take("}")) return table;
        do
        {
            Pair(table, depth + 1);
            _text.SkipBlanks();
        }
        while (_text.Take(","));
        _text.Expect("}");
        return table;
    }

    private static ProfileNode ToNode(object? value) => value switch
    {
        Table table => table.ToNode(),
        List<object?> list => new ProfileNode(1, 1) { Items = [.. list.Select(ToNode)] },
        _ => (ProfileNode)value!,
    };

    private readonly record struct Key(string Name, int Line, int Column);

    private sealed class Table(int line, int column)
    {
        public readonly Dictionary<string, (Key Key, object? Value)> Values = new(StringComparer.Ordinal);
        private readonly List<string> _order = [];

        public bool IsOpened { get; set; }

        public void Add(Key key, object? value, TomlText text)
        {
            if (!Values.TryAdd(key.Name, (key, value))) throw text.Wrong(key.Line, key.Column, $"The key \"{key.Name}\" is there twice.", "Join the two.");
            _order.Add(key.Name);
        }

        public ProfileNode ToNode() => new(line, column)
        {
            Entries = [.. _order.Select(name => new ProfileEntry(name, new ProfileNode(Values[name].Key.Line, Values[name].Key.Column) { Text = name, Scalar = name }, TomlReader.ToNode(Values[name].Value)))],
        };
    }
}
