using System.Text;

namespace Flotilla.Detection.Tests;

public sealed class LargeSeriesTests
{
    private const int Blocks = 8_000;
    private const int RowsOfBlock = 1000;
    private const long MemoryMax = 1 << 20;

    [Fact]
    public void A_large_CSV_file_is_read_in_little_memory() => Check(new GeneratedStream("timestamp,value\n", "{0}{1},{1}.25\n", ""), 130L << 20, extra: 0);

    [Fact]
    public void A_large_JSON_file_is_read_in_little_memory() => Check(new GeneratedStream("[", "[{0}{1}, 1{1}.25],\n", "[9999999999, 0]]\n"), 155L << 20, extra: 1);

    // All that is allocated, not only what is in use at once, is less than a hundredth of the file.
    private static void Check(GeneratedStream stream, long bytes, int extra)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var rows = 0L;
        var sum = 0.0;
        foreach (var point in SeriesRows.Read(stream, new SeriesPlace("x"), new SeriesOptions()))
        {
            sum += point.Value;
            rows++;
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MemoryMax);
        rows.ShouldBe((long)Blocks * RowsOfBlock + extra);
        sum.ShouldBe(Blocks * Enumerable.Range(1000 * extra, RowsOfBlock).Sum(i => i + 0.25));
        stream.Given.ShouldBeGreaterThan(bytes);
    }

    /// <summary>A head, blocks of rows, a tail. A row's time is the number of its block and that of the row in the block.</summary>
    private sealed class GeneratedStream : Stream
    {
        private const int FirstBlock = 1_500_000;
        private readonly byte[] _head;
        private readonly byte[] _block;
        private readonly byte[] _tail;
        private readonly int[] _times;
        private byte[] _ready;
        private int _at;
        private int _blocks;

        public GeneratedStream(string head, string row, string tail)
        {
            var rows = Enumerable.Range(0, RowsOfBlock).Select(i => string.Format(row, FirstBlock, i.ToString("000"))).ToArray();
            _head = Encoding.UTF8.GetBytes(head);
            _block = Encoding.UTF8.GetBytes(string.Concat(rows));
            _tail = Encoding.UTF8.GetBytes(tail);
            var first = rows[0].IndexOf('1');
            _times = [.. Enumerable.Range(0, RowsOfBlock).Select(i => i * rows[0].Length + first)];
            _ready = _head;
        }

        public long Given { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == _ready.Length && !Next()) return 0;
            var length = Math.Min(count, _ready.Length - _at);
            _ready.AsSpan(_at, length).CopyTo(buffer.AsSpan(offset));
            _at += length;
            Given += length;
            return length;
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            if (offset != 0 || origin != SeekOrigin.Begin) throw new NotSupportedException();
            (_ready, _at, _blocks, Given) = (_head, 0, 0, 0);
            return 0;
        }

        private bool Next()
        {
            if (_ready == _tail) return false;
            _at = 0;
            if (_blocks == Blocks)
            {
                _ready = _tail;
                return _tail.Length > 0;
            }
            Span<byte> number = stackalloc byte[7];
            (FirstBlock + _blocks++).TryFormat(number, out _);
            foreach (var time in _times) number.CopyTo(_block.AsSpan(time));
            _ready = _block;
            return true;
        }

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
