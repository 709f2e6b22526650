using Flotilla.Core;
using Flotilla.Programs;
using Flotilla.Testing;

namespace Flotilla.Tests.Programs;

public sealed class FleetFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_found_under_any_name() =>
        FleetFile.Find(_folder.Write("other.cs", "")).ShouldBe(_folder.File("other.cs"));

    [Fact]
    public void The_fleet_of_a_folder_is_found() =>
        FleetFile.Find(Path.GetDirectoryName(_folder.Write("shop/fleet.cs", ""))).ShouldBe(_folder.File("shop", "fleet.cs"));

    [Fact]
    public void The_nearest_fleet_above_is_found()
    {
        _folder.Write("fleet.cs", "");
        _folder.Write("shop/fleet.cs", "");
        _folder.Write("shop/tests/Shop.Tests/FleetTests.cs", "");
        _folder.Write("blog/tests/x", "");
        FleetFile.Find(_folder.File("shop", "tests", "Shop.Tests")).ShouldBe(_folder.File("shop", "fleet.cs"));
        FleetFile.Find(_folder.File("blog", "tests")).ShouldBe(_folder.File("fleet.cs"));
    }

    [Fact]
    public void What_is_not_there_is_told_apart_from_a_folder_without_a_fleet()
    {
        Should.Throw<ProblemException>(() => FleetFile.Find(_folder.File("nothing"))).Problems[0].What.ShouldBe($"There is no file or folder {_folder.File("nothing")}.");
        var problem = Should.Throw<ProblemException>(() => FleetFile.Find(_folder.Path)).Problems[0];
        problem.What.ShouldBe($"There is no fleet.cs in {_folder.Path} or above it.");
        problem.Fix!.ShouldContain("flotilla new NAME");
    }
}
