namespace Flotilla.Inspection.Profiles;

/// <summary>A value of a settings file with its place; YAML and TOML are both read into this.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
internal sealed record ProfileNode(int Line, int Column)
{
    /// <summary>The value of a scalar: null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/> or <see cref="string"/>.</summary>
    public object? Scalar { get; init; }

    /// <summary>A scalar as it was written.</summary>
    public string Text { get; init; } = "";

    /// <summary>The elements; null when this is no list.</summary>
    public IReadOnlyList<ProfileNode>? Items { get; init; }

    /// <summary>The entries in the order of the file; null when this is no mapping.</summary>
    public IReadOnlyList<ProfileEntry>? Entries { get; init; }

    /// <summary>The mark before the value, such as <c>!replace</c>; empty without one.</summary>
    public string Tag { get; init; } = "";

    /// <summary>How many nodes this is with every alias written out.</summary>
    public long Size { get; init; } = 1;

    public bool IsNothing => Items is null && Entries is null && Scalar is null;

    public ProfileNode? this[string key] => Entries?.FirstOrDefault(entry => entry.Key == key)?.Value;

    /// <summary>Plain values: null, bool, long, double, string, <c>List&lt;object?&gt;</c>, <c>SortedDictionary&lt;string, object?&gt;</c>.</summary>
    public object? ToValue()
    {
        if (Items is not null) return Items.Select(item => item.ToValue()).ToList();
        if (Entries is null) return Scalar;
        var map = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var entry in Entries) map[entry.Key] = entry.Value.ToValue();
        return map;
    }

    /// <summary>For messages: what the value is, in a few words.</summary>
    public string Kind =>
        Entries is not null ? "a mapping"
        : Items is not null ? Items.Count == 1 ? "a list of one" : $"a list of {Items.Count}"
        : Scalar is null ? "empty"
        : $"\"{Shortened(Text)}\"";

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..57] + "...";
}

/// <summary>An entry of a mapping.</summary>
internal sealed record ProfileEntry(string Key, ProfileNode KeyNode, ProfileNode Value);
