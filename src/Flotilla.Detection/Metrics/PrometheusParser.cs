using System.Globalization;
using System.Text;
using Flotilla.Core;

namespace Flotilla.Detection;

/// <summary>
/// Reads one text, line by line. Scrapes repeat the same names and label values from line to line, so a string is made only
/// where it differs from what the sample before had in its place.
/// </summary>
internal sealed class PrometheusParser
{
    private static readonly KeyValuePair<string, string>[] NoLabels = [];
    private static readonly long FirstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private readonly string _text;
    private readonly List<FamilyBuilder> _families = [];
    private readonly Dictionary<string, FamilyBuilder> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FamilyBuilder>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<KeyValuePair<string, string>> _labels = [];
    private KeyValuePair<string, string>[] _labelsBefore = NoLabels;
    private FamilyBuilder? _current;
    private int _line;
    private int _samples;

    public PrometheusParser(string text)
    {
        _text = text;
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<MetricFamily> Parse()
    {
        if (_text.Length > PrometheusText.MaxLength)
            throw new FormatException($"The metrics are over {PrometheusText.MaxLength / 1024 / 1024} MiB of text. Offer fewer series.");
        var rest = _text.AsSpan();
        while (!rest.IsEmpty)
        {
            _line++;
            var end = rest.IndexOf('\n');
            ParseLine((end < 0 ? rest : rest[..end]).Trim(PrometheusSyntax.Blanks));
            if (end < 0) break;
            rest = rest[(end + 1)..];
        }
        var families = new MetricFamily[_families.Count];
        for (var i = 0; i < families.Length; i++) families[i] = _families[i].Build();
        return families;
    }

    private void ParseLine(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty) return;
        if (line[0] == '#') ParseComment(line[1..]);
        else ParseSample(line);
    }

    private void ParseComment(ReadOnlySpan<char> rest)
    {
        var keyword = NextToken(ref rest);
        if (keyword is not ("HELP" or "TYPE")) return;
        var name = NextToken(ref rest);
        if (!PrometheusSyntax.IsMetricName(name))
        {
            throw Wrong(name.IsEmpty ? $"{keyword} names no metric" : $"\"{Shown(name)}\" cannot be the name of a metric",
                $"Write # {keyword} and a name of letters, digits, underscores and colons.");
        }
        var family = Family(name);
        rest = rest.TrimStart(PrometheusSyntax.Blanks);
        if (keyword is "HELP")
        {
            if (family.Help is not null) throw Wrong($"\"{name}\" has a second HELP", "Leave one out.");
            family.Help = UnescapeHelp(rest);
            return;
        }
        if (family.Type is not null) throw Wrong($"\"{name}\" has a second TYPE", "Leave one out.");
        if (family.Samples.Count > 0) throw Wrong($"the TYPE of \"{name}\" comes after samples of it", "Put it before the first.");
        family.Type = PrometheusSyntax.Type(rest)
            ?? throw Wrong($"\"{name}\" has the unknown type \"{Shown(rest)}\"",
                Suggestion.Sentence(Shown(rest), ["counter", "gauge", "histogram", "summary", "untyped"]));
    }

    private void ParseSample(ReadOnlySpan<char> line)
    {
        if (++_samples > PrometheusText.MaxSamples) throw Wrong($"there are over {PrometheusText.MaxSamples} samples", "Offer fewer series.");
        var length = PrometheusSyntax.MetricNameLength(line);
        if (length == 0) throw Wrong($"a metric name cannot begin with '{Shown(line[..1])}'", "Begin it with a letter, an underscore or a colon.");
        var name = line[..length];
        var rest = line[length..];
        if (!rest.IsEmpty && !PrometheusSyntax.IsBlank(rest[0]) && rest[0] != '{')
        {
            throw Wrong($"'{Shown(rest[..1])}' cannot stand in a metric name",
                "Write letters, digits, underscores and colons, then a blank or a brace.");
        }
        rest = rest.TrimStart(PrometheusSyntax.Blanks);
        var labels = NoLabels;
        if (!rest.IsEmpty && rest[0] == '{') labels = ParseLabels(ref rest);

        var number = NextToken(ref rest);
        if (number.IsEmpty) throw Wrong($"the sample of \"{Shown(name)}\" has no value", "Write a number behind it.");
        if (!PrometheusNumber.TryParse(number, out var value))
            throw Wrong($"\"{Shown(number)}\" is not a number", "Write a decimal number, NaN, +Inf or -Inf.");
        var at = ParseTime(NextToken(ref rest));
        if (!rest.IsEmpty) throw Wrong($"\"{Shown(rest)}\" follows the time of the sample", "End the line there.");

        var sampleName = Owner(name);
        _current!.Samples.Add(new MetricSample(sampleName, labels, value, at));
    }

    private DateTimeOffset? ParseTime(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds < FirstMillisecond || milliseconds > LastMillisecond)
        {
            throw Wrong($"\"{Shown(text)}\" is not a time", "Write the whole milliseconds since 1970, or nothing.");
        }
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    // Makes the sample's family the current one and returns the sample's name.
    private string Owner(ReadOnlySpan<char> name)
    {
        if (_current?.SampleName(name) is { } sameFamily) return sameFamily;
        if (_lookup.TryGetValue(name, out var exact))
        {
            _current = exact;
            return exact.Name;
        }
        var suffix = name.LastIndexOf('_');
        if (suffix > 0 && _lookup.TryGetValue(name[..suffix], out var owner) && owner.SampleName(name) is { } member)
        {
            _current = owner;
            return member;
        }
        return Family(name).Name;
    }

