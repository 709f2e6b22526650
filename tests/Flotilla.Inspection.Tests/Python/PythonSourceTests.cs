using Flotilla.Inspection.Python;

namespace Flotilla.Inspection.Tests.Python;

public sealed class PythonSourceTests
{
    [Theory]
    [InlineData("a = (1,\n 2)\nb", 2, 1, 2)]
    [InlineData("a = '''x\ny'''\nb", 1, 1, 2)]
    [InlineData("a = 1 + \\\n 2\nb", 1, 1, 2)]
    [InlineData("@x\n@y(1)\ndef f(a,\n  b): pass\nc", 3, 1, 4)]
    [InlineData("a = '#'\nb", 1, 1, 1)]
    [InlineData("a = 'x\\'('\nb", 1, 1, 1)]
    [InlineData("a = (  # one\n 2,\n)\nb", 1, 1, 3)]
    [InlineData("a = (1,\n", 1, 1, 2)]
    [InlineData("a = 'x\\\ny'\nb", 1, 1, 2)]
    [InlineData("a = \"\"\"x\n\"\"\"; b = \"\"\"y\nz\"\"\"\nc", 2, 1, 3)]
    [InlineData("a = \"\"\nb", 1, 1, 1)]
    public void A_line_knows_its_statement(string text, int line, int first, int last) => new PythonSource(text).StatementOf(line).ShouldBe((first, last));

    [Theory]
    [InlineData("from a.b import c, d", 0, "a.b", "c,d")]
    [InlineData("from . import c", 1, "", "c")]
    [InlineData("from .. a import (c)", 2, "a", "c")]
    [InlineData("from . .a import*", 2, "a", "*")]
    [InlineData("from.import c", 1, "", "c")]
    public void An_import_from_a_module_is_read(string line, int level, string module, string names)
    {
        var import = PythonImports.Of(new PythonSource(line + "\n")).ShouldHaveSingleItem();
        (import.Level, import.Module, string.Join(',', import.Names)).ShouldBe((level, module, names));
    }

    // With a step back for each blank it would take hours.
    [Fact]
    public void A_long_line_that_is_no_import_is_read_at_once() => PythonImports.Of(new PythonSource($"from{new string(' ', 50_000)}x\n")).ShouldBeEmpty();

    [Fact]
    public void Comments_are_told_and_strings_are_not()
    {
        var source = new PythonSource("x = '# no'  # yes\n'''\n# no\n'''\n  # alone\n");
        source.Comments.ShouldBe([new PythonComment(1, 13, "# yes", false), new PythonComment(5, 3, "# alone", true)]);
    }

    [Fact]
    public void Imports_are_read_in_every_form()
    {
        var imports = PythonImports.Of(new PythonSource("""
            import os, sys as s
            from . import (a,
                           b as c)  # comment
            from ..up.per import x
            if TYPE_CHECKING:
                import typed
            def f():
                import inner; import two
            text = "import no"
            """));
        imports.Select(import => $"{import.Line} {new string('.', import.Level)}{import.Module} [{string.Join(' ', import.Names)}] {import.WhenImported}").ShouldBe([
            "1 os [] True", "1 sys [] True", "2 . [a b] True", "4 ..up.per [x] True", "6 typed [] False", "8 inner [] False", "8 two [] False",
        ]);
    }

    [Fact]
    public void What_a_file_reaches_is_what_it_imports_directly_or_not()
    {
        var graph = Graph(("p/__init__.py", ""), ("p/a.py", "from . import b"), ("p/b.py", "import p.c"), ("p/c.py", "import os"), ("d.py", "import p.a"));
        graph.Reach("p/a.py").ShouldBe(["p/__init__.py", "p/a.py", "p/b.py", "p/c.py"]);
        graph.Reach("d.py").ShouldBe(["d.py", "p/__init__.py", "p/a.py", "p/b.py", "p/c.py"]);
        graph.Reach("p/c.py").ShouldBe(["p/c.py"]);
    }

    [Fact]
    public void Cycles_are_the_same_in_whatever_order_files_come()
    {
        (string, string)[] files = [("a.py", "import b"), ("b.py", "import c"), ("c.py", "import a\nimport b"), ("d.py", "def f():\n    import e"), ("e.py", "import d")];
        var cycles = Graph(files).Cycles().Select(cycle => string.Join(">", cycle.Select(edge => edge.From))).ToList();
        cycles.ShouldBe(["a.py>b.py>c.py"]);
        Graph([.. files.Reverse()]).Cycles().Select(cycle => string.Join(">", cycle.Select(edge => edge.From))).ShouldBe(cycles);
    }

    private static ImportGraph Graph(params (string Path, string Text)[] files) =>
        new(files.ToDictionary(file => file.Path, file => PythonImports.Of(new PythonSource(file.Text))));
}
