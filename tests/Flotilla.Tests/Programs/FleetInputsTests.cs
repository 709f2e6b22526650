using Flotilla.Programs.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Programs;

public sealed class FleetInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _fleet;

    public FleetInputsTests()
    {
        _fleet = _folder.Write("shop/fleet.cs", "#:project service/Shop.csproj\n#:project ../lib\nreturn 0;\n");
        _folder.Write("shop/service/Shop.csproj", """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="..\..\deep\Deep.csproj" /></ItemGroup></Project>""");
        _folder.Write("shop/service/Program.cs", "one");
        _folder.Write("shop/service/Pages/Index.html", "one");
        _folder.Write("lib/Lib.csproj", "<Project />");
        _folder.Write("lib/Lib.cs", "one");
        _folder.Write("deep/Deep.csproj", """<Project><ItemGroup><ProjectReference Include="../lib/Lib.csproj" /></ItemGroup></Project>""");
        _folder.Write("deep/Deep.cs", "one");
        _folder.Write("Directory.Build.props", "<Project />");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shop/fleet.cs")]
    [InlineData("shop/service/Shop.csproj")]
    [InlineData("shop/service/Program.cs")]
    [InlineData("shop/service/Pages/Index.html")]
    [InlineData("lib/Lib.cs")]
    [InlineData("deep/Deep.cs")]
    [InlineData("Directory.Build.props")]
    public void A_change_of_what_the_build_reads_changes_both_keys(string file) => Changes(file, File.ReadAllText(_folder.File(file)) + "\n").ShouldBe((true, true));

    [Theory]
    [InlineData("shop/service/New.cs")]
    [InlineData("shop/Directory.Build.targets")]
    [InlineData("lib/Directory.Packages.props")]
    [InlineData("global.json")]
    [InlineData("nuget.config")]
    [InlineData("NuGet.Config")]
    public void A_new_file_that_the_build_reads_changes_both_keys(string file) => Changes(file, "new").ShouldBe((true, true));

    [Theory]
    [InlineData("shop/service/bin/Debug/Shop.dll")]
    [InlineData("shop/service/obj/project.assets.json")]
    [InlineData("shop/service/.git/HEAD")]
    [InlineData("shop/.flotilla/journal.jsonl")]
    [InlineData("shop/notes.txt")]
    [InlineData("other/Other.cs")]
    public void Anything_else_changes_none(string file) => Changes(file, "new").ShouldBe((false, false));

    [Fact]
    public void A_file_that_goes_changes_both_keys()
    {
        var before = Keys();
        File.Delete(_folder.File("lib", "Lib.cs"));
        Keys().Stamp.ShouldNotBe(before.Stamp);
        Keys().Content.ShouldNotBe(before.Content);
    }

    [Fact]
    public void Another_pin_of_an_image_is_seen_and_builds_nothing_again()
    {
        Changes("shop/images.lock", "# none").ShouldBe((true, false));
        Changes("shop/images.lock", "# none yet").ShouldBe((true, false));
        Changes("images.lock", "# another's").ShouldBe((false, false));
        var before = Keys();
        File.Delete(_folder.File("shop", "images.lock"));
        Keys().Stamp.ShouldNotBe(before.Stamp);
    }

    [Fact]
    public void The_pins_of_images_lie_beside_the_built_program_as_long_as_there_are_any()
    {
        var build = Directory.CreateDirectory(_folder.File("build")).FullName;
        foreach (var pins in new[] { "# one", "# two" })
        {
            _folder.Write("shop/images.lock", pins);
            FleetBuild.CopyLock(_fleet, build);
            File.ReadAllText(_folder.File("build", "images.lock")).ShouldBe(pins);
        }
        File.Delete(_folder.File("shop", "images.lock"));
        FleetBuild.CopyLock(_fleet, build);
        FleetBuild.CopyLock(_fleet, build);
        Directory.EnumerateFileSystemEntries(build).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_only_touched_is_looked_at_and_found_the_same()
    {
        var (stamp, content) = Keys();
        File.SetLastWriteTimeUtc(_folder.File("lib", "Lib.cs"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Keys().Stamp.ShouldNotBe(stamp);
        Keys().Content.ShouldBe(content);
    }

    [Fact]
    public void A_link_to_nothing_as_editors_leave_it_is_passed_over()
    {
        var before = Keys();
        File.CreateSymbolicLink(_folder.File("lib", ".#Lib.cs"), "someone@host.1234:5678");
        Keys().ShouldBe(before);
    }

    [Fact]
    public void A_project_that_is_broken_or_not_there_is_left_for_the_build_to_tell()
    {
        _folder.Write("lib/Lib.csproj", "<Project");
        Directory.Delete(_folder.File("deep"), recursive: true);
        Keys().Content.Length.ShouldBe(20);
    }

    [Fact]
    public void Projects_that_refer_to_each_other_end()
    {
        _folder.Write("lib/Lib.csproj", """<Project><ItemGroup><ProjectReference Include="../deep/Deep.csproj" /></ItemGroup></Project>""");
        Keys().Content.Length.ShouldBe(20);
    }

    [Theory]
    [InlineData("shop/fleet.cs", "#:project service/Shop.csproj\n#:project ../lib\n#:package A@1.0.0\n", true)]
    [InlineData("shop/fleet.cs", "#:project service/Shop.csproj\n#:project ../lib\nreturn 1;\n", false)]
    [InlineData("shop/service/Program.cs", "two", false)]
    [InlineData("deep/Deep.csproj", "<Project/>", true)]
    [InlineData("Directory.Packages.props", "<Project />", true)]
    [InlineData("shop/nuget.config", "<configuration />", true)]
    public void Only_what_decides_about_packages_asks_for_a_restore(string file, string content, bool changes)
    {
        var before = FleetInputs.Of(_fleet).RestoreKey();
        _folder.Write(file, content);
        (FleetInputs.Of(_fleet).RestoreKey() != before).ShouldBe(changes);
    }

    [Theory]
    [InlineData("shop/fleet.cs", "#:project service/Shop.csproj\n#:project ../lib\nreturn 1;\n", false)]
    [InlineData("shop/fleet.cs", "#:project service/Shop.csproj\n#:project ../lib\n#:property LangVersion=preview\nreturn 0;\n", true)]
    [InlineData("shop/service/Program.cs", "two", true)]
    [InlineData("deep/New.cs", "new", true)]
    [InlineData("Directory.Build.props", "<Project/>", true)]
    [InlineData("shop/images.lock", "# none", false)]
    public void Only_the_text_of_the_fleet_itself_asks_for_no_more_than_compiling(string file, string content, bool changes)
    {
        var before = FleetInputs.Of(_fleet).SurroundingsKey();
        _folder.Write(file, content);
        (FleetInputs.Of(_fleet).SurroundingsKey() != before).ShouldBe(changes);
    }

    private (string Stamp, string Content) Keys() => FleetInputs.Of(_fleet) is var inputs ? (inputs.Stamp(), inputs.ContentKey()) : default;

    private (bool Stamp, bool Content) Changes(string file, string content)
    {
        var before = Keys();
        _folder.Write(file, content);
        var after = Keys();
        return (before.Stamp != after.Stamp, before.Content != after.Content);
    }
}
