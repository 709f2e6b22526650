namespace Flotilla.Detection;

/// <summary>Equality of label sets whatever their order; with <paramref name="ignoreBounds"/> the label <c>le</c> does not count.</summary>
internal sealed class LabelComparer(bool ignoreBounds) : IEqualityComparer<IReadOnlyList<KeyValuePair<string, string>>>
{
    public bool Equals(IReadOnlyList<KeyValuePair<string, string>>? x, IReadOnlyList<KeyValuePair<string, string>>? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || Size(x) != Size(y)) return false;
        for (var i = 0; i < x.Count; i++)
        {
            if (IsIgnored(x[i])) continue;
            if (!(i < y.Count && Same(x[i], y[i])) && !Contains(y, x[i])) return false;
        }
        return true;
    }

    public int GetHashCode(IReadOnlyList<KeyValuePair<string, string>> obj)
    {
        var hash = 0;
        for (var i = 0; i < obj.Count; i++)
            if (!IsIgnored(obj[i])) hash += HashCode.Combine(obj[i].Key, obj[i].Value);
        return hash;
    }

    private int Size(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        var size = labels.Count;
        if (!ignoreBounds) return size;
        for (var i = 0; i < labels.Count; i++)
            if (IsIgnored(labels[i])) size--;
        return size;
    }

    private bool IsIgnored(KeyValuePair<string, string> label) => ignoreBounds && label.Key == "le";

    private static bool Same(KeyValuePair<string, string> a, KeyValuePair<string, string> b) => a.Key == b.Key && a.Value == b.Value;

    private static bool Contains(IReadOnlyList<KeyValuePair<string, string>> labels, KeyValuePair<string, string> label)
    {
        for (var i = 0; i < labels.Count; i++)
            if (Same(labels[i], label)) return true;
        return false;
    }
}
