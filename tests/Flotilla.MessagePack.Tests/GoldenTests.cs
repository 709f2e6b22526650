using System.Buffers;
using System.Text;

namespace Flotilla.MessagePack.Tests;

public sealed class GoldenTests
{
    [Fact]
    public void The_handshake_of_Serf_is_written_to_the_byte()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteMapHeader(2);
        writer.Write("Command");
        writer.Write("handshake");
        writer.Write("Seq");
        writer.Write(1);
        writer.WriteMapHeader(1);
        writer.Write("Version");
        writer.Write(1);
        output.WrittenSpan.ToArray().ShouldBe([
            0x82, 0xA7, .. "Command"u8, 0xA9, .. "handshake"u8, 0xA3, .. "Seq"u8, 0x01, 0x81, 0xA7, .. "Version"u8, 0x01]);
    }

    [Theory]
    [InlineData("82a54572726f72a0a353657102", "{'Error':'','Seq':2}")]
    [InlineData(
        "85a8436f616c65736365c2a54576656e74a475736572a54c54696d6506a44e616d65a27032a75061796c6f6164c403616263",
        "{'Coalesce':False,'Event':'user','LTime':6,'Name':'p2','Payload':<616263>}")]
    [InlineData("c4047f4d0001", "<7F4D0001>")]
    public void What_Serf_was_seen_to_send_is_read(string hex, string shown) =>
        Values.Show(Values.Decode(Convert.FromHexString(hex))).ShouldBe(shown);

    [Theory]
    [InlineData("00", "7f", "cc7f", "cd007f", "ce0000007f", "cf000000000000007f", "d07f", "d1007f", "d20000007f", "d3000000000000007f")]
    [InlineData("a161", "a161", "d90161", "da000161", "db0000000161")]
    [InlineData("c40161", "c40161", "c5000161", "c60000000161")]
    [InlineData("91c0", "91c0", "dc0001c0", "dd00000001c0")]
    [InlineData("8101c0", "8101c0", "de000101c0", "df0000000101c0")]
    [InlineData("d40561", "d40561", "c7010561", "c800010561", "c9000000010561")]
    [InlineData("d0df", "d0df", "d1ffdf", "d2ffffffdf", "d3ffffffffffffffdf")]
    public void Every_length_form_is_read_and_the_shortest_written(string _, string shortest, params string[] longer)
    {
        var value = Values.Decode(Convert.FromHexString(shortest));
        Convert.ToHexStringLower(Values.Encode(value)).ShouldBe(shortest);
        foreach (var form in longer) Values.Show(Values.Decode(Convert.FromHexString(form))).ShouldBe(Values.Show(value));
    }

    [Theory]
    [InlineData(0, "00"), InlineData(127, "7f"), InlineData(128, "cc80"), InlineData(256, "cd0100"), InlineData(65_536, "ce00010000")]
    [InlineData(4_294_967_296, "cf0000000100000000"), InlineData(-1, "ff"), InlineData(-32, "e0"), InlineData(-33, "d0df")]
    [InlineData(-129, "d1ff7f"), InlineData(-32_769, "d2ffff7fff"), InlineData(-2_147_483_649, "d3ffffffff7fffffff")]
    public void Integers_take_the_least_room(long value, string hex) => Convert.ToHexStringLower(Values.Encode(value)).ShouldBe(hex);

    [Theory]
    [InlineData(31, 1), InlineData(32, 2), InlineData(255, 2), InlineData(256, 3), InlineData(65_535, 3), InlineData(65_536, 5)]
    public void Text_takes_the_least_room(int length, int head) => Values.Encode(new string('x', length)).Length.ShouldBe(head + length);

    [Fact]
    public void An_event_time_of_the_forward_protocol_is_an_extension_of_type_0()
    {
        var reader = new MessagePackReader(Convert.FromHexString("d70067748580075bcd15"));
        reader.ReadExtension(out var type).ToArray().ShouldBe(Convert.FromHexString("67748580075bcd15"));
        type.ShouldBe((sbyte)0);
        reader.End.ShouldBeTrue();
    }

    [Fact]
    public void Text_and_binary_stand_for_each_other_where_asked()
    {
        new MessagePackReader(Convert.FromHexString("c403616263")).ReadString(orBinary: true).ShouldBe("abc");
        Encoding.UTF8.GetString(new MessagePackReader(Convert.FromHexString("a3616263")).ReadBinary(orString: true)).ShouldBe("abc");
        Should.Throw<MessagePackException>(() => new MessagePackReader(Convert.FromHexString("c403616263")).ReadString())
            .Message.ShouldBe("A string is expected at byte 0, and a binary is there.");
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_read_with_replacements() =>
        new MessagePackReader(Convert.FromHexString("a361ff62")).ReadString().ShouldBe("a\uFFFDb");
}
