using System.Text;
using Flotilla.Apps.Engines.Real;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Apps.Tests;

public sealed class LineReaderTests
{
    private static List<string> Read(byte[] bytes, int step)
    {
        var lines = new List<string>();
        var reader = new LineReader(lines.Add);
        for (var at = 0; at < bytes.Length; at += step) reader.Add(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
        reader.Finish();
        return lines;
    }

    [Fact]
    public void Lines_are_the_same_however_the_bytes_arrive() =>
        Prop.ForAll<NonNull<string>[], PositiveInt>((parts, step) =>
        {
            var expected = parts.Select(part => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(part.Get)).Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal)).ToList();
            var bytes = Encoding.UTF8.GetBytes(string.Concat(expected.Select(line => line + "\n")));
            Read(bytes, step.Get).ShouldBe(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_last_line_without_end_is_a_line_and_carriage_returns_go() =>
        Read("a\r\n\r\nb"u8.ToArray(), 1).ShouldBe(["a", "", "b"]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_long_line_comes_in_parts_with_whole_characters(int shift)
    {
        var text = new string('x', shift) + string.Concat(Enumerable.Repeat("€", 50_000));
        var parts = Read(Encoding.UTF8.GetBytes(text + "\nnext\n"), 7_777);
        parts[..^1].ShouldAllBe(part => Encoding.UTF8.GetByteCount(part) <= LineReader.LineBytesMax && !part.Contains('\uFFFD'));
        string.Concat(parts[..^1]).ShouldBe(text);
        parts[^1].ShouldBe("next");
        parts.Count.ShouldBe(4);
    }

    [Fact]
    public void A_line_of_the_greatest_length_is_whole()
    {
        var text = new string('x', LineReader.LineBytesMax);
        Read(Encoding.UTF8.GetBytes(text + "\n"), 1000).ShouldBe([text]);
        Read(Encoding.UTF8.GetBytes(text + "y\n"), 1000).ShouldBe([text, "y"]);
    }
}
