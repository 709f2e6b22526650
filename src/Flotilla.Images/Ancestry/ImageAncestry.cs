using Flotilla.Images.Graph;

namespace Flotilla.Images.Ancestry;

/// <summary>Which version came from which: those of lineages with all that they were built from.</summary>
/// <param name="Versions">Each before all that it came from; otherwise the newest first.</param>
public sealed record ImageAncestry(IReadOnlyList<GraphImage> Versions)
{
    /// <summary>
    /// A picture, as <c>git log --graph</c> makes one: a line for each version, with lines that connect it with those that it came from.
    /// </summary>
    /// <param name="text">What stands beside a version.</param>
    public IReadOnlyList<string> Draw(Func<GraphImage, string> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return AncestryPicture.Draw(Versions, text);
    }

    internal static ImageAncestry Of(IEnumerable<ObjectId> newest, Func<ObjectId, GraphImage> load)
    {
        var versions = new Dictionary<ObjectId, GraphImage>();
        var children = new Dictionary<ObjectId, int>();
        var open = new Stack<ObjectId>(newest);
        while (open.TryPop(out var id))
        {
            if (versions.ContainsKey(id)) continue;
            var image = versions[id] = load(id);
            foreach (var parent in image.Parents.Distinct())
            {
                children[parent] = children.GetValueOrDefault(parent) + 1;
                open.Push(parent);
            }
        }
        // Kahn's algorithm, the newest of those that are possible first.
        var ready = new SortedSet<GraphImage>(Comparer<GraphImage>.Create((a, b) => b.Time.CompareTo(a.Time) is var order and not 0 ? order
            : string.CompareOrdinal(a.Name, b.Name) is var names and not 0 ? names : a.Commit.CompareTo(b.Commit)));
        ready.UnionWith(versions.Values.Where(image => !children.ContainsKey(image.Commit)));
        var sorted = new List<GraphImage>();
        while (ready.Min is { } image)
        {
            ready.Remove(image);
            sorted.Add(image);
            foreach (var parent in image.Parents.Distinct())
                if (--children[parent] == 0) ready.Add(versions[parent]);
        }
        return new ImageAncestry(sorted);
    }
}