    private FamilyBuilder Family(ReadOnlySpan<char> name)
    {
        if (!_lookup.TryGetValue(name, out var family))
        {
            family = new FamilyBuilder(name.ToString());
            _byName.Add(family.Name, family);
            _families.Add(family);
        }
        return _current = family;
    }

    private KeyValuePair<string, string>[] ParseLabels(ref ReadOnlySpan<char> rest)
    {
        _labels.Clear();
        rest = rest[1..];
        while (true)
        {
            rest = rest.TrimStart(PrometheusSyntax.Blanks);
            if (rest.IsEmpty) throw Unclosed();
            if (rest[0] == '}') break;
            ParseLabel(ref rest);
            rest = rest.TrimStart(PrometheusSyntax.Blanks);
            if (rest.IsEmpty) throw Unclosed();
            if (rest[0] == ',') rest = rest[1..];
            else if (rest[0] != '}') throw Wrong($"'{Shown(rest[..1])}' follows a label", "Write a comma or a closing brace there.");
        }
        rest = rest[1..];
        if (_labels.Count > 0) _labelsBefore = _labels.ToArray();
        return _labels.Count > 0 ? _labelsBefore : NoLabels;
    }

    private void ParseLabel(ref ReadOnlySpan<char> rest)
    {
        var length = PrometheusSyntax.LabelNameLength(rest);
        if (length == 0)
        {
            throw rest[0] == '"'
                ? Wrong("a name stands in quotes, which this version of the format does not have", "Offer names of letters, digits and underscores.")
                : Wrong($"a label name cannot begin with '{Shown(rest[..1])}'", "Begin it with a letter or an underscore.");
        }
        var before = _labels.Count < _labelsBefore.Length ? _labelsBefore[_labels.Count] : default;
        var name = Same(rest[..length], before.Key);
        rest = rest[length..].TrimStart(PrometheusSyntax.Blanks);
        if (rest.IsEmpty || rest[0] != '=') throw Wrong($"no '=' follows the label \"{Shown(name)}\"", "Write name=\"value\".");
        rest = rest[1..].TrimStart(PrometheusSyntax.Blanks);
        if (rest.IsEmpty || rest[0] != '"') throw Wrong($"the value of the label \"{Shown(name)}\" is not in quotes", "Write name=\"value\".");
        rest = rest[1..];
        var end = rest.IndexOfAny('"', '\\');
        if (end < 0) throw OpenQuote(name);
        string value;
        if (rest[end] == '"')
        {
            value = Same(rest[..end], before.Value);
            rest = rest[(end + 1)..];
        }
        else
        {
            value = Unescape(name, ref rest);
        }
        foreach (var label in _labels)
            if (label.Key == name) throw Wrong($"the label \"{Shown(name)}\" comes twice", "Leave one out.");
        if (_labels.Count == PrometheusText.MaxLabels) throw Wrong($"a sample has over {PrometheusText.MaxLabels} labels", "Offer fewer labels.");
        _labels.Add(new(name, value));
    }

    private string Unescape(string label, ref ReadOnlySpan<char> rest)
    {
        var value = new StringBuilder();
        while (true)
        {
            var plain = rest.IndexOfAny('"', '\\');
            if (plain < 0 || plain == rest.Length - 1 && rest[plain] == '\\') throw OpenQuote(label);
            value.Append(rest[..plain]);
            var closing = rest[plain] == '"';
            if (closing)
            {
                rest = rest[(plain + 1)..];
                return value.ToString();
            }
            value.Append(rest[plain + 1] switch
            {
                '\\' => '\\',
                '"' => '"',
                'n' => '\n',
                var other => throw Wrong($"\"\\{Shown([other])}\" in the value of the label \"{Shown(label)}\" means nothing",
                    "Write \\\\, \\\" or \\n."),
            });
            rest = rest[(plain + 2)..];
        }
    }

    // A help text is for people: a backslash that escapes nothing stands for itself.
    private static string UnescapeHelp(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('\\') < 0) return text.ToString();
        var value = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var escaped = text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '\\' or 'n';
            if (escaped) i++;
            value.Append(escaped && text[i] == 'n' ? '\n' : text[i]);
        }
        return value.ToString();
    }

    private static string Same(ReadOnlySpan<char> text, string? before) =>
        before is not null && text.SequenceEqual(before) ? before : text.ToString();

    // Takes the characters up to the next blank, and the blanks around them, off the beginning.
    private static ReadOnlySpan<char> NextToken(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(PrometheusSyntax.Blanks);
        var length = 0;
        while (length < rest.Length && !PrometheusSyntax.IsBlank(rest[length])) length++;
        var token = rest[..length];
        rest = rest[length..].TrimStart(PrometheusSyntax.Blanks);
        return token;
    }

    private FormatException Unclosed() => Wrong("the labels have no closing brace", "Write name{label=\"value\"} 1.");

    private FormatException OpenQuote(string label) =>
        Wrong($"the value of the label \"{Shown(label)}\" has no closing quote", "Write name=\"value\", with \\n for a line end in it.");

    private FormatException Wrong(string why, string fix) => new($"Metrics, line {_line}: {why}. {fix}");

    // What a program offers ends up on somebody's terminal: no control characters, and not too much.
    private static string Shown(ReadOnlySpan<char> text)
    {
        const int most = 60;
        var shown = text[..Math.Min(most, text.Length)].ToArray();
        for (var i = 0; i < shown.Length; i++)
            if (char.IsControl(shown[i]) || char.IsSurrogate(shown[i])) shown[i] = '\ufffd';
        return text.Length <= most ? new string(shown) : $"{new string(shown)}…";
    }
}
