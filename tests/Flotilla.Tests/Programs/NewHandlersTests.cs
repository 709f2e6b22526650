using Flotilla.Core;
using Flotilla.Programs;
using Flotilla.Testing;

namespace Flotilla.Tests.Programs;

public sealed class NewHandlersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_library_has_a_handler_a_word_for_a_role_and_tests()
    {
        NewHandlers.Write("on-call", _folder.Path).ShouldBe(
        [
            "on-call/.gitignore", "on-call/Directory.Build.props", "on-call/README.md", "on-call/src/Handler.cs", "on-call/src/Role.cs",
            "on-call/src/on-call.csproj", "on-call/tests/on-call.Tests/HandlerTests.cs", "on-call/tests/on-call.Tests/on-call.Tests.csproj",
        ], ignoreOrder: true);
        File.ReadAllText(_folder.File("on-call", "src", "Handler.cs")).ShouldContain("namespace OnCallHandlers;");
        File.ReadAllText(_folder.File("on-call", "src", "Role.cs")).ShouldContain("public static Role KeepOnCall(this Role role");
        File.ReadAllText(_folder.File("on-call", "src", "on-call.csproj")).ShouldContain(Repository.File("src", "Flotilla", "Flotilla.csproj"));
    }

    [Fact]
    public void No_placeholder_is_left()
    {
        foreach (var file in NewHandlers.Write("crew", _folder.Path))
        {
            file.ShouldNotContain("NAME");
            File.ReadAllText(_folder.File(file)).ShouldNotMatch(@"\$[A-Z]+\$");
        }
    }

    [Fact]
    public void A_bad_name_or_a_folder_that_is_there_writes_nothing()
    {
        Should.Throw<ProblemException>(() => NewHandlers.Write("Crew", _folder.Path)).Problems[0].What.ShouldBe("\"Crew\" cannot be the name of a library.");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
        _folder.Write("crew/kept", "kept");
        Should.Throw<ProblemException>(() => NewHandlers.Write("crew", _folder.Path)).Problems[0].What.ShouldBe($"{_folder.File("crew")} is there already.");
        Directory.EnumerateFileSystemEntries(_folder.File("crew")).ShouldHaveSingleItem();
    }
}
