using FsCheck;
using FsCheck.Fluent;
using Flotilla.Core.Simulated;
using Flotilla.Events.Serf;

namespace Flotilla.Events.Tests.Serf;

public sealed class SerfEnvelopeTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);
    private static readonly ulong Time = HybridClock.Microseconds(At) + 3;

    [Fact]
    public void An_event_is_written_to_the_byte() =>
        Convert.ToHexStringLower(SerfEnvelope.Write(new SerfEventMessage("web-1", 1_000_003, DateTimeOffset.UnixEpoch.AddSeconds(1), null, EventPayload.FromText("ok"))).Span)
            .ShouldBe("c146" + "96" + "00" + "a57765622d31" + "ce000f4243" + "03" + "c0" + "c4026f6b");

    [Fact]
    public void Every_message_is_read_as_it_was_written()
    {
        SerfMessage[] messages =
        [
            new SerfEventMessage("web-1", Time, At, null, EventPayload.Empty),
            new SerfEventMessage("web-1", Time, At, "name", EventPayload.FromText("payload")),
            new SerfQueryMessage("web-1", Time, At, TimeSpan.FromSeconds(5), "name", EventPayload.FromText("payload")),
            new SerfQueryMessage("web-1", Time, At, TimeSpan.FromSeconds(5), null, null),
            new SerfPartRequest("web-1", Time, 7),
            new SerfAnswerMessage(EventPayload.FromText("answer")),
            new SerfFailureMessage("no disk"),
            new SerfDeclineMessage(),
        ];
        foreach (var message in messages) SerfEnvelope.Read(SerfEnvelope.Write(message)).ShouldBe(message);
        var part = SerfEnvelope.Read(SerfEnvelope.Write(new SerfPartMessage("web-1", Time, 1, 3, "abc"u8.ToArray()))).ShouldBeOfType<SerfPartMessage>();
        (part.Origin, part.LamportTime, part.Index, part.Count, part.Bytes.Length).ShouldBe(("web-1", Time, 1, 3, 3));
        var answer = SerfEnvelope.Read(SerfEnvelope.Write(new SerfAnswerPart(2, 3, "ab"u8.ToArray()))).ShouldBeOfType<SerfAnswerPart>();
        (answer.Index, answer.Count, answer.Bytes.Length).ShouldBe((2, 3, 2));
    }

    [Theory]
    [InlineData(""), InlineData("v2"), InlineData("{\"a\":1}"), InlineData("\u00C1F")]
    public void What_others_send_is_not_taken_for_it(string text) => SerfEnvelope.Read(EventPayload.FromText(text).Bytes).ShouldBeNull();

    [Fact]
    public void Damaged_and_later_messages_are_left_aside()
    {
        SerfEnvelope.Read(new byte[] { 0xC1, 0x46 }).ShouldBeOfType<SerfUnknownMessage>();
        SerfEnvelope.Read(new byte[] { 0xC1, 0x46, 0x91, 0x63 }).ShouldBeOfType<SerfUnknownMessage>();
        var written = SerfEnvelope.Write(new SerfPartMessage("o", 1, 5, 3, default));
        SerfEnvelope.Read(written).ShouldBeOfType<SerfUnknownMessage>();
        Prop.ForAll<byte[]>(bytes => SerfEnvelope.Read(new byte[] { 0xC1, 0x46 }.Concat(bytes).ToArray()) is not null).QuickCheckThrowOnFailure();
        var whole = SerfEnvelope.Write(new SerfQueryMessage("web-1", Time, At, TimeSpan.FromSeconds(5), "name", EventPayload.FromText("p")));
        for (var i = 2; i < whole.Length; i++) SerfEnvelope.Read(whole[..i]).ShouldBeOfType<SerfUnknownMessage>();
    }

    [Fact]
    public void Parts_in_any_order_and_twice_make_one_whole() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 3_000)), Arb.From(Gen.Choose(1, 500)), Arb.From(Gen.Choose(0, 1_000)), (length, size, seed) =>
        {
            var whole = new byte[length];
            new System.Random(seed).NextBytes(whole);
            var pieces = SerfEnvelope.Cut(whole, size);
            var parts = pieces.Select((piece, i) => new SerfPartMessage("a", 1, i, pieces.Count, piece)).ToArray();
            SerfPartMessage[] sent = [.. parts, .. parts];
            new System.Random(seed).Shuffle(sent);
            var assembler = new PartAssembler(TimeSpan.FromSeconds(60));
            var results = sent.Select(part => assembler.Add(part, At, out _)).OfType<byte[]>().ToArray();
            results.Length.ShouldBe(1);
            results[0].ShouldBe(whole);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_whose_parts_stop_coming_is_lost_and_counted()
    {
        var assembler = new PartAssembler(TimeSpan.FromSeconds(60));
        assembler.Add(new SerfPartMessage("a", 1, 0, 2, new byte[1]), At, out _).ShouldBeNull();
        assembler.Add(new SerfPartMessage("b", 1, 0, 2, new byte[1]), At + TimeSpan.FromSeconds(30), out _).ShouldBeNull();
        assembler.Oldest.ShouldBe(At);
        assembler.Expire(At + TimeSpan.FromSeconds(59)).ShouldBe(0);
        assembler.Expire(At + TimeSpan.FromSeconds(60)).ShouldBe(1);
        assembler.Add(new SerfPartMessage("a", 1, 1, 2, new byte[1]), At + TimeSpan.FromSeconds(61), out _).ShouldBeNull();
        assembler.Add(new SerfPartMessage("b", 1, 1, 2, new byte[1]), At + TimeSpan.FromSeconds(61), out _).ShouldNotBeNull();
        assembler.Oldest.ShouldBeNull();
    }

    [Fact]
    public void Unfinished_messages_are_bounded_in_number_and_size()
    {
        var assembler = new PartAssembler(TimeSpan.FromSeconds(60));
        var lost = 0;
        for (ulong i = 0; i < 300; i++)
        {
            assembler.Add(new SerfPartMessage("a", i, 0, 2, new byte[1]), At.AddSeconds(i), out var now);
            lost += now;
        }
        lost.ShouldBe(300 - 256);
        assembler.Add(new SerfPartMessage("big", 1, 0, 2, new byte[70_000]), At.AddSeconds(301), out lost).ShouldBeNull();
        lost.ShouldBe(2);
    }

    [Fact]
    public void A_clock_rises_follows_what_it_sees_and_never_falls_behind_the_day()
    {
        var world = new SimulatedWorld(1);
        var clock = new HybridClock(world.Clock);
        var first = clock.Tick();
        first.At.ShouldBe(HybridClock.AtMicroseconds(first.Time));
        clock.Tick().Time.ShouldBe(first.Time + 1);
        clock.Witness(first.Time + 1_000);
        clock.Tick().Time.ShouldBe(first.Time + 1_001);
        clock.Witness(ulong.MaxValue);
        clock.Tick().Time.ShouldBe(first.Time + 1_002);
        world.Run(() => Task.Delay(TimeSpan.FromHours(1), world.Clock));
        clock.Tick().Time.ShouldBeGreaterThanOrEqualTo(first.Time + 3_600_000_000);
        new HybridClock(world.Clock).Tick().Time.ShouldBeGreaterThan(first.Time + 1_002);
    }

    [Fact]
    public void Numbers_in_base_36_come_back() =>
        Prop.ForAll<ulong>(number => Base36.Read(Base36.Write(number / 4)) == number / 4).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("A"), InlineData("-1"), InlineData("zzzzzzzzzzzzzzz")]
    public void What_is_no_number_in_base_36_is_nothing(string text) => Base36.Read(text).ShouldBe(0UL);
}
