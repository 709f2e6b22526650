using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Caching;

/// <summary>What lies outside of the inspected folder changes what tools say. The environment is the whole process's, so no other test runs beside these.</summary>
[Collection(EnvironmentCollection.Name)]
public sealed class EnvironmentTests
{
    [Fact]
    public async Task Modules_where_the_interpreter_is_told_to_look_change_what_pylint_says()
    {
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("common.py", "def f():\n    pass\n");
        using var project = new Project().With("a.py", "import common\ncommon.f()\n");
        var before = Environment.GetEnvironmentVariable("PYTHONPATH");
        try
        {
            Environment.SetEnvironmentVariable("PYTHONPATH", elsewhere.Path);
            (await SaysAsync()).ShouldNotContain("a.py:2 pylint no-member");
            elsewhere.Write("common.py", "def g():\n    pass\n");
            (await SaysAsync()).ShouldContain("a.py:2 pylint no-member");
        }
        finally
        {
            Environment.SetEnvironmentVariable("PYTHONPATH", before);
        }

        async Task<List<string>> SaysAsync() => [.. Project.Lines(await project.InspectAsync(request => request with { Only = ["pylint"], CacheFolder = project.Cache }))];
    }

    [Fact]
    public async Task Configuration_in_the_users_home_and_above_the_root_changes_what_tools_say()
    {
        using var home = new TemporaryFolder();
        using var project = new Project().With("in/a.sh", "#!/bin/sh\necho $1\n").With("in/a.py", "def f(x):\n    return x\n\n\ndef g() -> int:\n    return 'x'\n");
        var before = Environment.GetEnvironmentVariable("HOME");
        var configurations = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        try
        {
            Environment.SetEnvironmentVariable("HOME", home.Path);
            Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", null);
            (await SaysAsync()).ShouldBe(["a.py:6 mypy return-value", "a.sh:2 shellcheck SC2086"]);
            home.Write(".shellcheckrc", "disable=SC2086\n");
            home.Write(".mypy.ini", "[mypy]\ndisallow_untyped_defs = True\n");
            (await SaysAsync()).ShouldBe(["a.py:1 mypy no-untyped-def", "a.py:6 mypy return-value"]);
            home.Write(".config/mypy/config", "[mypy]\ndisallow_untyped_defs = False\n");
            (await SaysAsync()).ShouldBe(["a.py:6 mypy return-value"]);
            project.With(".shellcheckrc", "disable=SC2034\n");
            (await SaysAsync()).ShouldBe(["a.py:6 mypy return-value", "a.sh:2 shellcheck SC2086"]);
            home.Write(".config/pycodestyle", "[pycodestyle]\nignore = E111\n");
            project.With("in/a.sh", "#!/bin/sh\n").With("in/a.py", "if True:\n  x = 1\n");
            (await SaysAsync()).ShouldBe(["a.py:2 pycodestyle E111"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOME", before);
            Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", configurations);
        }

        async Task<List<string>> SaysAsync() => [.. Project.Lines(await project.InspectAsync(request =>
            new InspectionRequest(Path.Combine(project.Root, "in")) with { Only = ["shellcheck", "mypy", "pycodestyle"], CacheFolder = project.Cache }))];
    }
}

/// <summary>Tests that run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentCollection
{
    public const string Name = "environment";
}
