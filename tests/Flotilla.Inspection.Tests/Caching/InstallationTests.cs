using Flotilla.Core.Machines.Real;
using Flotilla.Inspection.Caching;
using Flotilla.Inspection.Tools.Python;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests.Caching;

/// <summary>What tells one installation of a tool from another.</summary>
[Collection(PathCollection.Name)]
public sealed class InstallationTests
{
    [Fact]
    public async Task Two_virtual_environments_of_one_interpreter_are_two_installations()
    {
        using var one = Environment();
        using var other = Environment();
        var path = System.Environment.GetEnvironmentVariable("PATH");
        try
        {
            var first = await MarksAsync(one);
            (await MarksAsync(one)).ShouldBe(first);
            (await MarksAsync(other)).ShouldNotBe(first);
            one.Write("lib/python3.11/site-packages/mccabe.py", "__version__ = '9.9'\n");
            (await MarksAsync(one)).ShouldNotBe(first);
        }
        finally
        {
            System.Environment.SetEnvironmentVariable("PATH", path);
        }

        async Task<string> MarksAsync(TemporaryFolder environment)
        {
            System.Environment.SetEnvironmentVariable("PATH", $"{environment.File("bin")}:{path}");
            return (await new ToolVersions(null, TimeSpan.FromMinutes(1), TimeProvider.System).FindAsync(new Mccabe(), new LocalMachine("local"), TestContext.Current.CancellationToken)).Marks;
        }
    }

    [Fact]
    public async Task Configuration_in_the_users_home_and_above_the_root_changes_what_tools_say()
    {
        using var home = new TemporaryFolder();
        using var project = new Project().With("in/a.sh", "#!/bin/sh\necho $1\n").With("in/a.py", "def f(x):\n    return x\n\n\ndef g() -> int:\n    return 'x'\n");
        var before = System.Environment.GetEnvironmentVariable("HOME");
        var configurations = System.Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        try
        {
            System.Environment.SetEnvironmentVariable("HOME", home.Path);
            System.Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", null);
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
            System.Environment.SetEnvironmentVariable("HOME", before);
            System.Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", configurations);
        }

        async Task<List<string>> SaysAsync() => [.. Project.Lines(await project.InspectAsync(request =>
            new InspectionRequest(Path.Combine(project.Root, "in")) with { Only = ["shellcheck", "mypy", "pycodestyle"], CacheFolder = project.Cache }))];
    }

    private static TemporaryFolder Environment()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("bin"));
        Directory.CreateDirectory(folder.File("lib", "python3.11", "site-packages"));
        File.CreateSymbolicLink(folder.File("bin", "python3"), "/usr/bin/python3");
        return folder;
    }
}

/// <summary>Tests that change the PATH of this process, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class PathCollection
{
    public const string Name = "PATH";
}
