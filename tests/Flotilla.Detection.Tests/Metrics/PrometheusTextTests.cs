using System.Text;
using Flotilla.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Flotilla.Detection.Tests;

public sealed class PrometheusTextTests
{
    // After the examples of the format's documentation: each kind of line and of escape.
    private const string Everything = """
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 1395066363000
        http_requests_total{method="post",code="400",}    3 1395066363000

        # Escaping in label values:
        msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

        # Minimalistic line:
        metric_without_timestamp_and_labels 12.47
        something_weird{problem="division by zero"} +Inf -3982045
        # HELP histogram Durations, with a \\ and a\nline end.
        # TYPE	histogram   histogram
        histogram_bucket{le="0.05"} 24054
        histogram_bucket { le = "+Inf" , } 144320
        histogram_sum 53423
        histogram_count 144320
        # TYPE summary summary
        summary{quantile="0.5"} NaN
        summary_sum -Inf
        summary_count 2.6931E3
        # TYPE a:b gauge
          a:b{}	-.5
        http_requests_total{method="get",code="200"} 0
        """;

    [Fact]
    public void Every_part_of_the_format_is_read()
    {
        var families = PrometheusText.Parse(Everything);
        families.Select(family => (family.Name, family.Type, family.Samples.Count)).ShouldBe(
        [
            ("http_requests_total", MetricType.Counter, 3),
            ("msdos_file_access_time_seconds", MetricType.Untyped, 1),
            ("metric_without_timestamp_and_labels", MetricType.Untyped, 1),
            ("something_weird", MetricType.Untyped, 1),
            ("histogram", MetricType.Histogram, 4),
            ("summary", MetricType.Summary, 3),
            ("a:b", MetricType.Gauge, 1),
        ]);
        families[0].Help.ShouldBe("The total number of HTTP requests.");
        families[0].Samples[1].Labels.ShouldBe([new("method", "post"), new("code", "400")]);
        families[0].Samples[1].At.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1395066363000));
        families[1].Samples[0].Labels.ShouldBe([new("path", "C:\\DIR\\FILE.TXT"), new("error", "Cannot find file:\n\"FILE.TXT\"")]);
        families[1].Samples[0].Value.ShouldBe(1.458255915e9);
        families[3].Samples[0].Value.ShouldBe(double.PositiveInfinity);
        families[3].Samples[0].At.ShouldBe(DateTimeOffset.UnixEpoch.AddMilliseconds(-3982045));
        families[4].Help.ShouldBe("Durations, with a \\ and a\nline end.");
        families[4].Samples.Select(sample => sample.Name).ShouldBe(["histogram_bucket", "histogram_bucket", "histogram_sum", "histogram_count"]);
        families[4].Samples[1].Labels.ShouldBe([new("le", "+Inf")]);
        families[5].Samples.Select(sample => sample.Value).ShouldBe([double.NaN, double.NegativeInfinity, 2693.1]);
        families[6].Samples[0].Value.ShouldBe(-0.5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment")]
    [InlineData("#TYP x gauge")]
    public void Text_without_metrics_gives_no_families(string text) => PrometheusText.Parse(text).ShouldBeEmpty();

    [Fact]
    public void Carriage_returns_are_let_pass() => PrometheusText.Parse("# TYPE x gauge\r\nx 1\r\n").ShouldHaveSingleItem().Samples[0].Value.ShouldBe(1);

    [Fact]
    public void A_summary_does_not_take_what_only_looks_like_its_own()
    {
        var families = PrometheusText.Parse("# TYPE x summary\nx_bucket 1\nx_sum 2\nx_summary 3\nxx_sum 4\n");
        families.Select(family => family.Name).ShouldBe(["x", "x_bucket", "x_summary", "xx_sum"]);
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("123456789012345")]
    [InlineData("1234567890123456789")]
    [InlineData("0.000000000000001")]
    [InlineData("4.35")]
    [InlineData("-0")]
    [InlineData("9007199254740993")]
    [InlineData("1.7976931348623157E+308")]
    [InlineData("5E-324")]
    [InlineData("+3.")]
    public void Numbers_are_read_as_their_nearest_double(string number)
    {
        var expected = double.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        BitConverter.DoubleToInt64Bits(PrometheusText.Parse("x " + number)[0].Samples[0].Value).ShouldBe(BitConverter.DoubleToInt64Bits(expected));
    }

    [Fact]
    public void Short_decimals_are_read_as_their_nearest_double() =>
        Prop.ForAll(Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), Gen.Choose(0, 15).ToArbitrary(), (digits, decimals) =>
        {
            var number = (digits / (decimal)Math.Pow(10, decimals)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            PrometheusText.Parse("x " + number)[0].Samples[0].Value.ShouldBe(double.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Mistakes_are_shown_with_line_reason_and_remedy()
    {
        string[] wrong =
        [
            "# TYPE", "# TYPE 9x gauge", "# TYPE x gage", "# TYPE x gauge\n# TYPE x gauge", "x 1\n\n# TYPE x gauge", "# HELP x a\n# HELP x b", "# HELP",
            "x", "x{} ", "x one", "x 1e999", "x 0x10", "x --1", "x ∞", "x 1 soon", "x 1 99999999999999999", "x 1 2 3",
            "9x 1", "-x 1", "x-y 1", "größe 1",
            "x{", "x{a", "x{a=", "x{a=1} 1", "x{a=\"1} 1", "x{a=\"1\\\"} 1", "x{a=\"1\\", "x{a=\"1\"", "x{a=\"\\t\"} 1", "x{a=\"1\";b=\"2\"} 1", "x{1=\"1\"} 1", "x{,} 1", "x{a:b=\"1\"} 1",
            "x{a=\"1\",a=\"2\"} 1", "{\"x\"} 1", "x{\"a.b\"=\"1\"} 1",
        ];
        var text = new StringBuilder();
        foreach (var input in wrong)
        {
            var message = Should.Throw<FormatException>(() => PrometheusText.Parse("fine 1\n" + input), input).Message;
            text.Append(input.Replace("\n", "⏎", StringComparison.Ordinal)).Append("\n    ").Append(message).Append('\n');
        }
        Snapshot.Matches(text.ToString(), "metrics-mistakes");
    }

    [Fact]
    public void Long_tokens_are_cut_in_messages() =>
        Should.Throw<FormatException>(() => PrometheusText.Parse("x " + new string('y', 100_000))).Message.Length.ShouldBeLessThan(200);

    [Fact]
    public void Control_characters_do_not_reach_messages() =>
        Should.Throw<FormatException>(() => PrometheusText.Parse("x \u001b[31mred")).Message.ShouldBe(
            "Metrics, line 1: \"\ufffd[31mred\" is not a number. Write a decimal number, NaN, +Inf or -Inf.");

    [Fact]
    public void Limits_hold_at_their_value_and_not_over_it()
    {
        PrometheusText.Parse(Lines(PrometheusText.MaxSamples))[0].Samples.Count.ShouldBe(PrometheusText.MaxSamples);
        Should.Throw<FormatException>(() => PrometheusText.Parse(Lines(PrometheusText.MaxSamples + 1))).Message.ShouldContain("over 100000 samples");
        PrometheusText.Parse(new string('\n', PrometheusText.MaxLength)).ShouldBeEmpty();
        Should.Throw<FormatException>(() => PrometheusText.Parse(new string('\n', PrometheusText.MaxLength + 1))).Message.ShouldContain("over 16 MiB");
        PrometheusText.Parse(Labels(PrometheusText.MaxLabels))[0].Samples[0].Labels.Count.ShouldBe(PrometheusText.MaxLabels);
        Should.Throw<FormatException>(() => PrometheusText.Parse(Labels(PrometheusText.MaxLabels + 1))).Message.ShouldContain("over 128 labels");

        static string Lines(int count) => new StringBuilder().Insert(0, "x 1\n", count).ToString();
        static string Labels(int count) => $"x{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"l{i}=\"\""))}}} 1";
    }

    [Fact]
    public void What_is_written_is_read_back_the_same() =>
        Prop.ForAll(Families, families =>
        {
            var text = PrometheusText.Write(families);
            Show(PrometheusText.Parse(text)).ShouldBe(Show(families));
            PrometheusText.Write(PrometheusText.Parse(text)).ShouldBe(text);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Written_text_is_as_people_expect_it() => Snapshot.Matches(PrometheusText.Write(PrometheusText.Parse(Everything)), "metrics-written");

    [Fact]
    public void What_the_format_cannot_say_is_not_written()
    {
        Refused(new MetricFamily("9x", MetricType.Gauge, []), "cannot be the name of a metric");
        Refused(new MetricFamily("x", MetricType.Gauge, [new("y", [], 1)]), "is not of the gauge \"x\"");
        Refused(new MetricFamily("x", MetricType.Gauge, [new("x", [new("a-b", "")], 1)]), "cannot be the name of a label");
        Refused(new MetricFamily("x", MetricType.Gauge, [new("x", [new("a", "1"), new("a", "2")], 1)]), "has the label \"a\" twice");
        Should.Throw<ArgumentException>(() => PrometheusText.Write([new("x", MetricType.Gauge, []), new("x", MetricType.Gauge, [])])).Message.ShouldContain("comes twice");

        static void Refused(MetricFamily family, string why) =>
            Should.Throw<ArgumentException>(() => PrometheusText.Write([family])).Message.ShouldContain(why);
    }

    [Fact]
    public void Damaged_text_is_read_or_refused_but_nothing_else()
    {
        const string bits = "{}\"\\=,# \n\t\r09.eE+-NaInf_:xyleé\0\ud800";
        Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            for (var round = 0; round < 20; round++)
            {
                var text = new StringBuilder(Everything);
                for (var change = random.Next(1, 6); change > 0; change--)
                {
                    var at = random.Next(text.Length);
                    switch (random.Next(4))
                    {
                        case 0: text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at)); break;
                        case 1: text.Insert(at, bits[random.Next(bits.Length)]); break;
                        case 2: text[at] = bits[random.Next(bits.Length)]; break;
                        default: text.Insert(at, Everything[random.Next(Everything.Length)..]); break;
                    }
                }
                IReadOnlyList<MetricFamily> families;
                try
                {
                    families = PrometheusText.Parse(text.ToString());
                }
                catch (FormatException)
                {
                    continue;
                }
                // What was accepted is whole: it can be written, read again and watched.
                Show(PrometheusText.Parse(PrometheusText.Write(families))).ShouldBe(Show(families));
                foreach (var series in MetricQuery.Available(families))
                {
                    var reader = new SeriesReader(new(series));
                    reader.Read(Points.Start, families);
                    reader.Read(Points.Start.AddSeconds(1), families);
                    reader.Suggest(families);
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    private static readonly Gen<string> Text = Gen.Elements("", "a", " ", "\\", "\n", "\"", "n", "{", "}", ",", "=", "é", "x y", "\t", "#").ListOf().Select(string.Concat);

    private static readonly Gen<double> Number = Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>(),
        Gen.Choose(0, 100_000).Select(value => value / 1000.0),
        Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.MaxValue, double.Epsilon));

    private static readonly Gen<KeyValuePair<string, string>[]> LabelList =
        from names in Gen.SubListOf("a", "le", "method", "_x9", "B")
        from values in Text.ArrayOf(names.Count)
        select names.Zip(values, KeyValuePair.Create).ToArray();

    private static Gen<MetricFamily> Family(string name) =>
        from type in Gen.Elements(Enum.GetValues<MetricType>())
        from help in Gen.OneOf(Gen.Constant<string?>(null), Text.Select(text => (string?)text.Trim(' ', '\t', '\r')))
        let suffixes = type switch
        {
            MetricType.Histogram => (string[])["_bucket", "_sum", "_count"],
            MetricType.Summary => ["", "_sum", "_count"],
            _ => [""],
        }
        from samples in (
            from suffix in Gen.Elements(suffixes)
            from labels in LabelList
            from value in Number
            from at in Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), Gen.Choose(-1_000_000, 1_000_000_000).Select(ms => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(ms)))
            select new MetricSample(name + suffix, labels, value, at)).ListOf()
        select new MetricFamily(name, type, samples, help);

    private static readonly Arbitrary<MetricFamily[]> Families = (
        from names in Gen.SubListOf("x", "x_sum", "x_count", "x_bucket", "y:z", "_", "requests_total")
        from families in Gen.CollectToArray(names, Family)
        select families).ToArbitrary();

    private static string Show(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append($"{family.Name}|{family.Type}|{family.Help ?? "(none)"}\n");
            foreach (var sample in family.Samples)
                text.Append($"  {sample.Name}|{string.Join(';', sample.Labels)}|{(double.IsNaN(sample.Value) ? "NaN" : BitConverter.DoubleToInt64Bits(sample.Value))}|{sample.At:O}\n");
        }
        return text.ToString();
    }
}
