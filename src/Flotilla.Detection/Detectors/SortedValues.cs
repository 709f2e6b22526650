using System.Buffers;

namespace Flotilla.Detection;

/// <summary>
/// Numbers in sorted order, duplicates included, with ranks: sorted blocks of at most <c>B</c> values, the lowest value of each
/// block side by side, and the blocks' sizes in a binary indexed tree (P. M. Fenwick, Software: Practice and Experience
/// 24(3), 1994). With n values adding and removing cost O(B + log n), ranks O(log n). B follows √n. At least four fifths of
/// the space is filled, but for a few blocks, so a value takes at most about 10 bytes. At a million values it adds five times faster than
/// a balanced tree with counts, whose every step is a wait for memory, and takes a quarter of its space.
/// </summary>
internal sealed class SortedValues
{
    private const int SmallestBlock = 128;
    private const int LargestBlock = 1024;
    // Kept full to FullAtLeast; when there is less, everything is packed anew to FullAfterPacking, which leaves each block room.
    private const double FullAtLeast = 0.8;
    private const double FullAfterPacking = 0.9;

    private int _blockSize = SmallestBlock;
    private int _blockCount;
    private double[][] _blocks = new double[4][];
    private double[] _lowest = new double[4];
    private int[] _sizes = new int[4];
    // One-based: _tree[i] is the number of values in the blocks i − (i & −i) … i − 1.
    private int[] _tree = new int[5];

    public int Count { get; private set; }

    public int BlockCount => _blockCount;

    public double Min => _lowest[0];

    public double Max => _blocks[_blockCount - 1][_sizes[_blockCount - 1] - 1];

    /// <summary>The value at a rank, counted from 0 at the smallest.</summary>
    public double this[int rank]
    {
        get
        {
            var block = 0;
            for (var step = HighestStep(); step > 0; step >>= 1)
            {
                var next = block + step;
                if (next > _blockCount || _tree[next] > rank) continue;
                rank -= _tree[next];
                block = next;
            }
            return _blocks[block][rank];
        }
    }

    /// <summary>How many values are less than <paramref name="value"/>.</summary>
    public int CountBelow(double value)
    {
        var block = Sorted.CountBelow(_lowest.AsSpan(0, _blockCount), value) - 1;
        return block < 0 ? 0 : Before(block) + Sorted.CountBelow(_blocks[block].AsSpan(0, _sizes[block]), value);
    }

    public void Add(double value)
    {
        if (_blockCount == 0) InsertBlock(0, new double[_blockSize], 0);
        var index = BlockFor(value);
        if (_sizes[index] == _blockSize)
        {
            Split(index);
            index = BlockFor(value);
        }
        var size = _sizes[index]++;
        var block = _blocks[index];
        var at = Sorted.CountUpTo(block.AsSpan(0, size), value);
        block.AsSpan(at, size - at).CopyTo(block.AsSpan(at + 1));
        block[at] = value;
        _lowest[index] = block[0];
        Change(index, 1);
        Count++;
    }

    /// <summary>Removes one of the values that equal <paramref name="value"/>; there must be one.</summary>
    public void Remove(double value)
    {
        // The last block that starts with no more than the value holds its last occurrence.
        var index = BlockFor(value);
        var size = _sizes[index]--;
        var block = _blocks[index];
        var at = Sorted.CountUpTo(block.AsSpan(0, size), value) - 1;
        block.AsSpan(at + 1, size - at - 1).CopyTo(block.AsSpan(at));
        _lowest[index] = block[0];
        Count--;
        if (size == 1) RemoveBlock(index);
        else Change(index, -1);
        PackIfLoose();
    }

    private void Split(int index)
    {
        var half = _blockSize / 2;
        var right = new double[_blockSize];
        _blocks[index].AsSpan(half).CopyTo(right);
        _sizes[index] = half;
        InsertBlock(index + 1, right, _blockSize - half);
        PackIfLoose();
    }

    private void PackIfLoose()
    {
        // Larger blocks are faster from some number on, smaller ones in a cold cache and closer to the size that is needed.
        var tooMany = _blockCount > _blockSize && _blockSize < LargestBlock;
        if (tooMany || (long)_blockCount * _blockSize * FullAtLeast > Count + 2 * _blockSize) Pack(tooMany);
    }

    private void Pack(bool largerBlocks)
    {
        var all = ArrayPool<double>.Shared.Rent(Math.Max(Count, 1));
        var copied = 0;
        for (var i = 0; i < _blockCount; i++)
        {
            _blocks[i].AsSpan(0, _sizes[i]).CopyTo(all.AsSpan(copied));
            copied += _sizes[i];
        }
        if (largerBlocks)
        {
            _blockSize *= 2;
            Array.Clear(_blocks);
        }
        var needed = (int)Math.Ceiling(Count / (FullAfterPacking * _blockSize));
        Reserve(needed);
        var taken = 0;
        for (var i = 0; i < needed; i++)
        {
            // Spread evenly: the sizes differ by at most one.
            var size = (int)((long)Count * (i + 1) / needed) - taken;
            var block = _blocks[i] ??= new double[_blockSize];
            all.AsSpan(taken, size).CopyTo(block);
            _sizes[i] = size;
            _lowest[i] = block[0];
            taken += size;
        }
        ArrayPool<double>.Shared.Return(all);
        _blocks.AsSpan(needed).Clear();
        _blockCount = needed;
        Recount();
    }

    private void InsertBlock(int index, double[] block, int size)
    {
        Reserve(_blockCount + 1);
        var after = _blockCount - index;
        Array.Copy(_blocks, index, _blocks, index + 1, after);
        Array.Copy(_lowest, index, _lowest, index + 1, after);
        Array.Copy(_sizes, index, _sizes, index + 1, after);
        _blocks[index] = block;
        _lowest[index] = block[0];
        _sizes[index] = size;
        _blockCount++;
        Recount();
    }

    private void RemoveBlock(int index)
    {
        _blockCount--;
        var after = _blockCount - index;
        Array.Copy(_blocks, index + 1, _blocks, index, after);
        Array.Copy(_lowest, index + 1, _lowest, index, after);
        Array.Copy(_sizes, index + 1, _sizes, index, after);
        _blocks[_blockCount] = null!;
        Recount();
    }

    private void Reserve(int blocks)
    {
        if (blocks <= _blocks.Length) return;
        var room = Math.Max(blocks, _blocks.Length + _blocks.Length / 2);
        Array.Resize(ref _blocks, room);
        Array.Resize(ref _lowest, room);
        Array.Resize(ref _sizes, room);
        _tree = new int[room + 1];
    }

    private void Recount()
    {
        var tree = _tree.AsSpan(0, _blockCount + 1);
        _sizes.AsSpan(0, _blockCount).CopyTo(tree[1..]);
        for (var i = 1; i < tree.Length; i++)
        {
            var parent = i + (i & -i);
            if (parent < tree.Length) tree[parent] += tree[i];
        }
    }

    private void Change(int block, int by)
    {
        for (var i = block + 1; i <= _blockCount; i += i & -i) _tree[i] += by;
    }

    private int Before(int block)
    {
        var sum = 0;
        for (var i = block; i > 0; i &= i - 1) sum += _tree[i];
        return sum;
    }

    private int HighestStep() => _blockCount == 0 ? 0 : 1 << System.Numerics.BitOperations.Log2((uint)_blockCount);

    private int BlockFor(double value) => Math.Max(0, Sorted.CountUpTo(_lowest.AsSpan(0, _blockCount), value) - 1);
}
