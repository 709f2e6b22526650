namespace Flotilla.Inspection.Profiles;

/// <summary>What one profile, or several merged, say; null where they say nothing.</summary>
internal sealed record ProfileLayer
{
    public string? Strictness { get; init; }
    public bool? DocWarnings { get; init; }
    public bool? TestWarnings { get; init; }
    public bool? MemberWarnings { get; init; }
    public bool? Autodetect { get; init; }
    public int? MaxLineLength { get; init; }
    public string? Pep8 { get; init; }
    public string? OutputFormat { get; init; }
    public ListSetting OutputTargets { get; init; } = ListSetting.Empty;
    public ListSetting IgnorePaths { get; init; } = ListSetting.Empty;
    public ListSetting IgnorePatterns { get; init; } = ListSetting.Empty;
    public ListSetting Uses { get; init; } = ListSetting.Empty;
    public IReadOnlyDictionary<string, ToolLayer> Tools { get; init; } = new SortedDictionary<string, ToolLayer>(StringComparer.Ordinal);

    /// <summary>
    /// This over a weaker one. Associative, so that a chain of profiles can be merged from either end, but for codes of tools
    /// that replace what they inherit: these want the chain merged from the weakest on.
    /// </summary>
    public ProfileLayer Over(ProfileLayer weaker)
    {
        var tools = new SortedDictionary<string, ToolLayer>(StringComparer.Ordinal);
        foreach (var (name, tool) in weaker.Tools) tools[name] = tool;
        foreach (var (name, tool) in Tools) tools[name] = tools.TryGetValue(name, out var below) ? tool.Over(below, name) : tool;
        return new ProfileLayer
        {
            Strictness = Strictness ?? weaker.Strictness,
            DocWarnings = DocWarnings ?? weaker.DocWarnings,
            TestWarnings = TestWarnings ?? weaker.TestWarnings,
            MemberWarnings = MemberWarnings ?? weaker.MemberWarnings,
            Autodetect = Autodetect ?? weaker.Autodetect,
            MaxLineLength = MaxLineLength ?? weaker.MaxLineLength,
            Pep8 = Pep8 ?? weaker.Pep8,
            OutputFormat = OutputFormat ?? weaker.OutputFormat,
            OutputTargets = OutputTargets.Over(weaker.OutputTargets),
            IgnorePaths = IgnorePaths.Over(weaker.IgnorePaths),
            IgnorePatterns = IgnorePatterns.Over(weaker.IgnorePatterns),
            Uses = Uses.Over(weaker.Uses),
            Tools = tools,
        };
    }
}

/// <summary>What a profile says to one tool.</summary>
internal sealed record ToolLayer
{
    public bool? Run { get; init; }
    public IReadOnlyDictionary<string, object?> Options { get; init; } = new SortedDictionary<string, object?>(StringComparer.Ordinal);
    public ListSetting Enable { get; init; } = ListSetting.Empty;
    public ListSetting Disable { get; init; } = ListSetting.Empty;
    public IReadOnlyList<string>? LoadPlugins { get; init; }

    /// <summary>What is enabled here is no longer disabled below, and the other way round.</summary>
    public ToolLayer Over(ToolLayer weaker, string tool) => new()
    {
        Run = Run ?? weaker.Run,
        Options = Merged(Options, weaker.Options),
        Enable = Codes(tool, Enable, weaker.Enable, Disable),
        Disable = Codes(tool, Disable, weaker.Disable, Enable),
        LoadPlugins = LoadPlugins ?? weaker.LoadPlugins,
    };

    private static ListSetting Codes(string tool, ListSetting mine, ListSetting below, ListSetting opposite) =>
        new(ToolCodes.Joined(tool, mine.Replaces ? mine.Items : [.. mine.Items, .. ToolCodes.Without(tool, below.Items, opposite.Items)]), mine.Replaces || below.Replaces);

    private static SortedDictionary<string, object?> Merged(IReadOnlyDictionary<string, object?> mine, IReadOnlyDictionary<string, object?> below)
    {
        var merged = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in below) merged[name] = value;
        foreach (var (name, value) in mine)
            merged[name] = value is IReadOnlyDictionary<string, object?> map && merged.TryGetValue(name, out var old) && old is IReadOnlyDictionary<string, object?> oldMap
                ? Merged(map, oldMap)
                : value;
        return merged;
    }
}

/// <summary>A list that adds to what it inherits, or replaces it.</summary>
internal sealed record ListSetting(IReadOnlyList<string> Items, bool Replaces = false)
{
    public static readonly ListSetting Empty = new([]);

    public ListSetting Over(ListSetting weaker) =>
        Replaces ? this : new ListSetting([.. Items.Concat(weaker.Items).Distinct(StringComparer.Ordinal)], weaker.Replaces);
}
