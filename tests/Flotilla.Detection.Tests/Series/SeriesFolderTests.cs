using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class SeriesFolderTests : IDisposable
{
    private const string Row = "1500000000,1\n";
    private static readonly SeriesOptions Options = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Files_are_found_in_all_folders_in_the_order_of_their_paths()
    {
        foreach (var name in (string[])["b.csv", "a/z.json", "a/B/c", "a-/x.data", "Z.csv", "readme_counts.csv"]) _folder.Write(name, Row);
        var found = SeriesFolder.Find(_folder.Path, Options);
        found.Select(file => file.Path).ShouldBe(["Z.csv", "a-/x.data", "a/B/c", "a/z.json", "b.csv", "readme_counts.csv"]);
        found.Select(file => file.Name).ShouldBe(["Z", "x", "c", "z", "b", "readme_counts"]);
        found[3].FullPath.ShouldBe(_folder.File("a", "z.json"));
        found.ShouldAllBe(file => file.Load(Options).Points.Count == 1);
    }

    [Fact]
    public void What_is_hidden_or_about_the_series_is_left_out()
    {
        foreach (var name in (string[])[".hidden.csv", ".git/a.csv", "LICENSE", "LICENSE.NAB.txt", "README.md", "readme", "notes.md", "README-first", "a.csv"]) _folder.Write(name, Row);
        SeriesFolder.Find(_folder.Path, Options).ShouldHaveSingleItem().Path.ShouldBe("a.csv");
    }

    [Fact]
    public void A_single_file_is_taken_for_itself() =>
        SeriesFolder.Find(_folder.Write("a/ts1.json", "[[1,2]]"), Options).ShouldHaveSingleItem().ShouldBe(new SeriesFile("ts1", "ts1.json", _folder.File("a", "ts1.json")));

    [Fact]
    public void Links_are_followed_but_not_in_circles()
    {
        _folder.Write("real/a.csv", Row);
        Directory.CreateSymbolicLink(_folder.File("real", "up"), _folder.Path);
        using var other = new TemporaryFolder();
        other.Write("b.csv", Row);
        Directory.CreateSymbolicLink(_folder.File("other"), other.Path);
        SeriesFolder.Find(_folder.Path, Options).Select(file => file.Path).ShouldBe(["other/b.csv", "real/a.csv"]);
    }

    [Fact]
    public void Several_targets_in_a_file_are_several_series()
    {
        _folder.Write("sub/cpu.json", """
            [{"target": "web.b", "datapoints": [[1, 1500000000], [null, 1500000060]]},
             {"target": "web.a", "tags": {"x": "]"}, "datapoints": [
               [3, 1500000000]]},
             {"target": "web.a", "datapoints": [[4, 1500000000]]}]
            """);
        _folder.Write("up.json", """
            {"status": "success", "data": {"resultType": "matrix", "result": [
              {"metric": {"__name__": "up", "job": "a\"b", "zone": "ü"}, "values": [[1500000000, "5"]]},
              {"metric": {"job": "c"}, "values": [[1500000000.5, "6"]]},
              {"metric": {"__name__": "up"}, "values": [[1500000000, "7"], [1500000001, "Inf"]]}]}}
            """);
        var found = SeriesFolder.Find(_folder.Path, Options);
        found.Select(file => file.Name).ShouldBe(["cpu:web.a", "cpu:web.a-2", "cpu:web.b", "up:up", "up:up{job=\"a\\\"b\",zone=\"ü\"}", "up:{job=\"c\"}"]);
        found.Select(file => file.Path).ShouldBe(["sub/cpu.json:web.a", "sub/cpu.json:web.a-2", "sub/cpu.json:web.b", "up.json:up", "up.json:up{job=\"a\\\"b\",zone=\"ü\"}", "up.json:{job=\"c\"}"]);
        found.Where(file => file.Name != "up:up").Select(file => file.Load(Options).Points[0]).ShouldBe(
            [SeriesText.At(1_500_000_000, 3), SeriesText.At(1_500_000_000, 4), SeriesText.At(1_500_000_000, 1), SeriesText.At(1_500_000_000, 5), SeriesText.At(1_500_000_000.5, 6)]);
        found[2].Load(Options).Missing.ShouldBe(1);
        // One that is wrong does not keep the others from being read.
        Should.Throw<ProblemException>(() => found[3].Load(Options)).Message.ShouldStartWith("up.json(4): The value \"Inf\" of point 1 of \"up\" is infinite.");
    }

    [Fact]
    public void One_target_in_a_file_is_called_by_the_file()
    {
        _folder.Write("cpu.json", """[{"target": "web.b", "datapoints": [[1, 1500000000]]}]""");
        SeriesFolder.Find(_folder.Path, Options).ShouldHaveSingleItem().Name.ShouldBe("cpu");
    }

    [Fact]
    public void A_wrong_file_is_found_and_says_what_is_wrong_when_it_is_read()
    {
        _folder.Write("a.csv", Row);
        _folder.Write("cut.json", "[{\"target\": \"a\", \"datapoints\": [[1,");
        _folder.Write("empty.csv", "");
        _folder.Write("notes.txt", "Nothing here.");
        File.CreateSymbolicLink(_folder.File("gone.csv"), _folder.File("nowhere.csv"));
        var found = SeriesFolder.Find(_folder.Path, Options);
        string Message(SeriesFile file)
        {
            try
            {
                return file.Load(Options).Name;
            }
            catch (ProblemException e)
            {
                return e.Message;
            }
        }
        found.Select(Message).ShouldBe([
            "a",
            "cut.json(1): The file ends in the middle of its JSON. It was cut off when it was written or copied. Get it again.",
            "empty.csv: The file is empty. Remove it, or fill it again.",
            $"gone.csv: The file cannot be read. Could not find file '{_folder.File("gone.csv")}'. Check that it is there and that you may read it.",
            "notes.txt(1): This is not a series. Expected a time and a number in each row, such as 2015-09-16 17:45:00,3.5 or 1442425500,3.5; "
                + "here stands \"Nothing here.\". Move the file out of the folder, or bring it into this form.",
        ]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem() =>
        Message(_folder.File("nowhere")).ShouldBe($"There is no folder {_folder.File("nowhere")}. Give the folder that holds the series.");

    [Fact]
    public void A_folder_without_series_is_a_problem()
    {
        var expected = $"There is no series in the folder {_folder.Path}. Hidden files, LICENSE, README, *.md and labels.json do not count. "
            + "Put series there as CSV or JSON, or store some with \"flotilla bench grab URL\".";
        Message(_folder.Path).ShouldBe(expected);
        _folder.Write("README.md", "# Series");
        Directory.CreateDirectory(_folder.File("empty"));
        Message(_folder.Path).ShouldBe(expected);
    }

    [Fact]
    public void Two_files_of_one_name_are_a_problem_that_names_both()
    {
        _folder.Write("a/ts1.csv", Row);
        _folder.Write("b/ts1.json", "[[1,2]]");
        _folder.Write("b/ts2.json", "[[1,2]]");
        _folder.Write("ts2", Row);
        Message(_folder.Path).ShouldBe("""
            2 files have the series name "ts1": a/ts1.csv and b/ts1.json. Results name a series by its file's name without the ending. Rename all but one.
            2 files have the series name "ts2": b/ts2.json and ts2. Results name a series by its file's name without the ending. Rename all but one.
            """);
    }

    [Fact]
    public void Points_are_read_anew_each_time()
    {
        var path = _folder.Write("a.csv", Row);
        var points = SeriesFolder.Find(_folder.Path, Options)[0].ReadPoints(Options);
        points.Count().ShouldBe(1);
        File.AppendAllText(path, "1500000060,2\n");
        points.Count().ShouldBe(2);
        points.First().ShouldBe(SeriesText.At(1_500_000_000, 1));
    }

    public void Dispose() => _folder.Dispose();

    private static string Message(string folder) => Should.Throw<ProblemException>(() => SeriesFolder.Find(folder, Options)).Message;
}
