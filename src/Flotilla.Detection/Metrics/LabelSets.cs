namespace Flotilla.Detection;

/// <summary>
/// The label sets of one scrape. Scrapes list them in the same order again and again, so a set is looked for first where it is
/// expected; the index by labels is only made for many. The objects are used again after <see cref="Clear"/>.
/// </summary>
internal sealed class LabelSets(bool ignoreBounds)
{
    private const int Few = 8;

    private readonly List<LabelSet> _sets = [];
    private readonly Dictionary<IReadOnlyList<KeyValuePair<string, string>>, LabelSet> _index = new(new LabelComparer(ignoreBounds));
    private readonly LabelComparer _comparer = new(ignoreBounds);

    public int Count { get; private set; }

    public LabelSet this[int index] => _sets[index];

    public void Clear()
    {
        Count = 0;
        _index.Clear();
    }

    /// <summary>The set with these labels, made when it is not there yet; <paramref name="before"/> is the scrape before.</summary>
    public LabelSet GetOrAdd(IReadOnlyList<KeyValuePair<string, string>> labels, LabelSets before)
    {
        if (Find(labels, Count - 1) is { } known) return known;
        if (Count == _sets.Count) _sets.Add(new LabelSet());
        var added = _sets[Count];
        added.Reset(labels, before.Find(labels, Count));
        Count++;
        if (Count == Few + 1)
        {
            for (var i = 0; i < Count; i++) _index.Add(_sets[i].Labels, _sets[i]);
        }
        else if (Count > Few)
        {
            _index.Add(labels, added);
        }
        return added;
    }

    private LabelSet? Find(IReadOnlyList<KeyValuePair<string, string>> labels, int expected)
    {
        if (expected >= 0 && expected < Count && _comparer.Equals(_sets[expected].Labels, labels)) return _sets[expected];
        if (Count > Few) return _index.GetValueOrDefault(labels);
        for (var i = 0; i < Count; i++)
            if (_comparer.Equals(_sets[i].Labels, labels)) return _sets[i];
        return null;
    }
}
