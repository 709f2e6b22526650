namespace Flotilla.Detection;

/// <summary>
/// A robust random cut tree (S. Guha, N. Mishra, G. Roy, O. Schrijvers, "Robust Random Cut Forest Based Anomaly Detection on
/// Streams", ICML 2016): each inner node cuts the bounding box of its points in a dimension chosen in proportion to the box's
/// sides, at a uniform place. Inserting and deleting keep the distribution of trees over the points held. Equal points
/// share a leaf. Nodes are numbers: leaves from 0, inner nodes from <c>capacity</c>.
/// </summary>
/// <param name="dimensions">Coordinates of a point.</param>
/// <param name="capacity">How many points it can hold, equal ones counted each.</param>
/// <param name="random">Chooses the cuts.</param>
internal sealed class RandomCutTree(int dimensions, int capacity, Random random)
{
    private const int None = -1;

    private readonly double[] _points = new double[capacity * dimensions];
    private readonly double[] _low = new double[capacity * dimensions];
    private readonly double[] _high = new double[capacity * dimensions];
    private readonly double[] _cuts = new double[capacity];
    private readonly int[] _cutDimensions = new int[capacity];
    private readonly int[] _left = new int[capacity];
    private readonly int[] _right = new int[capacity];
    private readonly int[] _parents = new int[2 * capacity];
    private readonly int[] _counts = new int[2 * capacity];
    private readonly double[] _sides = new double[dimensions];
    private readonly Stack<int> _freeLeaves = new(Enumerable.Range(0, capacity).Reverse());
    private readonly Stack<int> _freeNodes = new(Enumerable.Range(capacity, capacity).Reverse());

    /// <summary>The topmost node; -1 while there is no point.</summary>
    public int Root { get; private set; } = None;

    /// <summary>How many points it holds.</summary>
    public int Count => Root == None ? 0 : _counts[Root];

    public bool IsLeaf(int node) => node < capacity;

    public (int Left, int Right) Children(int node) => (_left[node - capacity], _right[node - capacity]);

    public (int Dimension, double Value) Cut(int node) => (_cutDimensions[node - capacity], _cuts[node - capacity]);

    /// <summary>How many points lie below a node.</summary>
    public int CountOf(int node) => _counts[node];

    /// <summary>The smallest coordinates below a node.</summary>
    public ReadOnlySpan<double> Low(int node) => node < capacity ? Coordinates(_points, node) : Coordinates(_low, node - capacity);

    /// <summary>The largest coordinates below a node.</summary>
    public ReadOnlySpan<double> High(int node) => node < capacity ? Coordinates(_points, node) : Coordinates(_high, node - capacity);

    /// <summary>Adds a point, and says in which leaf it is.</summary>
    public int Insert(ReadOnlySpan<double> point)
    {
        if (Root == None)
        {
            Root = NewLeaf(point);
            _parents[Root] = None;
            return Root;
        }

        var node = Root;
        while (true)
        {
            var low = Low(node);
            var high = High(node);
            var total = Vectors.Sides(low, high, point, _sides);
            if (total == 0 && IsLeaf(node))
            {
                // Those above were counted on the way down.
                _counts[node]++;
                return node;
            }

            var dimension = Choose(random.NextDouble() * total, out var offset);
            var from = Math.Min(low[dimension], point[dimension]);
            var below = Math.Max(high[dimension], point[dimension]);
            var cut = Math.Clamp(from + offset, from, Math.BitDecrement(below));
            if (cut < low[dimension] || cut >= high[dimension]) return PutAbove(node, dimension, cut, point);

            var inner = node - capacity;
            Extend(inner, point);
            _counts[node]++;
            node = point[_cutDimensions[inner]] <= _cuts[inner] ? _left[inner] : _right[inner];
        }
    }

