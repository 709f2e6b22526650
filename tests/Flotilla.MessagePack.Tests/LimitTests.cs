namespace Flotilla.MessagePack.Tests;

public sealed class LimitTests
{
    [Theory]
    [InlineData("dbffffffff", "A string of 4,294,967,295 bytes is declared; the limit is 16,777,216.")]
    [InlineData("c6ffffffff", "A binary of 4,294,967,295 bytes is declared; the limit is 16,777,216.")]
    [InlineData("c9ffffffff00", "An extension of 4,294,967,295 bytes is declared; the limit is 16,777,216.")]
    [InlineData("ddffffffff", "An array of 4,294,967,295 elements is declared; the limit is 1,048,576.")]
    [InlineData("dfffffffff", "A map of 4,294,967,295 elements is declared; the limit is 1,048,576.")]
    public void A_declared_length_beyond_the_limit_is_refused_at_once(string hex, string message)
    {
        var bytes = Convert.FromHexString(hex);
        Should.Throw<MessagePackException>(() => new MessagePackReader(bytes).TryReadRaw(out _)).Message.ShouldBe(message);
        Should.Throw<MessagePackException>(() => new MessagePackScanner().TryFindEnd(bytes, out _)).Message.ShouldBe(message);
    }

    [Fact]
    public void A_declared_length_within_the_limit_allocates_nothing_before_the_bytes_are_there()
    {
        byte[] bytes = [0xDB, 0x00, 0xFF, 0xFF, 0xFF, 0x61];
        var before = GC.GetAllocatedBytesForCurrentThread();
        new MessagePackReader(bytes).TryReadString(out _).ShouldBeFalse();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Fact]
    public void Depth_at_the_limit_is_read_and_one_more_refused()
    {
        byte[] Nested(int depth) => [.. Enumerable.Repeat((byte)0x91, depth), 0xC0];
        new MessagePackReader(Nested(64)).TrySkip().ShouldBeTrue();
        Should.Throw<MessagePackException>(() => new MessagePackReader(Nested(65)).TrySkip())
            .Message.ShouldBe("Arrays and maps stand within each other more than 64 deep.");
    }

    [Fact]
    public void A_value_beyond_the_total_is_refused_before_all_of_it_has_come()
    {
        var scanner = new MessagePackScanner(new MessagePackLimits(TotalMax: 1_000));
        var piece = new byte[400];
        scanner.TryFindEnd([0xDC, 0x00, 0x64], out _).ShouldBeFalse();
        scanner.TryFindEnd([0xC5, 0x01, 0x90], out _).ShouldBeFalse();
        scanner.TryFindEnd(piece, out _).ShouldBeFalse();
        scanner.TryFindEnd([0xC5, 0x01, 0x90], out _).ShouldBeFalse();
        scanner.TryFindEnd(piece, out _).ShouldBeFalse();
        Should.Throw<MessagePackException>(() => scanner.TryFindEnd([0xC5, 0x01, 0x90], out _));
    }

    [Fact]
    public void The_byte_that_begins_nothing_is_refused() =>
        Should.Throw<MessagePackException>(() => new MessagePackReader(new byte[] { 0xC1 }).TrySkip());

    [Theory]
    [InlineData("cf8000000000000000")]
    public void An_integer_beyond_the_asked_range_is_refused(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Should.Throw<MessagePackException>(() => new MessagePackReader(bytes).ReadInt64())
            .Message.ShouldBe("The integer 9223372036854775808 before byte 9 is no signed 64-bit number.");
        Should.Throw<MessagePackException>(() => new MessagePackReader(bytes).ReadInt32());
        new MessagePackReader(bytes).ReadUInt64().ShouldBe(1UL << 63);
        Should.Throw<MessagePackException>(() => new MessagePackReader(new byte[] { 0xFF }).ReadUInt64());
        new MessagePackReader(new byte[] { 0xFF }).ReadInt32().ShouldBe(-1);
    }

    [Fact]
    public void A_wrong_type_is_told_from_its_first_byte() =>
        Should.Throw<MessagePackException>(() => new MessagePackReader(new byte[] { 0xDA }).TryReadMapHeader(out _))
            .Message.ShouldBe("A map is expected at byte 0, and a string is there.");
}
