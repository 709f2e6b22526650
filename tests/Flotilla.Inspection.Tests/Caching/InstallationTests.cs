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
