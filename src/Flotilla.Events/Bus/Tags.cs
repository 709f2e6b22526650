using System.Collections.ObjectModel;

namespace Flotilla.Events;

internal static class Tags
{
    /// <summary>A copy that nobody can change, sorted by name.</summary>
    public static IReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> tags) =>
        new ReadOnlyDictionary<string, string>(new SortedDictionary<string, string>(tags.ToDictionary(), StringComparer.Ordinal));
}
