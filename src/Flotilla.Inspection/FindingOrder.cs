namespace Flotilla.Inspection;

/// <summary>By path, line (none first), column, tool, code, message.</summary>
public sealed class FindingOrder : IComparer<Finding>
{
    /// <summary>The one there is.</summary>
    public static FindingOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(Finding? x, Finding? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var order = string.CompareOrdinal(x.Location.Path, y.Location.Path);
        if (order == 0) order = (x.Location.Line ?? -1).CompareTo(y.Location.Line ?? -1);
        if (order == 0) order = (x.Location.Column ?? -1).CompareTo(y.Location.Column ?? -1);
        if (order == 0) order = string.CompareOrdinal(x.Tool, y.Tool);
        if (order == 0) order = string.CompareOrdinal(x.Code, y.Code);
        return order == 0 ? string.CompareOrdinal(x.Message, y.Message) : order;
    }
}
