using System.Text;

namespace Flotilla.Detection.Tests;

public sealed class SeriesFormatsTests
{
    private static readonly Point[] Three =
        [SeriesText.At(1_500_000_000, 1.5), SeriesText.At(1_500_000_060, double.NaN), SeriesText.At(1_500_000_120.25, -2)];

    [Theory]
    // Crucible.
    [InlineData("[[1500000000, 1.5], [1500000060, null], [1500000120.25, -2]]")]
    [InlineData(" [ [1500000000.0,15e-1] ,\r\n[1.50000006E9,NaN],\n\n[1500000120.25,\"-2\"] ] \n")]
    // Graphite.
    [InlineData("[{\"target\": \"a.b\", \"datapoints\": [[1.5, 1500000000], [null, 1500000060], [-2.0, 1500000120.25]]}]")]
    [InlineData("[{\"datapoints\": [[1.5, 1500000000], [null, 1500000060], [-2.0, 1500000120.25]], \"tags\": {\"a\": [1, {}, \"]}\\\"\"]}, \"target\": \"a\"}]")]
    // Prometheus.
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"up\"},\"values\":[[1500000000,\"1.5\"],[1500000060,\"NaN\"],[1500000120.25,\"-2\"]]}]}}")]
    [InlineData("{\"warnings\":[\"}\"],\"data\":{\"result\":[{\"values\":[[1500000000,\"1.5\"],[1500000060,\"NaN\"],[1500000120.25,\"-2\"]],\"metric\":{}}],\"resultType\":\"matrix\"},\"status\":\"success\"}")]
    // CSV.
    [InlineData("timestamp,value\n2017-07-14 02:40:00,1.5\n2017-07-14 02:41:00,\n2017-07-14 02:42:00.250000,-2\n")]
    [InlineData("1500000000,1.5\n1500000060,NaN\n1500000120.25,-2")]
    [InlineData("1500000000;1.5\r\n1500000060;None\r\n1500000120.25;-2\r\n")]
    [InlineData("time\tload\n\n2017-07-14T02:40Z\t1.5\n2017-07-14T04:41:00+02:00\tN/A\n2017-07-13T21:12:00.25-0530\t-2\n")]
    [InlineData("\"time\", \"load, mean\"\n\"2017-07-14 02:40:00\", \"1.5\"\n\"2017-07-14 02:41:00\", \"null\"\n\"2017-07-14 02:42:00.25\" , -2\n")]
    [InlineData("host,time,note,value\nweb,1500000000,\"two\nlines; \"\"quoted\"\"\",1.5\nweb,1500000060,,nan\nweb,1500000120.25,x,-2\n")]
    [InlineData("value,when\n1.5,2017-07-14 02:40:00\n,2017-07-14 02:41:00 UTC\n-2,2017-07-14T02:42:00.2500000001Z\n")]
    [InlineData("value,timestamp\n1.5,1500000000\nna,1500000060\n-2,1500000120.25\n")]
    [InlineData("\uFEFFtimestamp,value\n1500000000,1.5\n1500000060,\n1500000120.25,-2,\n")]
    [InlineData("\uFEFF[[1500000000, 1.5], [1500000060, null], [1500000120.25, -2]]")]
    [InlineData("\uFEFF[{\"target\": \"ü\", \"datapoints\": [[1.5, 1500000000], [null, 1500000060], [-2.0, 1500000120.25]]}]")]
    public void Every_format_gives_the_same_points(string content) => SeriesText.Read(content).ShouldBe(Three);

    [Fact]
    public void A_format_is_recognised_however_few_bytes_come_at_once()
    {
        foreach (var content in (string[])["\uFEFF[[1500000000, 1.5],\n[1500000060, 2]]", "\"time\",value\r\n1500000000,\"1.5\"\r\n1500000060,2"])
        {
            using var stream = new SlowStream(Encoding.UTF8.GetBytes(content));
            SeriesRows.Read(stream, new SeriesPlace("x"), new SeriesOptions()).ShouldBe([SeriesText.At(1_500_000_000, 1.5), SeriesText.At(1_500_000_060, 2)]);
        }
    }

    [Theory]
    [InlineData("cpu", 1)]
    [InlineData("disk io", 3)]
    [InlineData("2", 1)]
    [InlineData("4", 3)]
    [InlineData("7", 4)]
    public void A_column_is_chosen_by_its_name_or_else_its_number(string column, double expected) =>
        SeriesText.Read("time,cpu,mem,disk io,7\n1500000000,1,2,3,4\n", column).Single().Value.ShouldBe(expected);

    [Fact]
    public void A_column_of_text_is_no_column_of_values() =>
        SeriesText.Read("time,host,value,note\n1500000000,a,,ok\n1500000060,b,2,ok\n1500000120,c,3,5\n").Select(point => point.Value).ShouldBe([double.NaN, 2, 3]);

    [Fact]
    public void A_header_of_numbers_is_a_header() =>
        SeriesText.Read("time,101\n1500000000,1\n").ShouldBe([SeriesText.At(1_500_000_000, 1)]);

    [Fact]
    public void A_missing_value_in_the_first_column_of_the_first_row_is_a_value() =>
        SeriesText.Read("\t1500000000\n5\t1500000060\n").Select(point => point.Value).ShouldBe([double.NaN, 5]);

    [Fact]
    public void Small_numbers_are_seconds_since_1970() =>
        SeriesText.Read("1,10\n2,20\n").ShouldBe([SeriesText.At(1, 10), SeriesText.At(2, 20)]);

    [Fact]
    public void An_index_before_the_time_is_a_column_of_numbers() =>
        SeriesText.Read(",timestamp,value\n0,2017-07-14 02:40:00,5\n1,2017-07-14 02:41:00,6\n", "value").ShouldBe([SeriesText.At(1_500_000_000, 5), SeriesText.At(1_500_000_060, 6)]);

    [Fact]
    public void With_disorder_allowed_rows_are_taken_as_they_are() =>
        SeriesText.Read("3,1\n3,2\n2,3\n", allowDisorder: true).ShouldBe([SeriesText.At(3, 1), SeriesText.At(3, 2), SeriesText.At(2, 3)]);

    /// <summary>Gives one byte at a time.</summary>
    private sealed class SlowStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
