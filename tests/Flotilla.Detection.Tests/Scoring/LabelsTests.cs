using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Flotilla.Core;
using Flotilla.Detection.Scoring;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests.Scoring;

public sealed class LabelsTests
{
    private static readonly DateTimeOffset Start = new(2014, 4, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Labels_are_the_rows_within_their_times_both_ends_included() =>
        Resolve("[[\"2014-04-10 00:03:00.000000\", \"2014-04-10 00:05:00.000000\"]]", Minutes(0, 1, 2, 3, 4, 5, 6)).ShouldBe([new(3, 5)]);

    [Fact]
    public void Times_between_rows_take_the_rows_between() =>
        Resolve("[[\"2014-04-10 00:02:30\", \"2014-04-10T00:04:30Z\"]]", Minutes(0, 1, 2, 3, 4, 5, 6)).ShouldBe([new(3, 4)]);

    [Fact]
    public void A_time_with_a_zone_is_in_that_zone() =>
        Resolve("[[\"2014-04-10T02:03:00+02:00\", \"2014-04-10T02:05:00+02:00\"]]", Minutes(0, 1, 2, 3, 4, 5, 6)).ShouldBe([new(3, 5)]);

    [Fact]
    public void Equal_times_at_the_edges_all_belong() =>
        Resolve("[[\"2014-04-10 00:03:00\", \"2014-04-10 00:05:00\"]]", Minutes(0, 3, 3, 4, 5, 5, 6)).ShouldBe([new(1, 5)]);

    [Fact]
    public void Clocks_set_back_do_not_stretch_a_label()
    {
        // 4 and 5 stand there a second time, after 6.
        Resolve("[[\"2014-04-10 00:03:00\", \"2014-04-10 00:05:00\"]]", Minutes(0, 3, 4, 5, 6, 4, 5, 6, 7)).ShouldBe([new(1, 3)]);
        Resolve("[[\"2014-04-10 00:03:00\", \"2014-04-10 00:04:30\"]]", Minutes(0, 3, 4, 5, 6, 7)).ShouldBe([new(1, 2)]);
    }

    [Fact]
    public void What_reaches_over_an_end_is_cut_off() =>
        Resolve("[[\"2014-04-09\", \"2014-04-10 00:01:00\"], [\"2014-04-10 00:05:00\", \"2014-04-11\"]]", Minutes(0, 1, 2, 3, 4, 5, 6))
            .ShouldBe([new(0, 1), new(5, 6)]);

    [Fact]
    public void Labels_come_in_the_order_of_their_times() =>
        Resolve("[[\"2014-04-10 00:05:00\", \"2014-04-10 00:06:00\"], [\"2014-04-10 00:01:00\", \"2014-04-10 00:02:00\"]]", Minutes(0, 1, 2, 3, 4, 5, 6))
            .ShouldBe([new(1, 2), new(5, 6)]);

    [Theory]
    [InlineData("group/cpu.csv", "group/cpu.csv", true)]
    [InlineData("group/cpu", "group/cpu.csv", true)]
    [InlineData("group/cpu.json", "group/cpu.csv", false)]
    [InlineData("cpu", "group/cpu.csv", false)]
    [InlineData("web.1/cpu", "web.1/cpu", true)]
    [InlineData("web", "web.1/cpu", false)]
    public void A_series_is_named_by_its_path_with_or_without_its_ending(string name, string path, bool found)
    {
        var labels = Read($$"""{"{{name}}": [["2014-04-10 00:01:00", "2014-04-10 00:02:00"]]}""");
        var series = new Series("cpu", path, Minutes(0, 1, 2, 3));
        labels.Has(series).ShouldBe(found);
        labels.Resolve(series).Count.ShouldBe(found ? 1 : 0);
    }

    [Fact]
    public void A_label_outside_the_series_is_a_problem() =>
        Problem(() => Resolve("[\n[\"2014-05-01 12:00:00\", \"2014-05-01 13:00:00.500000\"]]", Minutes(0, 1, 2))).ShouldBe(
            "labels.json(2): The label 2014-05-01 12:00:00 to 2014-05-01 13:00:00.5 holds no row of group/cpu.csv. "
            + "The series runs from 2014-04-10 00:00:00 to 2014-04-10 00:02:00. Correct its times (without a zone they are UTC), or remove it.");

    [Fact]
    public void A_label_between_two_rows_is_a_problem() =>
        Problem(() => Resolve("[[\"2014-04-10 00:01:10\", \"2014-04-10 00:01:20\"]]", Minutes(0, 1, 2))).ShouldStartWith(
            "labels.json(1): The label 2014-04-10 00:01:10 to 2014-04-10 00:01:20 holds no row of group/cpu.csv.");

    [Fact]
    public void A_label_of_an_empty_series_is_a_problem() =>
        Problem(() => Resolve("[[\"2014-04-10 00:01:10\", \"2014-04-10 00:01:20\"]]", [])).ShouldContain("The series is empty.");

    [Fact]
    public void All_labels_outside_are_told_at_once() =>
        Should.Throw<ProblemException>(() => Resolve("[[\"2015-01-01\", \"2015-01-02\"], [\"2016-01-01\", \"2016-01-02\"]]", Minutes(0, 1))).Problems.Count.ShouldBe(2);

    [Fact]
    public void Labels_that_share_rows_of_a_disordered_series_are_a_problem() =>
        Problem(() => Resolve("[[\"2014-04-10 00:01:00\", \"2014-04-10 00:02:30\"], [\"2014-04-10 00:03:00\", \"2014-04-10 00:04:00\"]]", Minutes(0, 1, 3, 2, 4)))
            .ShouldBe("labels.json(1): The label 2014-04-10 00:03:00 to 2014-04-10 00:04:00 holds rows of group/cpu.csv that the label before it holds too. "
                + "The times of the series do not ascend there. Make the two labels one.");

    [Theory]
    [InlineData("{\n\"a\": [\n}", "labels.json(3): This is not JSON.")]
    [InlineData("", "labels.json(1): This is not JSON.")]
    [InlineData("{\"a\": []} x", "labels.json(1): This is not JSON.")]
    [InlineData("{\"a\": [[\"2014-04-10\", ", "labels.json(1): This is not JSON.")]
    [InlineData("{\n\"\\ud800\": []}", "labels.json(2): This is not JSON. A string holds bytes or escapes that are no text. " + Shape)]
    [InlineData("[]", "labels.json(1): Labels are an object, not a list. " + Shape)]
    [InlineData("{\n\"a\": {\"b\": []}}", "labels.json(2): The labels of a are a list, not an object. " + Shape)]
    [InlineData("{\"a\": null}", "labels.json(1): The labels of a are a list, not null. " + Shape)]
    [InlineData("{\"a\": [\"2014-04-10\"]}", "labels.json(1): A label of a is a list of its first and last time, not a string. " + Shape)]
    [InlineData("{\"a\": [{\"first\": \"2014-04-10\"}]}", "labels.json(1): A label of a is a list of its first and last time, not an object. " + Shape)]
    [InlineData("{\"a\": [[\"2014-04-10\"]]}", "labels.json(1): A label of a has 1 times; it takes two, the first and the last. " + Shape)]
    [InlineData("{\"a\": [[1, 2]]}", "labels.json(1): A time in the labels of a is a string, not a number. Write it as \"2014-04-10 07:15:00\".\n"
        + "labels.json(1): A time in the labels of a is a string, not a number. Write it as \"2014-04-10 07:15:00\".")]
    [InlineData("{\"a\": [[\"2014-04-10\",\n\"soon\"]]}", "labels.json(2): \"soon\" in the labels of a is not a time. Write it as \"2014-04-10 07:15:00\".")]
    [InlineData("{\"a\":\n\n[[\"2014-04-11\",\n\"2014-04-10\"]]}",
        "labels.json(3): The label 2014-04-11 00:00:00 to 2014-04-10 00:00:00 of a ends before it begins. Put the earlier time first.")]
    [InlineData("{\"a\": [[\"2014-04-10\", \"2014-04-12\"],\n[\"2014-04-12\", \"2014-04-13\"]]}",
        "labels.json(2): The label 2014-04-12 00:00:00 to 2014-04-13 00:00:00 of a overlaps 2014-04-10 00:00:00 to 2014-04-12 00:00:00. Make them one, or part them.")]
    [InlineData("{\"a\": [],\n\"a\": []}", "labels.json(2): a stands here a second time. Put all labels of a series into one list.")]
    public void What_is_wrong_is_said_with_its_line(string json, string expected)
    {
        var message = Problem(() => Read(json));
        if (expected.EndsWith("JSON.", StringComparison.Ordinal)) message.ShouldStartWith(expected);
        else message.ShouldBe(expected);
    }

    private const string Shape = """Write an object of series: {"folder/series.csv": [["2014-04-10 07:15:00", "2014-04-11 16:45:00"]]}.""";

    [Fact]
    public void A_file_that_is_not_there_is_a_problem() =>
        Problem(() => Labels.Read("no/labels.json")).ShouldStartWith("The labels no/labels.json cannot be read. ");

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "labels.json");
        File.WriteAllText(file, "{\"a\": []}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Labels.Read(file).Paths.ShouldBe(["a"]);
    }

