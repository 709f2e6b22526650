namespace Flotilla.Running;

/// <summary>
/// Decides which host runs which slots of an app. Every host computes it alone from the same membership, so hosts that
/// know the same agree. Slot i belongs to the i-th host of the role, counted round; while that one is away, the host
/// with the fewest slots has it.
/// </summary>
internal static class Placement
{
    /// <param name="instances">How many slots there are.</param>
    /// <param name="hosts">All hosts of the role, as declared.</param>
    /// <param name="isAway">True for those that have failed or left.</param>
    /// <returns>For each host that is there, its slots in ascending order.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<int>> Of(int instances, IReadOnlyList<string> hosts, Func<string, bool> isAway)
    {
        var here = hosts.Where(host => !isAway(host)).ToDictionary(host => host, _ => new List<int>());
        if (here.Count > 0)
        {
            var homeless = new List<int>();
            for (var slot = 0; slot < instances; slot++)
                if (here.TryGetValue(hosts[slot % hosts.Count], out var home)) home.Add(slot);
                else homeless.Add(slot);
            foreach (var slot in homeless)
                hosts.Where(here.ContainsKey).Select(host => here[host]).MinBy(slots => slots.Count)!.Add(slot);
        }
        return here.ToDictionary(entry => entry.Key, IReadOnlyList<int> (entry) => [.. entry.Value.Order()]);
    }
}
