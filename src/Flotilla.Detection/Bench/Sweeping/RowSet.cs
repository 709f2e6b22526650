using System.Numerics;

namespace Flotilla.Detection.Bench;

/// <summary>A set of positions below a fixed count that finds the next one quickly.</summary>
internal sealed class RowSet(int count)
{
    private readonly ulong[] _words = new ulong[(count + 63) / 64];

    public bool this[int row] => (uint)row < (uint)count && (_words[row >> 6] & (1UL << row)) != 0;

    public void Add(int row) => _words[row >> 6] |= 1UL << row;

    public void Remove(int row) => _words[row >> 6] &= ~(1UL << row);

    /// <summary>The first position from <paramref name="row"/> on; <see cref="int.MaxValue"/> without one.</summary>
    public int NextFrom(int row)
    {
        if (row < 0) row = 0;
        if (row >= count) return int.MaxValue;
        var word = row >> 6;
        var bits = _words[word] & (ulong.MaxValue << row);
        while (bits == 0)
        {
            if (++word == _words.Length) return int.MaxValue;
            bits = _words[word];
        }
        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }
}
