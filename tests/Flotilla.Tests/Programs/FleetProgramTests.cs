using Flotilla.Core;
using Flotilla.Programs;
using Flotilla.Programs.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Programs;

/// <summary>A <c>fleet.cs</c> built and loaded as tests of users do it. A build takes seconds, so there are few here.</summary>
public sealed class FleetProgramTests : IDisposable
{
    private static readonly string Sdk = Repository.File("src", "Flotilla", "Flotilla.csproj");

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        // The fleet lies in a folder that no later run knows, so its builds would stay for ever.
        if (Directory.Exists(FleetBuild.CacheOf(Fleet))) Directory.Delete(FleetBuild.CacheOf(Fleet), recursive: true);
        _folder.Dispose();
    }

    private string Fleet => _folder.File("shop", "fleet.cs");

    [Fact]
    public void A_fleet_is_loaded_from_its_source_and_its_build_is_kept_until_the_source_changes()
    {
        var file = _folder.Write("shop/fleet.cs", $$"""
            #:project {{Sdk}}
            using Flotilla;

            var fleet = new Fleet("loaded");
            fleet.Role("web", web => web.App("shop", app => app.Command("shop").Instances(2)));
            fleet.Scenario("starts", s => s.App("shop").UntilHealthy());
            var code = await fleet.RunAsync(args);
            return code;
            """);
        FleetBuild.TryFind(file).ShouldBeNull();

        var fleet = FleetProgram.Load(_folder.File("shop"));
        fleet.Name.ShouldBe("loaded");
        // The type is this process's own, so the fleet can be simulated here.
        FleetSimulation.Of(fleet).Play("starts").Passed.ShouldBeTrue();
        fleet.Build().Roles[0].Declared.ToString().ShouldBe("fleet.cs(5)");

        var built = FleetBuild.TryFind(file).ShouldNotBeNull();
        FleetProgram.Load(file).ShouldNotBeSameAs(fleet);
        FleetBuild.TryFind(file).ShouldBe(built);
        File.AppendAllText(file, "// changed\n");
        FleetBuild.TryFind(file).ShouldBeNull();
    }

    [Fact]
    public void What_does_not_compile_is_told_with_its_file_and_line()
    {
        var file = _folder.Write("shop/fleet.cs", $"""
            #:project {Sdk}
            using Flotilla;

            var fleet = new Fleet("shop");
            fleet.Rol("web", web => web.App("shop", app => app.Command("shop")));
            return await fleet.RunAsync(args);
            """);
        var problem = Should.Throw<ProblemException>(() => FleetProgram.Load(file)).Problems.ShouldHaveSingleItem();
        problem.Where.ToString().ShouldBe("fleet.cs(5)");
        problem.What.ShouldStartWith("CS1061: 'Fleet' does not contain a definition for 'Rol'");
    }

    [Fact]
    public async Task What_was_restored_and_has_gone_is_restored_again()
    {
        var file = _folder.Write("shop/fleet.cs", "return 1;\n");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(FleetBuild.CacheOf(file)).FullName, "restored"), FleetInputs.Of(file).RestoreKey());
        File.Exists(await FleetBuild.EnsureAsync(file, TestContext.Current.CancellationToken)).ShouldBeTrue();
        File.WriteAllText(file, "return 2;\n");
        File.Exists(await FleetBuild.EnsureAsync(file, TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_file_of_a_library_gave_has_gone_with_the_file()
    {
        _folder.Write("lib/Lib.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        _folder.Write("lib/Kept.cs", "public static class Kept { public const int Code = 1; }\n");
        var gone = _folder.Write("lib/Gone.cs", "public static class Gone { public const int Code = 1; }\n");
        var file = _folder.Write("shop/fleet.cs", "#:project ../lib\nreturn Gone.Code + Kept.Code;\n");
        File.Exists(await FleetBuild.EnsureAsync(file, TestContext.Current.CancellationToken)).ShouldBeTrue();
        File.Delete(gone);
        var problem = (await Should.ThrowAsync<ProblemException>(() => FleetBuild.EnsureAsync(file, TestContext.Current.CancellationToken))).Problems.ShouldHaveSingleItem();
        problem.What.ShouldStartWith("CS0103: The name 'Gone' does not exist");
    }

    [Fact]
    public async Task A_fleet_of_which_only_its_own_file_has_changed_is_only_compiled()
    {
        _folder.Write("lib/Lib.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        var library = _folder.Write("lib/Lib.cs", "public static class Lib { public static int Code() => 1; }\n");
        var file = _folder.Write("shop/fleet.cs", "#:project ../lib\nreturn Lib.Code();\n");
        // Where git knows of the code, the compiler is told more: which sources it does not know of.
        await Tool.RunAsync("/bin/sh", ["-c", "cd \"$0\" && git init -q && git add -A && git -c user.name=me -c user.email=me@example.com commit -qm first", _folder.Path]);
        (await CodeAsync("return Lib.Code();")).ShouldBe((1, true));
        (await CodeAsync("var list = new List<int> { 2 };\nreturn Lib.Code() + list[0];")).ShouldBe((3, false), "implicit usings too");

        var problem = (await Should.ThrowAsync<ProblemException>(() => CodeAsync("return 1\n    + Lib.Cod();"))).Problems.ShouldHaveSingleItem();
        problem.What.ShouldStartWith("CS0117: 'Lib' does not contain a definition for 'Cod'");
        problem.Where.ToString().ShouldBe("fleet.cs(3)");
        (await CodeAsync("return Lib.Code() + 4;")).ShouldBe((5, false));

        // What is not the fleet's own file takes a whole build, also when a library was built meanwhile by another, and is as before now.
        File.WriteAllText(library, "public static class Lib { public static int Code(int more = 10) => more; }\n");
        (await CodeAsync("return Lib.Code() + 4;")).ShouldBe((14, true));
        (await CodeAsync("return Lib.Code() + 5;")).ShouldBe((15, false));

        // What is needed has gone.
        var state = Path.Combine(FleetBuild.CacheOf(file), FleetCompiler.FolderName, "state");
        var lines = await File.ReadAllLinesAsync(state, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(state, [lines[0], lines[1], "/nowhere/csc.dll"], TestContext.Current.CancellationToken);
        (await CodeAsync("return Lib.Code() + 6;")).ShouldBe((16, true));

        // What it returns, and whether it was built as a whole.
        async Task<(int Code, bool IsWhole)> CodeAsync(string code)
        {
            await File.WriteAllTextAsync(file, $"#:project ../lib\n{code}\n");
            var arguments = Path.Combine(FleetBuild.CacheOf(file), FleetCompiler.FolderName, "csc.rsp");
            var before = File.GetLastWriteTimeUtc(arguments);
            var program = await FleetBuild.EnsureAsync(file, TestContext.Current.CancellationToken);
            using var run = System.Diagnostics.Process.Start("dotnet", [program]);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (run.ExitCode, File.GetLastWriteTimeUtc(arguments) != before);
        }
    }

    [Fact]
    public void Without_a_fleet_there_is_nothing_to_load() =>
        Should.Throw<ProblemException>(() => FleetProgram.Load(_folder.Path)).Problems[0].What.ShouldContain("There is no fleet.cs");
}
