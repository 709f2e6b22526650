using Flotilla.Core;
using Flotilla.Programs;
using Flotilla.Testing;

namespace Flotilla.Tests.Programs;

public sealed class NewFleetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_fleet_has_a_program_and_tests_in_a_folder_of_its_name()
    {
        NewFleet.Write("corner-shop", _folder.Path).ShouldBe(
        [
            "corner-shop/.gitignore", "corner-shop/Directory.Build.props", "corner-shop/fleet.cs",
            "corner-shop/tests/corner-shop.Tests/FleetTests.cs", "corner-shop/tests/corner-shop.Tests/corner-shop.Tests.csproj",
        ], ignoreOrder: true);
        var fleet = File.ReadAllText(_folder.File("corner-shop", "fleet.cs"));
        fleet.ShouldStartWith($"#:project {Repository.File("src", "Flotilla", "Flotilla.csproj")}\n");
        fleet.ShouldContain("new Fleet(\"corner-shop\")");
        File.ReadAllText(_folder.File("corner-shop", "tests", "corner-shop.Tests", "FleetTests.cs")).ShouldContain("class CornerShopTests");
    }

    [Fact]
    public void No_placeholder_is_left()
    {
        foreach (var file in NewFleet.Write("shop", _folder.Path))
        {
            file.ShouldNotContain("NAME");
            File.ReadAllText(_folder.File(file)).ShouldNotMatch(@"\$[A-Z]+\$");
        }
    }

    [Theory]
    [InlineData("7-eleven", "class Fleet7ElevenTests")]
    [InlineData("a--b", "class ABTests")]
    public void Any_name_of_a_fleet_makes_a_class(string name, string declared)
    {
        NewFleet.Write(name, _folder.Path);
        File.ReadAllText(_folder.File(name, "tests", $"{name}.Tests", "FleetTests.cs")).ShouldContain(declared);
    }

    [Fact]
    public void A_folder_that_is_there_is_left_alone()
    {
        _folder.Write("shop/kept", "kept");
        Should.Throw<ProblemException>(() => NewFleet.Write("shop", _folder.Path)).Problems[0].What.ShouldBe($"{_folder.File("shop")} is there already.");
        Directory.EnumerateFileSystemEntries(_folder.File("shop")).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("Shop")]
    [InlineData("../shop")]
    [InlineData("")]
    [InlineData("a b")]
    public void A_bad_name_writes_nothing(string name)
    {
        Should.Throw<ProblemException>(() => NewFleet.Write(name, _folder.Path)).Problems[0].What.ShouldBe($"\"{name}\" cannot be a fleet's name.");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }
}
