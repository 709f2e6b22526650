using Flotilla.Detection.Reports;

namespace Flotilla.Detection.Tests.Reports;

public sealed class ReportTextTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0 s")]
    [InlineData(0.0004, "under 1 ms")]
    [InlineData(0.1264, "126 ms")]
    [InlineData(1.126, "1.13 s")]
    [InlineData(59.4, "59.40 s")]
    [InlineData(59.6, "1 min")]
    [InlineData(300.0, "5 min")]
    [InlineData(3599.0, "1 h")]
    [InlineData(4800.0, "1 h 20 min")]
    [InlineData(172_800.0, "2 d")]
    [InlineData(190_000.0, "2 d 5 h")]
    public void Durations_have_two_units(double? seconds, string expected) => ReportText.Duration(seconds).ShouldBe(expected);

    [Theory]
    [InlineData(12.0, "12")]
    [InlineData(-0.123456789, "−0.1234568")]
    [InlineData(double.NaN, "missing")]
    [InlineData(double.NegativeInfinity, "−∞")]
    public void Values_have_seven_digits(double value, string expected) => ReportText.Value(value).ShouldBe(expected);

    [Fact]
    public void Times_are_utc_and_show_fractions_where_there_are_any()
    {
        var at = new DateTimeOffset(2024, 3, 1, 2, 30, 0, TimeSpan.FromHours(2));
        ReportText.Time(at).ShouldBe("2024-03-01 00:30:00");
        ReportText.Time(at.AddMilliseconds(5)).ShouldBe("2024-03-01 00:30:00.005");
    }
}
