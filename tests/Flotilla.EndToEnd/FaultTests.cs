using System.Net;
using System.Net.Sockets;
using Flotilla.Testing;

namespace Flotilla.EndToEnd;

/// <summary>What goes wrong, through the real command: what it says, how it exits, what it leaves behind.</summary>
[Collection("faults")]
public sealed class FaultTests
{
    private static readonly string Folder = Repository.File("tests", "Flotilla.EndToEnd", "Fleets", "faults");

    [Fact]
    public async Task A_fleet_that_does_not_compile_tells_each_error_with_its_file_and_line()
    {
        using var folder = new TemporaryFolder();
        folder.Write("fleet.cs", $$"""
            #:project {{Repository.File("src", "Flotilla", "Flotilla.csproj")}}
            #:property PublishAot=false
            using Flotilla;
            var fleet = new Fleet("broken");
            fleet.Rolle("web", web => { });
            return await fleet.RunAsync(arguments);
            """);
        var (exitCode, output, error) = await FlotillaCommand.RunAsync(folder.Path, null, "plan");
        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("error: fleet.cs(5): CS1061: 'Fleet' does not contain a definition for 'Rolle'");
        error.ShouldContain("error: fleet.cs(6): CS0103: The name 'arguments' does not exist in the current context");
    }

    [Fact]
    public async Task Without_a_fleet_the_command_says_what_it_looked_for()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, error) = await FlotillaCommand.RunAsync(folder.Path, null, "up");
        exitCode.ShouldBe(2);
        error.ShouldBe($"error: There is no fleet.cs in {folder.Path} or above it.\n  fix: Name its folder (\"flotilla describe DIR\"), or write a new fleet: \"flotilla new NAME\".\n");
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_answered_with_the_nearest()
    {
        var (exitCode, _, error) = await FlotillaCommand.RunAsync(Folder, null, "simualte");
        exitCode.ShouldBe(2);
        error.ShouldStartWith("error: There is no command \"simualte\".\n  fix: Did you mean \"simulate\"?");
    }

    [Fact]
    public async Task A_handler_for_a_role_that_does_not_exist_is_refused_with_its_place()
    {
        var (exitCode, _, error) = await RunAsync("unknown-role", "describe");
        exitCode.ShouldBe(2);
        error.ShouldBe("error: fleet.cs(16): Handler on user \"deploy\" is for role \"al\", which does not exist.\n  fix: Did you mean \"all\"?\n");
    }

    [Fact]
    public async Task A_port_that_a_stranger_has_is_told_with_the_strangers_name()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        using var up = FlotillaCommand.Start(Folder, new Dictionary<string, string> { ["FAULT"] = "stranger", ["STRANGERS_PORT"] = $"{port}" }, "up");
        await up.SeesAsync("instance-start-failed");
        await up.SeesAsync($"process {Environment.ProcessId}");
        up.Output.ShouldContain($"{port}");
        up.Signal(2);
        (await up.ExitAsync()).ShouldBe(130);
    }

    [Fact]
    public async Task A_file_under_a_missing_directory_fails_and_says_what_to_declare()
    {
        using var root = new TemporaryFolder();
        var (exitCode, output, error) = await RunAsync("missing-directory", "apply", "--root", root.Path);
        exitCode.ShouldBe(3);
        output.ShouldContain("Applied: 0 changed, 1 failed, 0 skipped, 0 unchanged.");
        error.ShouldContain("directory /nowhere/else does not exist");
        error.ShouldContain("Declare Directory(\"/nowhere/else\")");
    }

    [Fact]
    public async Task A_scenario_that_never_ends_fails_at_its_timeout_and_says_what_it_waited_for()
    {
        var (exitCode, output, _) = await RunAsync("never", "up", "--scenario", "never-ends");
        exitCode.ShouldBe(1);
        output.ShouldContain("did not end within 2 s; it was waiting for: the sun to rise in the west");
        ProcessesWith("FLOTILLA_APP=tree").ShouldBeEmpty();
    }

    [Fact]
    public async Task Interrupted_once_it_stops_its_instances_with_all_they_started()
    {
        using var up = Start("tree", "up");
        await up.SeesAsync("instance-started");
        up.Signal(2);
        (await up.ExitAsync()).ShouldBe(130);
        up.Output.ShouldContain("instance-stopped");
        ProcessesWith("FLOTILLA_APP=tree").ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_scenarios_its_json_is_a_line_for_each_entry_of_the_timeline()
    {
        using var up = Start("tree", "up", "--output", "json");
        await up.SeesAsync("instance-started");
        up.Signal(15);
        (await up.ExitAsync()).ShouldBe(130);
        var kinds = up.Output.TrimEnd().Split('\n').Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()).ToList();
        kinds[0].ShouldBe("instance-started");
        kinds[^1].ShouldBe("instance-stopped");
    }

    [Fact]
    public async Task Interrupted_twice_it_does_not_wait_for_what_does_not_stop()
    {
        using var up = Start("deaf", "up");
        await up.SeesAsync("instance-started");
        up.Signal(2);
        await up.SeesAsync("Press Ctrl-C again");
        await up.SeesAsync("instance-stopping");
        up.Signal(2);
        (await up.ExitAsync()).ShouldBe(130);
        await NoneWithAsync("FLOTILLA_APP=deaf");
    }

    [Fact]
    public async Task What_a_killed_run_left_behind_is_ended_by_the_next()
    {
        using (var killed = Start("tree", "up"))
        {
            await killed.SeesAsync("instance-started");
            killed.Signal(9);
            await killed.ExitAsync();
        }
        var left = ProcessesWith("FLOTILLA_APP=tree");
        left.ShouldNotBeEmpty("the instance must have outlived the killed run, or this test shows nothing");
        using var next = Start("tree", "up");
        await next.SeesAsync("instance-started");
        ProcessesWith("FLOTILLA_APP=tree").Intersect(left).ShouldBeEmpty();
        next.Signal(15);
        (await next.ExitAsync()).ShouldBe(130);
    }

    [Fact]
    public async Task A_fleet_is_up_once()
    {
        using var up = Start("tree", "up");
        await up.SeesAsync("instance-started");
        var (exitCode, _, error) = await RunAsync("tree", "up");
        exitCode.ShouldBe(2);
        error.ShouldStartWith($"error: This fleet is up already.\n  because process {up.ProcessId} holds ");
        up.Signal(2);
        (await up.ExitAsync()).ShouldBe(130);
    }

    private static FlotillaCommand Start(string fault, params string[] arguments) =>
        FlotillaCommand.Start(Folder, new Dictionary<string, string> { ["FAULT"] = fault }, arguments);

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(string fault, params string[] arguments) =>
        FlotillaCommand.RunAsync(Folder, new Dictionary<string, string> { ["FAULT"] = fault }, arguments);

    private static List<int> ProcessesWith(string variable) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!))
            .Where(pid =>
            {
                try
                {
                    return File.ReadAllText($"/proc/{pid}/environ").Split('\0').Contains(variable);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return false;
                }
            }),
    ];

    private static async Task NoneWithAsync(string variable)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (ProcessesWith(variable).Count > 0) await timer.WaitForNextTickAsync(limit.Token);
    }
}
