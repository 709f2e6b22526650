namespace Flotilla.Resources;

/// <summary>Resources by index in order of declaration, with the edges between them.</summary>
internal sealed class ResourceGraph
{
    private readonly IReadOnlyList<Resource> _resources;
    private readonly List<int>[] _next;
    private readonly Dictionary<(int From, int To), int> _places = [];
    private readonly List<Edge> _edges = [];

    /// <param name="resources">Each id once.</param>
    /// <param name="index">The place of each id; relations to others are left out.</param>
    public ResourceGraph(IReadOnlyList<Resource> resources, IReadOnlyDictionary<ResourceId, int> index)
    {
        _resources = resources;
        _next = [.. resources.Select(_ => new List<int>())];
        AddExplicit(index);
        AddAutomatic(index);
    }

    /// <summary>Those that were declared first, then those that follow, each in order of declaration.</summary>
    public IReadOnlyList<Edge> Edges => _edges;

    /// <summary>The resources in order, or null when there is a cycle (Kahn's algorithm, ties by declaration).</summary>
    public IReadOnlyList<Resource>? Order()
    {
        var waiting = Waiting();
        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < waiting.Length; i++)
            if (waiting[i] == 0) ready.Enqueue(i, i);
        var order = new List<Resource>(_resources.Count);
        while (ready.TryDequeue(out var node, out _))
        {
            order.Add(_resources[node]);
            foreach (var next in _next[node])
                if (--waiting[next] == 0) ready.Enqueue(next, next);
        }
        return order.Count == _resources.Count ? order : null;
    }

    /// <summary>A shortest cycle of each knot of resources that wait for each other; its first resource is the first declared and stands at the end again.</summary>
    public IReadOnlyList<IReadOnlyList<Resource>> Cycles()
    {
        var cycles = new List<IReadOnlyList<Resource>>();
        var told = new bool[_resources.Count];
        for (var start = 0; start < _resources.Count; start++)
        {
            if (told[start] || CycleThrough(start) is not { } cycle) continue;
            cycles.Add([.. cycle.Select(node => _resources[node])]);
            // All that lie on some way from here back to here are in the same knot.
            foreach (var node in Reachable(start))
                if (IsReachable(node, start)) told[node] = true;
        }
        return cycles;
    }

    private int[] Waiting()
    {
        var waiting = new int[_resources.Count];
        foreach (var nexts in _next)
            foreach (var next in nexts) waiting[next]++;
        return waiting;
    }

    private void AddExplicit(IReadOnlyDictionary<ResourceId, int> index)
    {
        for (var i = 0; i < _resources.Count; i++)
        {
            var resource = _resources[i];
            foreach (var (id, comesBefore, refreshes) in Relations(resource))
                if (index.TryGetValue(id, out var other)) Add(comesBefore ? i : other, comesBefore ? other : i, EdgeKind.Explicit, refreshes);
        }
    }

    private void AddAutomatic(IReadOnlyDictionary<ResourceId, int> index)
    {
        var wanted = new List<(int From, int To)>();
        for (var i = 0; i < _resources.Count; i++)
            foreach (var id in _resources[i].AutomaticRequires)
                if (index.TryGetValue(id, out var other) && other != i)
                    wanted.Add(_resources[other].IsAbsent ? (i, other) : (other, i));
        var explicitEdges = _edges.Count;
        foreach (var (from, to) in wanted) Add(from, to, EdgeKind.Automatic, refreshes: false);
        if (Order() is not null) return;

        // Rare: what follows goes against what was said. Then each edge is tried alone.
        RemoveFrom(explicitEdges);
        foreach (var (from, to) in wanted)
            if (!IsReachable(to, from)) Add(from, to, EdgeKind.Automatic, refreshes: false);
    }

    internal static IEnumerable<(ResourceId Id, bool ComesBefore, bool Refreshes)> Relations(Resource resource) =>
        resource.Before.Select(id => (id, true, false))
            .Concat(resource.Notify.Select(id => (id, true, true)))
            .Concat(resource.Require.Select(id => (id, false, false)))
            .Concat(resource.Subscribe.Select(id => (id, false, true)));

    private void Add(int from, int to, EdgeKind kind, bool refreshes)
    {
        if (_places.TryGetValue((from, to), out var place))
        {
            if (refreshes) _edges[place] = _edges[place] with { Refreshes = true };
            return;
        }
        _places.Add((from, to), _edges.Count);
        _edges.Add(new Edge(_resources[from].Id, _resources[to].Id, kind, refreshes));
        _next[from].Add(to);
    }

    private void RemoveFrom(int first)
    {
        foreach (var (from, to) in _places.Where(place => place.Value >= first).Select(place => place.Key).ToList())
        {
            _places.Remove((from, to));
            _next[from].Remove(to);
        }
        _edges.RemoveRange(first, _edges.Count - first);
    }

    private List<int>? CycleThrough(int start)
    {
        var from = new Dictionary<int, int>();
        var queue = new Queue<int>([start]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var next in _next[node])
            {
                if (next == start) return PathBack(from, start, node);
                if (from.TryAdd(next, node)) queue.Enqueue(next);
            }
        }
        return null;
    }

    private static List<int> PathBack(Dictionary<int, int> from, int start, int last)
    {
        var path = new List<int> { start };
        for (var node = last; node != start; node = from[node]) path.Add(node);
        path.Add(start);
        path.Reverse();
        return path;
    }

    private bool IsReachable(int from, int to) => from == to || Reachable(from).Contains(to);

    private IEnumerable<int> Reachable(int start)
    {
        var seen = new HashSet<int> { start };
        var queue = new Queue<int>([start]);
        while (queue.TryDequeue(out var node))
        {
            yield return node;
            foreach (var next in _next[node])
                if (seen.Add(next)) queue.Enqueue(next);
        }
    }
}
