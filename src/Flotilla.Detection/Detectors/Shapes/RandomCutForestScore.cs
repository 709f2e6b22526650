namespace Flotilla.Detection;

/// <summary>
/// The mean collusive displacement of the newest shingle (the last values as one point) over a robust random cut forest. Each
/// tree holds its own sample, biased to the recent: when full, a new shingle replaces a random one with probability
/// size/history, so that the mean age in the sample is <c>history</c> (C. C. Aggarwal, "On Biased Reservoir Sampling in the
/// Presence of Stream Evolution", VLDB 2006). A shingle that is not kept is in the tree only while it is judged.
/// </summary>
internal sealed class RandomCutForestScore : IRawScore
{
    private readonly int _size;
    private readonly double _keep;
    private readonly Random _random;
    private readonly SlidingWindow _shingle;
    private readonly RandomCutTree[] _trees;
    private readonly int[][] _samples;

    public RandomCutForestScore(int trees, int size, int shingle, int history, int seed)
    {
        _size = size;
        _keep = Math.Min(1, (double)size / history);
        _random = new Random(seed);
        _shingle = new SlidingWindow(shingle);
        _trees = [.. Enumerable.Range(0, trees).Select(_ => new RandomCutTree(shingle, size + 1, _random))];
        _samples = [.. Enumerable.Range(0, trees).Select(_ => new int[size])];
    }

    public double Next(double value)
    {
        _shingle.Add(value);
        if (!_shingle.IsFull) return double.NaN;

        double sum = 0;
        var full = _trees[0].Count == _size;
        for (var i = 0; i < _trees.Length; i++)
        {
            var (tree, sample) = (_trees[i], _samples[i]);
            var held = tree.Count;
            var leaf = tree.Insert(_shingle.Values);
            if (!full)
            {
                sample[held] = leaf;
                continue;
            }
            sum += tree.CollusiveDisplacement(leaf);
            if (_random.NextDouble() < _keep)
            {
                var replaced = _random.Next(_size);
                tree.Delete(sample[replaced]);
                sample[replaced] = leaf;
            }
            else
            {
                tree.Delete(leaf);
            }
        }
        return full ? sum / _trees.Length : double.NaN;
    }
}
