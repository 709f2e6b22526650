namespace Flotilla.Detection;

/// <summary>
/// The newest points of a series, addressed by their number since its beginning. It grows and shrinks in small pieces, so it
/// takes about 13.5 bytes for each point that it holds: 8 for the value, 5 for the time.
/// </summary>
internal sealed class PointRing
{
    private const int PieceBits = 8;
    private const int PieceSize = 1 << PieceBits;

    private readonly List<Piece> _pieces = [];
    // The number of the first point of the first piece.
    private long _origin;
    private Piece? _spare;

    /// <summary>The number of the next point.</summary>
    public long Next { get; private set; }

    public double ValueAt(long number)
    {
        var at = (int)(number - _origin);
        return _pieces[at >> PieceBits].Values[at & (PieceSize - 1)];
    }

    /// <summary>Ticks of 100 ns, UTC.</summary>
    public long TimeAt(long number)
    {
        var at = (int)(number - _origin);
        return _pieces[at >> PieceBits].TimeAt(at & (PieceSize - 1));
    }

    public void Add(long time, double value)
    {
        var at = (int)(Next - _origin);
        if (at >> PieceBits == _pieces.Count)
        {
            _pieces.Add(_spare ?? new Piece());
            _spare = null;
        }
        var piece = _pieces[^1];
        piece.Values[at & (PieceSize - 1)] = value;
        piece.SetTime(at & (PieceSize - 1), time);
        Next++;
    }

    /// <summary>Forgets the points before this number, as far as whole pieces of them can be freed.</summary>
    public void ForgetBefore(long number)
    {
        while (number - _origin >= PieceSize)
        {
            _spare = _pieces[0];
            _pieces.RemoveAt(0);
            _origin += PieceSize;
        }
    }

    /// <summary>Copies the values of the points with the numbers <paramref name="from"/>, <paramref name="from"/> + 1, ….</summary>
    public void CopyValues(long from, Span<double> to)
    {
        while (to.Length > 0)
        {
            var at = (int)(from - _origin);
            var part = _pieces[at >> PieceBits].Values.AsSpan(at & (PieceSize - 1));
            if (part.Length > to.Length) part = part[..to.Length];
            part.CopyTo(to);
            to = to[part.Length..];
            from += part.Length;
        }
    }

    private sealed class Piece
    {
        // 40 bits of ticks are 30 hours.
        private const int HighShift = 32;
        private const long Span = 1L << 40;

        public double[] Values { get; } = new double[PieceSize];

        private long _first;
        private uint[]? _low;
        private byte[]? _high;
        private long[]? _whole;

        public long TimeAt(int at) => _whole is null ? _first + (_low![at] | (long)_high![at] << HighShift) : _whole[at];

        public void SetTime(int at, long time)
        {
            if (at == 0) Begin(time);
            if (_whole is null && time - _first is < 0 or >= Span) Widen(at);
            if (_whole is not null)
            {
                _whole[at] = time;
                return;
            }
            _low![at] = (uint)(time - _first);
            _high![at] = (byte)(time - _first >> HighShift);
        }

        private void Begin(long time)
        {
            _first = time;
            _whole = null;
            _low ??= new uint[PieceSize];
            _high ??= new byte[PieceSize];
        }

        private void Widen(int count)
        {
            var whole = new long[PieceSize];
            for (var i = 0; i < count; i++) whole[i] = TimeAt(i);
            (_whole, _low, _high) = (whole, null, null);
        }
    }
}
