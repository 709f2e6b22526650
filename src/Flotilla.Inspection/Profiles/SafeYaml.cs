using Flotilla.Core;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flotilla.Inspection.Profiles;

/// <summary>
/// Reads YAML from anybody: nesting, and what aliases would grow to, are bounded, an alias cannot contain itself, and no
/// mark makes an object. Merge keys (<c>&lt;&lt;</c>, yaml.org/type/merge.html) are honoured.
/// </summary>
internal sealed class SafeYaml
{
    /// <summary>How deep mappings and lists may stand in each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many values a file may have with its aliases written out.</summary>
    public const int MaxNodes = 100_000;

    private readonly string _path;
    private readonly string _shown;
    private readonly Parser _parser;
    private readonly Dictionary<string, ProfileNode> _anchors = new(StringComparer.Ordinal);

    private SafeYaml(string path, string shown, TextReader text) => (_path, _shown, _parser) = (path, shown, new Parser(text));

    /// <summary>The only document; null when the text is empty.</summary>
    /// <exception cref="ProblemException">It is no YAML, or more than the bounds allow.</exception>
    public static ProfileNode? Load(string path, string shown, string text)
    {
        using var reader = new StringReader(text);
        var yaml = new SafeYaml(path, shown, reader);
        try
        {
            return yaml.Document();
        }
        catch (YamlException e)
        {
            throw yaml.Wrong(e.Start, "The file is no YAML.", Sentence(e), "Mend the place; a value with \": \" or \"#\" in it needs quotes.", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException)
        {
            // The parser gives up in this way on some texts, after the last value that it understood.
            throw yaml.Wrong(yaml._parser.Current?.End ?? new Mark(0, 1, 1), "The file is no YAML.", "It cannot be understood after this place.", "Mend the place; a value with \": \" or \"#\" in it needs quotes.", e);
        }
    }

    private ProfileNode? Document()
    {
        ProfileNode? root = null;
        while (_parser.MoveNext())
            switch (_parser.Current)
            {
                case DocumentStart start when root is not null:
                    throw Wrong(start.Start, "The file has more than one document.", null, "Remove the line of three dashes.");
                case DocumentStart:
                    _parser.MoveNext();
                    root = Node(0);
                    break;
            }
        return root is { IsNothing: true } ? null : root;
    }

    // The parser stands at the node's first event before, and at its last after.
    private ProfileNode Node(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaxDepth)
            throw Wrong(current.Start, "The file is nested too deeply.", $"More than {MaxDepth} mappings and lists stand in each other.", "Mend the brackets at this place.");
        if (current is AnchorAlias alias)
            return _anchors.TryGetValue(alias.Value.Value, out var known) ? known
                : throw Wrong(current.Start, $"The alias \"*{alias.Value.Value}\" names nothing.", "An anchor stands before its aliases and not around them.", $"Write \"&{alias.Value.Value}\" before the value that is meant.");
        var node = current switch
        {
            Scalar scalar => OfScalar(scalar),
            SequenceStart => OfList(depth),
            MappingStart => OfMap(depth),
            _ => throw Wrong(current.Start, "The file is no YAML.", "A value is missing.", "Mend the place."),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored) _anchors[anchored.Anchor.Value] = node;
        return node;
    }

    private static ProfileNode OfScalar(Scalar scalar) => new((int)scalar.Start.Line, (int)scalar.Start.Column)
    {
        Scalar = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && scalar.Tag.IsEmpty ? YamlScalar.Parse(scalar.Value) : scalar.Value,
        Text = scalar.Value,
        Tag = Mark(scalar),
    };

    private ProfileNode OfList(int depth)
    {
        var start = (SequenceStart)_parser.Current!;
        var items = new List<ProfileNode>();
        long size = 1;
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
            size = Grown(size, items[^1], start.Start);
        }
        return new ProfileNode((int)start.Start.Line, (int)start.Start.Column) { Items = items, Tag = Mark(start), Size = size };
    }

    private ProfileNode OfMap(int depth)
    {
        var start = (MappingStart)_parser.Current!;
        var entries = new List<ProfileEntry>();
        var seen = new Dictionary<string, ProfileNode>(StringComparer.Ordinal);
        var merged = new List<ProfileNode>();
        long size = 1;
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            var at = _parser.Current!.Start;
            var key = Node(depth + 1);
            _parser.MoveNext();
            var value = Node(depth + 1);
            size = Grown(Grown(size, key, at), value, at);
            if (key.Items is not null || key.Entries is not null)
                throw Wrong(at, "A key is no word.", $"It is {key.Kind}.", "Write a name, and quotes around it when it begins with \"[\", \"{\" or \"*\".");
            if (key.Text == "<<") merged.AddRange(value.Items ?? [value]);
            else if (!seen.TryAdd(key.Text, key)) throw Wrong(at, $"The key \"{key.Text}\" is there twice.", $"The first is in line {seen[key.Text].Line}.", "Join the two.");
            else entries.Add(new ProfileEntry(key.Text, key, value));
        }
        foreach (var entry in merged.SelectMany(each => each.Entries ?? []))
            if (seen.TryAdd(entry.Key, entry.KeyNode)) entries.Add(entry);
        return new ProfileNode((int)start.Start.Line, (int)start.Start.Column) { Entries = entries, Tag = Mark(start), Size = size };
    }

    private long Grown(long size, ProfileNode child, Mark at) =>
        size + child.Size <= MaxNodes ? size + child.Size
        : throw Wrong(at, "The file is too large with its aliases written out.", $"It has more than {MaxNodes} values.", "Write out what is meant, without aliases of aliases.");

    private static string Mark(NodeEvent node) => node.Tag.IsEmpty || node.Tag.IsNonSpecific ? "" : node.Tag.Value;

    private ProblemException Wrong(Mark at, string what, string? why, string fix, Exception? inner = null) =>
        new(new Problem(what, new SourceLocation(_path, (int)at.Line) { Column = (int)at.Column, Shown = _shown }, why, fix), inner);

    private static string Sentence(YamlException e) => (e.InnerException ?? e).Message.Trim().TrimEnd('.') + ".";
}