    [Fact]
    public void Labels_and_series_that_do_not_meet_are_noted()
    {
        var labels = Read("""{"a.csv": [], "b": [["2014-04-10", "2014-04-11"]], "gone.csv": [["2014-04-10", "2014-04-11"]], "d": [], "e": [], "f": []}""");
        labels.Notes(["a.csv", "b.csv", "c.csv"]).ShouldBe([
            "labels.json: the label of gone.csv, which is not in the folder, does not count.",
            "labels.json: c.csv is not named, so that every alert there counts as false.",
        ]);
        labels.Notes(["1", "2", "3", "4", "5"]).ShouldBe([
            "labels.json: the 2 labels of b, gone.csv, which are not in the folder, do not count.",
            "labels.json: 1, 2, 3 and 2 more are not named, so that every alert there counts as false.",
        ]);
        Read("""{"a": []}""").Notes(["a.json"]).ShouldBeEmpty();
    }

    [Fact]
    public void Any_bytes_are_labels_or_a_problem() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Elements("{", "}", "[", "]", "\"a\"", ":", ",", "\"2014-04-10\"", "1", "null", "\n", "\"\uD83D\uDE00\"", "x")).ToArbitrary(), parts =>
        {
            try
            {
                Read(string.Concat(parts)).Paths.ShouldNotBeNull();
            }
            catch (ProblemException)
            {
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_windows_of_NAB_are_as_wide_as_its_sheet_says()
    {
        if (NabFolder.Here is not { } nab)
        {
            Assert.Skip(NabFolder.Absent);
            return;
        }
        nab.Windows.Sum(windows => windows.Count).ShouldBe(67);
        nab.Labels.Notes(nab.Series.Select(series => series.Path)).ShouldBeEmpty();
        foreach (var (series, windows) in nab.Series.Zip(nab.Windows))
        {
            // A tenth of the file in all; merged windows overlapped.
            if (windows.Count == 0) continue;
            (windows.Sum(window => window.Width) / (double)series.Points.Count).ShouldBeInRange(0.06, 0.105, series.Path);
        }
    }

    private static Labels Read(string json) => LabelsReader.Read(Encoding.UTF8.GetBytes(json), "folder/labels.json");

    private static IReadOnlyList<LabelWindow> Resolve(string spans, IReadOnlyList<Point> points) =>
        Read($$"""{"group/cpu.csv": {{spans}}}""").Resolve(new Series("cpu", "group/cpu.csv", points));

    private static Point[] Minutes(params int[] minutes) => [.. minutes.Select(minute => new Point(Start.AddMinutes(minute), minute))];

    private static string Problem(Action action) => Should.Throw<ProblemException>(action).Message;
}
