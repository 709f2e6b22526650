using System.Text;
using Flotilla.Core;

namespace Flotilla.Detection.Tests;

public sealed class SeriesProblemsTests
{
    private const string Pair = "Move the file out of the folder, or bring it into this form.";
    private const string Known =
        "Expected [[unix seconds, value], …], Graphite's [{\"target\": …, \"datapoints\": [[value, unix seconds], …]}, …] or Prometheus' {\"status\": \"success\", \"data\": …}";
    private const string TimeFix = "Write unix seconds such as 1442425500, or 2015-09-16T17:45:00Z.";
    private const string InfiniteFix = "A series has finite values; a division by zero often gives this. "
        + "Write null (in CSV: nothing) where there is no value, or the largest value that can be.";
    private const string OrderFix = "or take rows as the unit with --rows (local times repeat when the clocks are set back).";

    [Theory]
    [InlineData("time,v\n1500000000,1\n1500000060,inf\n", "x(3): The value \"inf\" of line 3 is infinite. ")]
    [InlineData("1500000000,1\n1500000060,-1e999\n", "x(2): The value \"-1e999\" of line 2 is infinite. ")]
    [InlineData("[[1500000000,\n1e9999]]", "x(2): The value \"1e9999\" of point 0 is infinite. ")]
    [InlineData("[[1500000000, -Infinity]]", "x(1): The value \"-Infinity\" of point 0 is infinite. ")]
    [InlineData("[{\"target\": \"a.b\", \"datapoints\": [[1, 1500000000], [1e9999, 1500000060]]}]", "x(1): The value \"1e9999\" of point 1 of \"a.b\" is infinite. ")]
    public void An_infinite_value_is_a_problem(string content, string expected) => SeriesText.Problem(content).ShouldBe(expected + InfiniteFix);

    [Theory]
    [InlineData("1500000000000,1\n", "x(1): The time \"1500000000000\" of line 1 is in milliseconds. Times are unix seconds; read as milliseconds it is 2017-07-14 02:40:00, "
        + "read as seconds it lies after the year 2286. Divide every time by 1000: \"1500000000000\" becomes 1500000000.")]
    [InlineData("[[1500000000123, 1]]", "x(1): The time \"1500000000123\" of point 0 is in milliseconds. Times are unix seconds; read as milliseconds it is 2017-07-14 02:40:00.123, "
        + "read as seconds it lies after the year 2286. Divide every time by 1000: \"1500000000123\" becomes 1500000000.123.")]
    [InlineData("time,v\n1500000000000000000,1\n", "x(2): The time \"1500000000000000000\" of line 2 is in nanoseconds. Times are unix seconds; read as nanoseconds it is 2017-07-14 02:40:00, "
        + "read as seconds it lies after the year 2286. Divide every time by 1000000000: \"1500000000000000000\" becomes 1500000000.")]
    [InlineData("[[1e30, 1]]", "x(1): The time \"1e30\" of point 0 is too large for a time. " + TimeFix)]
    public void Times_that_are_not_in_seconds_are_a_problem(string content, string expected) => SeriesText.Problem(content).ShouldBe(expected);

    [Theory]
    [InlineData("time,v\n2017-07-14 02:40:00,1\n2017-07-14 02:40:00,2\n",
        "x(3): The time 2017-07-14 02:40:00 of line 3 is that of line 2 already. The times of a series increase. Remove one of the two, " + OrderFix)]
    [InlineData("1500000060,1\n\n1500000000.5,2\n",
        "x(3): The time 2017-07-14 02:40:00.5 of line 3 is before 2017-07-14 02:41:00 of line 1. The times of a series increase. Sort the rows by time, " + OrderFix)]
    [InlineData("[[1500000000,1], [1500000000,2]]",
        "x(1): The time 2017-07-14 02:40:00 of point 1 is that of point 0 already. The times of a series increase. Remove one of the two, " + OrderFix)]
    public void Times_that_do_not_increase_are_a_problem(string content, string expected) => SeriesText.Problem(content).ShouldBe(expected);

