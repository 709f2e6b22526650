using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.MessagePack.Tests;

public sealed class LawTests
{
    [Fact]
    public void What_is_written_is_read() =>
        Prop.ForAll(Values.Any, value => Values.Show(Values.Decode(Values.Encode(value))).ShouldBe(Values.Show(value))).QuickCheckThrowOnFailure();

    [Fact]
    public void Input_in_pieces_is_the_same_as_in_one() =>
        Prop.ForAll(Values.Any, Arb.From(Gen.Choose(1, 20)), (value, size) =>
            Values.Show(Values.Decode(Values.Pieces(Values.Encode(value), size))).ShouldBe(Values.Show(value))).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_shorter_input_asks_for_more_and_consumes_nothing() =>
        Prop.ForAll(Values.Any, value =>
        {
            var bytes = Values.Encode(value);
            for (var length = 0; length < Math.Min(bytes.Length, 200); length++)
            {
                var reader = new MessagePackReader(bytes.AsMemory(0, length));
                reader.TryReadRaw(out _).ShouldBeFalse();
                reader.TrySkip().ShouldBeFalse();
                reader.Consumed.ShouldBe(0);
                if (length > 0) Should.Throw<MessagePackException>(() => Values.Decode(bytes[..length]));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_scanner_finds_the_end_of_each_value_however_the_input_is_cut() =>
        Prop.ForAll(Values.Any, Values.Any, Arb.From(Gen.Choose(1, 20)), (first, second, size) =>
        {
            byte[] one = Values.Encode(first), both = [.. one, .. Values.Encode(second)];
            var scanner = new MessagePackScanner();
            List<int> ends = [];
            for (var at = 0; at < both.Length;)
            {
                var piece = both.AsSpan(at, Math.Min(size, both.Length - at));
                var ended = scanner.TryFindEnd(piece, out var consumed);
                at += consumed;
                if (ended) ends.Add(at);
                else consumed.ShouldBe(piece.Length);
                scanner.IsAtStart.ShouldBe(ended);
            }
            ends.ShouldBe([one.Length, both.Length]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_give_values_ask_for_more_or_are_refused()
    {
        var random = new System.Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            Refuses(bytes);
        }
    }

    [Fact]
    public void Damaged_values_give_values_ask_for_more_or_are_refused()
    {
        var random = new System.Random(2);
        foreach (var value in Values.Any.Generator.Sample(2_000))
        {
            var bytes = Values.Encode(value);
            for (var i = 0; i < 50; i++)
            {
                var damaged = bytes.ToArray();
                for (var n = random.Next(1, 4); n > 0; n--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                Refuses(damaged);
            }
        }
    }

    private static void Refuses(byte[] bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            while (!reader.End) Values.Read(ref reader);
        }
        catch (MessagePackException) { }
        try
        {
            var reader = new MessagePackReader(Values.Pieces(bytes, 3));
            while (reader.TrySkip()) { }
        }
        catch (MessagePackException) { }
    }
}
