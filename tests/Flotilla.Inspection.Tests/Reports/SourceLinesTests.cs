using System.Text;
using Flotilla.Inspection.Reports;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Reports;

public sealed class SourceLinesTests
{
    [Theory]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\nb\rc", new[] { "a", "b", "c" })]
    [InlineData("\n\n", new[] { "", "" })]
    [InlineData("\ufeffä\n", new[] { "ä" })]
    public void Lines_end_as_any_system_ends_them(string text, string[] expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", text);
        new SourceLines(folder.Path).Of("a.txt").ShouldBe(expected);
    }

    [Fact]
    public void What_is_not_utf8_is_read_as_latin_1()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.txt"), Encoding.Latin1.GetBytes("Größe\n"));
        new SourceLines(folder.Path).Of("a.txt").ShouldBe(["Größe"]);
    }

    [Fact]
    public void Files_that_are_missing_binary_or_folders_have_no_lines()
    {
        using var folder = new TemporaryFolder();
        folder.Write("binary", "a\0b");
        folder.Write("folder/file", "x");
        folder.Write("empty", "");
        var lines = new SourceLines(folder.Path);
        foreach (var path in new[] { "gone", "binary", "folder", "empty", "", "a\0b", new string('x', 5000) }) lines.Of(path).ShouldBeNull(path);
    }

    [Fact]
    public void Nothing_outside_of_the_root_is_read()
    {
        using var folder = new TemporaryFolder();
        var secret = folder.Write("secret.txt", "s\n");
        folder.Write("root/a.txt", "a\n");
        folder.Write("root2/a.txt", "a\n");
        var lines = new SourceLines(folder.File("root"));
        foreach (var path in new[] { secret, "../secret.txt", "x/../../secret.txt", "../root2/a.txt", "/etc/passwd", "/dev/zero" }) lines.Of(path).ShouldBeNull(path);
        lines.Of(folder.File("root", "a.txt")).ShouldBe(["a"]);
    }

    [Theory]
    [InlineData("x = value", 5, null, 4, 9)]
    [InlineData("x = value", 5, 7, 4, 6)]
    [InlineData("😀 = 1", 3, null, 3, 4)]
    [InlineData("a", 9, 20, 1, 1)]
    [InlineData("a", null, null, 0, 0)]
    public void Columns_count_characters(string line, int? column, int? endColumn, int start, int end) =>
        HtmlSource.Columns(line, new FindingLocation("a", 1, column) { EndColumn = endColumn }).ShouldBe((start, end));
}