    [Theory]
    [InlineData("time,v\n1500000000,1\n1500000060,two\n", "x(3): The value \"two\" of line 3 is not a number. "
        + "Write a number such as 3.5, with a point, or null (in CSV: nothing) where there is no value.")]
    [InlineData("[[1500000000, true]]", "x(1): The value \"true\" of point 0 is not a number. "
        + "Write a number such as 3.5, with a point, or null (in CSV: nothing) where there is no value.")]
    [InlineData("1500000000;1,5\n", "x(1): The value \"1,5\" of line 1 is not a number. "
        + "Write a number such as 3.5, with a point, or null (in CSV: nothing) where there is no value.")]
    [InlineData("2017-07-14 02:40:00,1\n2017-07-14 02:4", "x(2): The row has 1 column where 2 are expected. It is \"2017-07-14 02:4\". "
        + "Complete it, or put quotes around a field that holds the separator.")]
    [InlineData("2017-07-14 02:40:00,1\n2017-07-14 02:41:00,1,5\n", "x(2): The row has 3 columns where 2 are expected. It is \"2017-07-14 02:41:00,1,5\". "
        + "Complete it, or put quotes around a field that holds the separator.")]
    [InlineData("1\n1500000000,1\n", "x(1): The row has 1 column where 2 are expected. It is \"1\". "
        + "Complete it, or put quotes around a field that holds the separator.")]
    [InlineData("Load of the web servers\n1500000000,1\n", "x(1): The row has 1 column where 2 are expected. It is \"Load of the web servers\". "
        + "Complete it, or put quotes around a field that holds the separator.")]
    [InlineData("2017-13-14 02:40:00,1\n2017-07-14 02:41:00,1\n", "x(1): The time \"2017-13-14 02:40:00\" of line 1 is not a time. " + TimeFix)]
    [InlineData("time,v\n1500000000,1\n,1\n", "x(3): The time \"\" of line 3 is not a time. " + TimeFix)]
    [InlineData("time,v\n1500000000,1\n1500000060,\"1\n", "x(3): A quote that opens in this row is never closed. Close it, or double a quote that belongs to a field.")]
    public void A_row_that_is_wrong_is_a_problem(string content, string expected) => SeriesText.Problem(content).ShouldBe(expected);

    [Theory]
    [InlineData("", "x: The file is empty. Remove it, or fill it again.")]
    [InlineData("\uFEFF", "x: The file is empty. Remove it, or fill it again.")]
    [InlineData(" \n\n", "x: The file is empty. Remove it, or fill it again.")]
    [InlineData("[]", "x: The series has no points. Remove the file, or fill it again.")]
    [InlineData("timestamp,value\n", "x: The series has no points. There is a row of names and nothing more. Remove the file, or fill it again.")]
    [InlineData("[{\"target\": \"a\", \"datapoints\": []}]", "x: The series has no points. Remove the file, or fill it again.")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}", "x: The series has no points. Remove the file, or fill it again.")]
    [InlineData("1500000000,\n1500000060,nan\n", "x: No value in the series: all 2 rows are without one. Null, NaN, none, n/a and nothing are missing values. "
        + "Check the query or the column that the values come from.")]
    public void A_series_without_values_is_a_problem(string content, string expected) => SeriesText.Problem(content).ShouldBe(expected);

