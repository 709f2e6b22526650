using System.Globalization;
using System.Text;
using Flotilla.Core;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class SeriesLawTests
{
    private static readonly Gen<double> AnyValues = Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>().Select(value => double.IsInfinity(value) ? 0 : value),
        ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble).Select(value => double.IsFinite(value) ? value : double.NaN),
        Gen.Choose(-100_000, 100_000).Select(cents => cents / 100.0));

    // Times of any resolution down to 100 ns, before and after 1970.
    private static readonly Gen<Point[]> AnySeries =
        from start in Gen.Choose(-1_000_000_000, 2_000_000_000)
        from steps in Gen.OneOf(Gen.Choose(1, 3).Select(ticks => (long)ticks), Gen.Choose(1, 1_000_000).Select(seconds => seconds * TimeSpan.TicksPerSecond)).ArrayOf()
        from values in AnyValues.ArrayOf(steps.Length)
        select steps.Zip(values).Aggregate(
            (At: DateTimeOffset.FromUnixTimeSeconds(start), Points: new List<Point>()),
            (state, next) =>
            {
                var at = state.At.AddTicks(next.First);
                state.Points.Add(new Point(at, next.Second));
                return (at, state.Points);
            }).Points.ToArray();

    [Fact]
    public void Numbers_are_read_as_the_runtime_reads_them()
    {
        var texts = Gen.OneOf(
            AnyValues.Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
            AnyValues.Where(value => Math.Abs(value) < 1e20).Select(value => value.ToString("F18", CultureInfo.InvariantCulture)),
            from whole in Digits(0, 25)
            from fraction in Digits(0, 25)
            from exponent in Gen.OneOf(Gen.Constant(""), Gen.Choose(-330, 310).Select(power => $"e{power}"))
            from sign in Gen.Elements("", "-", "+")
            select $"{sign}{whole}{(fraction.Length > 0 ? "." : "")}{fraction}{exponent}",
            Gen.Elements(".", "-", "", "1.", "-.5", "1.2.3", "--1", "1e", "e5", "1 ", "0x1", "-0", "-0.0", "9007199254740993", "1e400", "-1e400", "1,000", "∞"));
        Prop.ForAll(Arb.From(texts), text =>
        {
            const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            var isNumber = double.TryParse(text, styles, CultureInfo.InvariantCulture, out var expected) && text.Any(char.IsAsciiDigit);
            NumberText.TryParse(Encoding.UTF8.GetBytes(text), out var actual).ShouldBe(isNumber);
            if (isNumber) BitConverter.DoubleToInt64Bits(actual).ShouldBe(BitConverter.DoubleToInt64Bits(expected), text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Dates_are_read_as_the_runtime_reads_them()
    {
        var times = from ticks in Gen.Choose(0, 315_000).SelectMany(tenThousands => Gen.Choose(0, 999_999_999).Select(rest => tenThousands * 10_000L * TimeSpan.TicksPerSecond * 100 + rest * 10L))
                    select new DateTime(ticks, DateTimeKind.Utc);
        var formats = Gen.Elements("yyyy-MM-dd HH:mm:ss.fffffff", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss.ffZ", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd");
        Prop.ForAll(Arb.From(times), Arb.From(formats), (time, format) =>
        {
            var text = time.ToString(format, CultureInfo.InvariantCulture);
            TimeText.Read(Encoding.UTF8.GetBytes(text), out var at).ShouldBe(TimeKind.Time, text);
            at.ShouldBe(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void What_is_written_as_a_file_is_read_again() => Prop.ForAll(Arb.From(AnySeries), points =>
    {
        using var text = new StringWriter();
        CrucibleFile.Write(text, points);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
        var read = SeriesRows.Read(stream, new SeriesPlace("x"), new SeriesOptions(), allowEmpty: true).ToArray();
        Bits(read).ShouldBe(Bits(points));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void CSV_is_read_as_if_lines_were_split_at_the_separator()
    {
        var layouts = from separator in Gen.Elements(',', ';', '\t')
                      from header in Gen.Elements(true, false)
                      from reversed in Gen.Elements(true, false)
                      from quoted in Gen.Elements(true, false)
                      from end in Gen.Elements("\n", "\r\n")
                      select (separator, header, reversed, quoted, end);
        Prop.ForAll(Arb.From(AnySeries.Where(points => points.Any(point => !double.IsNaN(point.Value)))), Arb.From(layouts), (points, layout) =>
        {
            var text = new StringBuilder(layout.header ? Line(layout, "timestamp", "value") : "");
            foreach (var point in points)
            {
                var value = double.IsNaN(point.Value) ? "" : point.Value.ToString("R", CultureInfo.InvariantCulture);
                text.Append(Line(layout, point.At.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture), value));
            }
            Bits(SeriesText.Read(text.ToString())).ShouldBe(Bits(Naive(text.ToString(), layout.separator, layout.header, layout.reversed)));
            Bits(SeriesText.Read(text.ToString())).ShouldBe(Bits(points));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Any_bytes_are_a_series_or_a_problem()
    {
        var pieces = Gen.OneOf(
            Gen.Choose(0, 255).Select(b => new[] { (byte)b }),
            Gen.Elements("[", "]", "{", "}", ",", ":", "\"", "\\", "\n", "\r\n", " ", ";", "\t", "1500000000", "1500000060", "1.5", "null", "NaN", "-", "e9", "1e999",
                "\"target\"", "\"datapoints\"", "\"status\"", "\"success\"", "\"data\"", "\"result\"", "\"resultType\"", "\"matrix\"", "\"metric\"", "\"values\"", "\"error\"",
                "2015-02-29", "2017-07-14", " 02:40:00", "T25:61:61", "+99:99", "timestamp,value\n", "[[1,2],", "[[1500000000,1],[1500000060,2]]",
                "[{\"target\":\"a\",\"datapoints\":[[1,2]", "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"a\":\"b\"},\"values\":[[1,\"2\"]]}").Select(Encoding.UTF8.GetBytes));
        Prop.ForAll(Arb.From(pieces.ArrayOf()), Arb.From(Gen.Elements(null, "value", "2", "")), (parts, column) =>
        {
            try
            {
                var points = SeriesText.Read(parts.SelectMany(part => part).ToArray(), column);
                points.ShouldContain(point => double.IsFinite(point.Value));
            }
            catch (ProblemException e)
            {
                e.Message.ShouldStartWith("x");
                e.Problems[0].Fix.ShouldNotBeNull();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static string Line((char Separator, bool Header, bool Reversed, bool Quoted, string End) layout, string time, string value)
    {
        if (layout.Quoted) (time, value) = ($"\"{time}\"", $"\"{value}\"");
        return layout.Reversed ? $"{value}{layout.Separator}{time}{layout.End}" : $"{time}{layout.Separator}{value}{layout.End}";
    }

    private static Point[] Naive(string text, char separator, bool header, bool reversed) =>
        text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Skip(header ? 1 : 0).Select(line => line.Replace("\"", "").Split(separator)).Select(fields =>
        {
            var (time, value) = reversed ? (fields[1], fields[0]) : (fields[0], fields[1]);
            return new Point(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                value.Length == 0 ? double.NaN : double.Parse(value, CultureInfo.InvariantCulture));
        }).ToArray();

    // All NaNs are one.
    private static (long, long)[] Bits(IEnumerable<Point> points) =>
        [.. points.Select(point => (point.At.UtcTicks, double.IsNaN(point.Value) ? -1 : BitConverter.DoubleToInt64Bits(point.Value)))];

    private static Gen<string> Digits(int least, int most) =>
        Gen.Choose(least, most).SelectMany(count => Gen.Choose(0, 9).ArrayOf(count)).Select(digits => string.Concat(digits));
}
