using Flotilla.Core;
using Flotilla.Inspection.Profiles;

namespace Flotilla.Inspection.Tests.Profiles;

public sealed class TomlReaderTests
{
    [Theory]
    [InlineData("a = 1", 1L)]
    [InlineData("a = -1_000", -1000L)]
    [InlineData("a = 0xff", 255L)]
    [InlineData("a = 0o17", 15L)]
    [InlineData("a = 0b11", 3L)]
    [InlineData("a = 1.5e3", 1500.0)]
    [InlineData("a = true # comment", true)]
    [InlineData("a = 2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z")]
    [InlineData("a = \"x\\n\\u00e4 \\\"#\"", "x\nä \"#")]
    [InlineData("a = 'x\\n'", "x\\n")]
    [InlineData("a = \"\"\"\nx\ny\\\n   z\"\"\"", "x\nyz")]
    [InlineData("a = '''\nx'y'''", "x'y")]
    [InlineData("a = \"\"\"x\"\"\"\"", "x\"")]
    [InlineData("\"a\" = 1\r\n", 1L)]
    public void A_value_is_read(string text, object value) => Read(text)["a"]!.Scalar.ShouldBe(value);

    [Fact]
    public void Tables_dotted_keys_arrays_and_inline_tables_are_joined()
    {
        var root = Read("a.b.c = 1\n[a.d]\ne = [1, # one\n 'two', [3], ]\n[[list]]\nx = 1\n[[list]]\nx = { y.z = 2, w = 3 }\n[list.inner]\nq = 4\n['quoted.key']\nz=1");
        root["a"]!["b"]!["c"]!.Scalar.ShouldBe(1L);
        root["a"]!["d"]!["e"]!.Items!.Select(item => item.ToValue()).ShouldBe([1L, "two", new List<object?> { 3L }]);
        root["list"]!.Items!.Count.ShouldBe(2);
        root["list"]!.Items![1]["x"]!["y"]!["z"]!.Scalar.ShouldBe(2L);
        root["list"]!.Items![1]["inner"]!["q"]!.Scalar.ShouldBe(4L);
        root["quoted.key"]!["z"]!.Scalar.ShouldBe(1L);
        root["a"]!["d"]!["e"]!.Line.ShouldBe(3);
    }

    [Theory]
    [InlineData("a", 1, 2)]
    [InlineData("a = ", 1, 5)]
    [InlineData("a = 1\na = 2", 2, 1)]
    [InlineData("[a]\n[a]", 2, 2)]
    [InlineData("a = 1\n[a]", 2, 2)]
    [InlineData("a = \"x", 1, 7)]
    [InlineData("a = \"x\ny\"", 1, 7)]
    [InlineData("a = [1", 1, 7)]
    [InlineData("a = { b = 1", 1, 12)]
    [InlineData("[a", 1, 3)]
    [InlineData("a = 1 b = 2", 1, 5)]
    [InlineData("a = \"\\q\"", 1, 8)]
    [InlineData("a = \"\\ud800\"", 1, 12)]
    [InlineData("= 1", 1, 1)]
    public void What_is_no_toml_is_a_problem_with_its_place(string text, int line, int column)
    {
        var problem = Should.Throw<ProblemException>(() => Read(text)).Problems[0];
        (problem.Where!.Value.Line, problem.Where.Value.Column).ShouldBe((line, column), problem.ToString());
        problem.Fix.ShouldNotBeNull();
    }

    private static ProfileNode Read(string text) => TomlReader.Read("/x/a.toml", "a.toml", text);
}