    [Theory]
    [InlineData("[[1500000000, 1],\n[1500000060, 2", 2)]
    [InlineData("[[1500000000, 1],\n[1500000060, 2]\n", 3)]
    [InlineData("[", 1)]
    [InlineData("[{\"target\": \"a\",\n\"datapoints\": [[1, 15", 2)]
    [InlineData("[{\"target\": \"a\\", 1)]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\n\"result\":[", 2)]
    [InlineData("{\"status\":\n\"success\"", 2)]
    public void JSON_that_is_cut_off_is_a_problem(string content, int line) =>
        SeriesText.Problem(content).ShouldBe($"x({line}): The file ends in the middle of its JSON. It was cut off when it was written or copied. Get it again.");

    [Theory]
    [InlineData("hello\nworld\n", "x(2): This is not a series. Expected a time and a number in each row, such as 2015-09-16 17:45:00,3.5 or 1442425500,3.5; here stands \"world\". " + Pair)]
    [InlineData("v\n1\n2\n", "x(2): This is not a series. Expected a time and a number in each row, such as 2015-09-16 17:45:00,3.5 or 1442425500,3.5; here stands \"1\". " + Pair)]
    [InlineData("{\"a/b.csv\": []}", "x(1): This is not a series. " + Known + "; here stands an object that starts with \"a/b.csv\". " + Pair)]
    [InlineData("{}", "x(1): This is not a series. " + Known + "; here stands an empty object. " + Pair)]
    [InlineData("[1, 2]", "x(1): This is not a series. " + Known + "; here stands \"1, 2]\". " + Pair)]
    [InlineData("[\n{\"name\": 1}]", "x(2): This is not a series. " + Known + "; here stands an object without \"datapoints\". " + Pair)]
    [InlineData("[[1500000000, 1],\n[1500000060]]", "x(2): This is not a series. Expected a pair [unix seconds, value]; here stands \"]]\". " + Pair)]
    [InlineData("[[1500000000, 1, 2]]", "x(1): This is not a series. Expected a pair [unix seconds, value]; here stands \", 2]]\". " + Pair)]
    [InlineData("[[1500000000, 1],]", "x(1): This is not a series. Expected a pair [unix seconds, value]; here stands \"]\". " + Pair)]
    [InlineData("[[1500000000, 1]] []", "x(1): This is not a series. Expected the end of the file; here stands \"[]\". " + Pair)]
    [InlineData("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
        "x(1): This is not a series, but an error of Prometheus. It says \"parse error\". Correct the query and get it again.")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
        "x(1): This is a Prometheus result of the type \"vector\", not a series. Only \"matrix\" holds values over time. Get it from /api/v1/query_range, with start, end and step.")]
    [InlineData("[{\"target\":\"a\",\"datapoints\":[[1,1]]},{\"target\":\"b\",\"datapoints\":[]}]",
        "x: The file holds 2 series. Such as \"a\". Read the folder that holds it, which finds each of them.")]
    public void What_is_not_a_series_is_a_problem(string content, string expected) => SeriesText.Problem(content).ShouldBe(expected);

    [Theory]
    [InlineData(null, "x(1): 2 columns have numbers: \"cpu\" and \"disk io\". A series has one value in a row. Choose one, such as --column cpu.")]
    [InlineData("cpus", "x(1): There is no column \"cpus\". Did you mean \"cpu\"?")]
    [InlineData("9", "x(1): There is no column \"9\". Choose one of \"cpu\", \"host\" and \"disk io\".")]
    [InlineData("0", "x(1): There is no column \"0\". Choose one of \"cpu\", \"host\" and \"disk io\".")]
    [InlineData("time", "x(1): The column \"time\" holds the times. Choose one of \"cpu\", \"host\" and \"disk io\".")]
    public void The_choice_of_a_column_that_is_wrong_is_a_problem(string? column, string expected) =>
        SeriesText.Problem("time,cpu,host,disk io\n1500000000,1,a,3\n", column).ShouldBe(expected);

    [Fact]
    public void Columns_without_names_are_called_by_their_numbers()
    {
        SeriesText.Problem("1500000000,1,3\n1500000060,1,3\n").ShouldBe("x(1): 2 columns have numbers: column 2 and column 3. A series has one value in a row. Choose one, such as --column 2.");
        SeriesText.Problem("1500000000,a,b\n").ShouldBe("x(1): No column has numbers beside the time. The columns are column 2 and column 3. Add a column with the values.");
    }

    [Fact]
    public void What_is_not_text_is_a_problem()
    {
        Problem([0x1F, 0x8B, 8, 0]).ShouldBe("x: The file is compressed with gzip. Unpack it with gunzip first.");
        Problem(Encoding.Unicode.GetPreamble()).ShouldBe("x: The file is in UTF-16. Series are read as UTF-8. Save it as UTF-8.");
        Problem([.. "PK"u8, 3, 4, 200, 0]).ShouldBe("x: This is a binary file, not a series. Byte 2 of it is 0x03. Move the file out of the folder, or export the series as CSV or JSON.");
    }

    [Fact]
    public void A_line_without_end_is_a_problem()
    {
        const string expected = "x(2): This is not a series. Over 1 MB stand here without an end of line or of a word. Move the file out of the folder.";
        Problem(Encoding.UTF8.GetBytes("time,v\n" + new string('1', ByteSource.BytesMax + 1))).ShouldBe(expected);
        Problem(Encoding.UTF8.GetBytes("[\n{\"" + new string('a', ByteSource.BytesMax + 1))).ShouldBe(expected);
        SeriesText.Read("time,v\n1500000000" + new string(' ', ByteSource.BytesMax - 20) + ",1\n").Length.ShouldBe(1);
    }

    [Fact]
    public void JSON_that_is_nested_too_deep_is_a_problem() =>
        SeriesText.Problem("[{\"a\":" + new string('[', 300)).ShouldBe("x(1): This is not a series. Its JSON is nested deeper than 256. Move the file out of the folder.");

    private static string Problem(byte[] content) => Should.Throw<ProblemException>(() => SeriesText.Read(content)).Message;
}