    /// <summary>Takes one point out of a leaf.</summary>
    public void Delete(int leaf)
    {
        if (_counts[leaf] > 1)
        {
            for (var up = leaf; up != None; up = _parents[up]) _counts[up]--;
            return;
        }

        var parent = _parents[leaf];
        _freeLeaves.Push(leaf);
        if (parent == None)
        {
            Root = None;
            return;
        }
        var sibling = SiblingOf(leaf);
        var above = _parents[parent];
        Replace(above, parent, sibling);
        _freeNodes.Push(parent);

        var point = Coordinates(_points, leaf);
        var shrinks = true;
        for (var up = above; up != None; up = _parents[up])
        {
            _counts[up]--;
            shrinks = shrinks && Shrink(up - capacity, point);
        }
    }

    /// <summary>
    /// The collusive displacement of a leaf: the largest, over the subtrees C that hold it, of the points that would rise by one
    /// level if C were removed (those below C's sibling) for each point of C.
    /// </summary>
    public double CollusiveDisplacement(int leaf)
    {
        double most = 0;
        for (var node = leaf; _parents[node] != None; node = _parents[node])
            most = Math.Max(most, (double)_counts[SiblingOf(node)] / _counts[node]);
        return most;
    }

    private int Choose(double along, out double offset)
    {
        var last = 0;
        for (var d = 0; d < dimensions; d++)
        {
            if (_sides[d] == 0) continue;
            last = d;
            if (along < _sides[d]) break;
            along -= _sides[d];
        }
        offset = Math.Min(along, _sides[last]);
        return last;
    }

    private int PutAbove(int node, int dimension, double cut, ReadOnlySpan<double> point)
    {
        var leaf = NewLeaf(point);
        var parent = _freeNodes.Pop();
        var inner = parent - capacity;
        Low(node).CopyTo(Coordinates(_low, inner));
        High(node).CopyTo(Coordinates(_high, inner));
        Extend(inner, point);
        (_cutDimensions[inner], _cuts[inner]) = (dimension, cut);
        (_left[inner], _right[inner]) = point[dimension] <= cut ? (leaf, node) : (node, leaf);
        _counts[parent] = _counts[node] + 1;
        Replace(_parents[node], node, parent);
        _parents[node] = _parents[leaf] = parent;
        return leaf;
    }

    private int NewLeaf(ReadOnlySpan<double> point)
    {
        var leaf = _freeLeaves.Pop();
        point.CopyTo(Coordinates(_points, leaf));
        _counts[leaf] = 1;
        return leaf;
    }

    private void Replace(int parent, int old, int node)
    {
        _parents[node] = parent;
        if (parent == None) Root = node;
        else if (_left[parent - capacity] == old) _left[parent - capacity] = node;
        else _right[parent - capacity] = node;
    }

    private int SiblingOf(int node)
    {
        var inner = _parents[node] - capacity;
        return _left[inner] == node ? _right[inner] : _left[inner];
    }

    private void Extend(int inner, ReadOnlySpan<double> point) =>
        Vectors.Extend(Coordinates(_low, inner), Coordinates(_high, inner), point, point);

    // False when the point that left lay inside the box, and so inside every box above.
    private bool Shrink(int inner, ReadOnlySpan<double> gone)
    {
        var low = Coordinates(_low, inner);
        var high = Coordinates(_high, inner);
        if (!Touches(low, high, gone)) return false;
        var (left, right) = (_left[inner], _right[inner]);
        Low(left).CopyTo(low);
        High(left).CopyTo(high);
        Vectors.Extend(low, high, Low(right), High(right));
        return true;
    }

    private static bool Touches(ReadOnlySpan<double> low, ReadOnlySpan<double> high, ReadOnlySpan<double> point)
    {
        for (var d = 0; d < point.Length; d++)
            if (point[d] <= low[d] || point[d] >= high[d]) return true;
        return false;
    }

    private Span<double> Coordinates(double[] of, int index) => of.AsSpan(index * dimensions, dimensions);
}
