using System.Text;
using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Detection.Tests;

public sealed class SeriesWriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_file_has_one_pair_a_line()
    {
        var path = Write(new GrabbedSeries("cpu", [SeriesText.At(1_500_000_000, 1), SeriesText.At(1_500_000_060.25, double.NaN), SeriesText.At(1_500_000_120, -1e-7)])).Single();
        File.ReadAllText(path).ShouldBe("[[1500000000,1],\n[1500000060.25,null],\n[1500000120,-1E-07]]\n");
        File.ReadAllText(Write(new GrabbedSeries("none", [])).Single()).ShouldBe("[]\n");
    }

    [Theory]
    [InlineData("web.a.cpu-2", "web.a.cpu-2")]
    [InlineData("summarize(web.*.cpu, \"1h\", 'avg')", "summarize_web._.cpu,_1h_,_avg")]
    [InlineData("up{instance=\"a:9100\",job=\"node\"}", "up_instance=_a_9100_,job=_node")]
    [InlineData("../../etc/passwd", "_.._.._etc_passwd")]
    [InlineData(".hidden", "_.hidden")]
    [InlineData("README", "_README")]
    [InlineData("größe 日本", "größe_日本")]
    [InlineData("a\\b\0c\nd?e[f]", "a_b_c_d_e_f")]
    [InlineData("{}", "series")]
    [InlineData("", "series")]
    public void A_name_is_made_safe(string series, string file) => Name(series).ShouldBe(file + ".json");

    [Fact]
    public void A_name_is_at_most_200_bytes()
    {
        Name(new string('a', 195)).ShouldBe(new string('a', 195) + ".json");
        Name(new string('a', 196)).ShouldBe(new string('a', 195) + ".json");
        Name(new string('ü', 300)).ShouldBe(new string('ü', 97) + ".json");
        Write(Series(new string('ü', 300)), Series(new string('ü', 300) + "x")).Select(path => Encoding.UTF8.GetByteCount(Path.GetFileName(path))).ShouldBe([199, 199]);
    }

    [Fact]
    public void Series_that_would_have_one_name_are_numbered() =>
        Write(Series("a b"), Series("a/b"), Series("A_b"), Series("a_b-2"), Series("a*b")).Select(Path.GetFileName)
            .ShouldBe(["a_b.json", "a_b-2.json", "A_b-3.json", "a_b-2-2.json", "a_b-4.json"]);

    [Fact]
    public void A_file_of_another_grab_is_replaced_and_nothing_else_is_left()
    {
        var path = _folder.Write("a.json", "old");
        Write(Series("a")).ShouldBe([path]);
        File.ReadAllText(path).ShouldBe("[[1,2]]\n");
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void The_folder_is_made() => SeriesGrab.Write(_folder.File("x", "y"), [Series("a")]).ShouldBe([_folder.File("x", "y", "a.json")]);

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_problem()
    {
        var file = _folder.Write("file", "");
        Should.Throw<ProblemException>(() => SeriesGrab.Write(file, [Series("a")])).Message
            .ShouldBe($"The series cannot be written to {file}. The file '{file}' already exists. Give a folder that you may write to.");
        Directory.CreateDirectory(_folder.File("a.json"));
        Should.Throw<ProblemException>(() => Write(Series("a"))).Message.ShouldStartWith($"The series cannot be written to {_folder.Path}.");
        Directory.GetFiles(_folder.Path).ShouldBe([file]);
    }

    public void Dispose() => _folder.Dispose();

    private string? Name(string series) => Path.GetFileName(Write(Series(series)).Single());

    private IReadOnlyList<string> Write(params GrabbedSeries[] series) => SeriesGrab.Write(_folder.Path, series);

    private static GrabbedSeries Series(string name) => new(name, [SeriesText.At(1, 2)]);
}
