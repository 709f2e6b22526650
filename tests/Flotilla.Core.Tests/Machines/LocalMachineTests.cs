using System.Diagnostics;
using System.Globalization;
using Flotilla.Core.Machines;
using Flotilla.Core.Machines.Real;
using Flotilla.Testing;

namespace Flotilla.Core.Tests.Machines;

public sealed class LocalMachineTests : MachineContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalMachine _machine;

    public LocalMachineTests()
    {
        _folder.Write("root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n");
        _folder.Write("root/etc/group", "root:x:0:\ndaemon:x:1:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n");
        Directory.CreateDirectory(_folder.File("root", "tmp"));
        _machine = new LocalMachine("here", Root);
    }

    protected override IMachine Machine => _machine;

    protected override string? WhyNoOwners => Environment.IsPrivilegedProcess ? null : "Only root may give files to other users.";

    private string Root => _folder.File("root");

    public void Dispose() => _folder.Dispose();

    protected override void Link(string path, string target) => File.CreateSymbolicLink(Root + path, target);

    [Fact]
    public void A_root_that_is_no_directory_is_refused() =>
        Should.Throw<DirectoryNotFoundException>(() => new LocalMachine("here", Root + "/none")).Message.ShouldContain("here");

    [Theory]
    [InlineData("{outside}")]
    [InlineData("../outside")]
    [InlineData("../../outside")]
    [InlineData("../../../../../../../../../../../../{outside}")]
    [InlineData("/proc/self/root/{outside}")]
    [InlineData("/proc/self/cwd")]
    public void No_link_leads_out_of_the_root(string target)
    {
        var secret = _folder.Write("outside/secret", "secret");
        Link("/tmp/way", target.Replace("{outside}", _folder.File("outside"), StringComparison.Ordinal));
        Machine.Stat("/tmp/way/secret").ShouldBeNull();
        Should.Throw<IOException>(() => Machine.ReadFile("/tmp/way/secret"));
        Should.Throw<IOException>(() => Write("/tmp/way/secret", "changed"));
        Should.Throw<IOException>(() => Write("/tmp/way/new", "changed"));
        Should.Throw<IOException>(() => Machine.CreateDirectory("/tmp/way/new", UnixFileMode.UserRead));
        Machine.Delete("/tmp/way/secret");
        File.ReadAllText(secret).ShouldBe("secret");
        Directory.GetFileSystemEntries(_folder.File("outside")).Length.ShouldBe(1);
        Machine.RealPath("/tmp/way/secret").ShouldStartWith(Root + "/");
    }

    [Fact]
    public void Links_of_the_root_lead_to_the_machines_own_tree()
    {
        Link("/tmp/way", "/etc");
        Read("/tmp/way/passwd").ShouldContain("www-data:x:33");
        Machine.RealPath("/tmp/way/passwd").ShouldBe(Root + "/etc/passwd");
        Machine.RealPath("/tmp/way").ShouldBe(Root + "/tmp/way");
        Machine.RealPath("/").ShouldBe(Root);
        Machine.RealPath("/none/../tmp/x").ShouldBe(Root + "/tmp/x");
        Machine.RealPath("/none/below/x").ShouldBe(Root + "/none/below/x");
    }

    [Fact]
    public void The_hosts_own_tree_needs_no_root()
    {
        var host = new LocalMachine("host");
        var path = _folder.File("root", "tmp", "file");
        host.WriteFile(path, "text"u8, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Read("/tmp/file").ShouldBe("text");
        host.Stat(path)!.Size.ShouldBe(4);
        host.ReadFile(path).Length.ShouldBe(4);
        host.List(_folder.File("root", "tmp")).ShouldBe(["file"]);
        host.RealPath(path).ShouldBe(path);
        host.Stat("/")!.Kind.ShouldBe(FileKind.Directory);
        host.Stat("/dev/null")!.Kind.ShouldBe(FileKind.Other);
        Should.Throw<IOException>(() => host.ReadFile("/dev/null"));
        Should.Throw<DirectoryNotFoundException>(() => host.WriteFile(path + "-none/x", [], UnixFileMode.UserRead));
        host.Delete(path);
        host.Stat(path).ShouldBeNull();
    }

    [Fact]
    public void Files_that_the_kernel_makes_up_are_read_to_their_end() =>
        new LocalMachine("host").ReadFile("/proc/self/maps").Length.ShouldBeGreaterThan(1000);

    [Fact]
    public void What_a_crash_left_goes_with_the_next_write_of_the_same_file()
    {
        _folder.Write("root/tmp/.file.flotilla-0000", "left by a crash");
        _folder.Write("root/tmp/.file.flotilla-0003", "left by another");
        _folder.Write("root/tmp/.other.flotilla-0000", "of another file");
        _folder.Write("root/tmp/.file.flotilla-mine", "not of this form");
        Write("/tmp/file", "text");
        Read("/tmp/file").ShouldBe("text");
        Machine.List("/tmp").ShouldBe([".file.flotilla-mine", ".other.flotilla-0000", "file"]);
    }

    [Fact]
    public void A_write_that_fails_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_folder.File("root", "tmp", "taken"));
        Should.Throw<IOException>(() => Write("/tmp/taken", "text"));
        Machine.List("/tmp").ShouldBe(["taken"]);
    }

    [Fact]
    public void Writers_of_one_file_do_not_disturb_each_other()
    {
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 12 }, i => Write("/tmp/file", new string((char)('a' + (i % 26)), 5000)));
        Read("/tmp/file").Distinct().Count().ShouldBe(1);
        Read("/tmp/file").Length.ShouldBe(5000);
        Machine.List("/tmp").ShouldBe(["file"]);
    }

    // .NET's FileShare is an flock(2): a file that has its name while it is still locked cannot be read by a program in .NET.
    [Fact]
    public async Task Programs_in_dotnet_read_a_file_while_it_is_replaced()
    {
        Write("/tmp/file", "text");
        var path = _folder.File("root", "tmp", "file");
        var reading = Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < 5_000; i++) File.ReadAllText(path).ShouldBe("text");
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!reading.IsCompleted) Write("/tmp/file", "text");
        await reading;
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_not_held_by_a_program_that_starts()
    {
        var path = _folder.File("root", "tmp", "file");
        var starting = Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < 300; i++) using (Process.Start("true")) { }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!starting.IsCompleted)
        {
            Write("/tmp/file", "text");
            File.ReadAllText(path).ShouldBe("text");
        }
        await starting;
    }

    [Fact]
    public void Links_where_the_new_file_would_be_are_not_written_through()
    {
        var outside = _folder.Write("outside", "kept");
        Link("/tmp/.file.flotilla-0000", outside);
        Write("/tmp/file", "text");
        File.ReadAllText(outside).ShouldBe("kept");
        Read("/tmp/file").ShouldBe("text");
    }

    [Fact]
    public async Task Output_error_and_exit_code_come_back()
    {
        var result = await Shell("echo out; echo err >&2; exit 3");
        result.ShouldBe(new CommandResult(3, "out\n", "err\n"));
    }

    [Fact]
    public async Task Arguments_are_passed_as_they_are()
    {
        var result = await Run(new Command("printf", ["%s|", "a b", "", "\"$HOME\"", "*", "ä"]));
        result.Output.ShouldBe("a b||\"$HOME\"|*|ä|");
    }

    [Fact]
    public async Task Input_reaches_the_program_and_ends()
    {
        (await Run(new Command("cat", [], Input: "zwei\nZeilen ä"))).Output.ShouldBe("zwei\nZeilen ä");
        (await Run(new Command("cat", []))).Output.ShouldBe("");
    }

    [Fact]
    public async Task Input_that_nobody_reads_is_no_error()
    {
        (await Run(new Command("true", [], Input: new string('x', 1_000_000)))).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Environment_and_working_directory_are_the_commands()
    {
        var command = new Command("sh", ["-c", "echo $COLOUR; pwd"], Environment: new Dictionary<string, string> { ["COLOUR"] = "blue" }, WorkingDirectory: "/tmp");
        (await Run(command)).Output.ShouldBe($"blue\n{Root}/tmp\n");
    }

    [Fact]
    public async Task A_working_directory_may_be_a_link_inside_the_root_and_must_exist()
    {
        Link("/tmp/way", "/etc");
        (await Run(new Command("pwd", [], WorkingDirectory: "/tmp/way"))).Output.ShouldBe($"{Root}/etc\n");
        var missing = await Run(new Command("pwd", [], WorkingDirectory: "/none"));
        missing.ExitCode.ShouldBe(127);
        missing.Error.ShouldContain("/none");
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_127()
    {
        var path = _folder.Write("text", "just text");
        var result = await Run(new Command(path, []));
        result.ExitCode.ShouldBe(127);
        result.Error.ShouldContain(path);
    }

    [Fact]
    public async Task A_program_is_not_looked_for_in_the_current_directory()
    {
        var path = _folder.Write("root/tmp/only-here", "#!/bin/sh\necho found\n");
        Machine.SetMode("/tmp/only-here", (UnixFileMode)0b111_101_101);
        (await Run(new Command("only-here", [], WorkingDirectory: "/tmp"))).ExitCode.ShouldBe(127);
        (await Run(new Command("./only-here", [], WorkingDirectory: "/tmp"))).Output.ShouldBe("found\n");
        (await Run(new Command(path, []))).Output.ShouldBe("found\n");
    }

    [Fact]
    public async Task A_signal_is_128_and_its_number()
    {
        (await Shell("kill -9 $$")).ExitCode.ShouldBe(128 + 9);
        (await Shell("kill -15 $$")).ExitCode.ShouldBe(128 + 15);
    }

    [Fact]
    public async Task Output_over_the_limit_is_dropped_with_a_note()
    {
        var result = await Run(new Command("sh", ["-c", "head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero | tr '\\0' y >&2; echo done >&2"]));
        result.ExitCode.ShouldBe(0);
        result.Output.Length.ShouldBeLessThan(1024 * 1024 + 100);
        result.Output.ShouldEndWith($"x\n[{3_000_000 - (1024 * 1024)} more bytes were dropped]\n");
        result.Error.ShouldContain("more bytes were dropped");
    }

    [Fact]
    public async Task Time_that_runs_out_kills_the_program_and_what_it_started()
    {
        var result = await Run(new Command("sh", ["-c", "sleep 1000 & echo $!; sh -c 'echo $$; sleep 1001; true'; true"], Timeout: TimeSpan.FromSeconds(1)));
        result.ExitCode.ShouldBe(124);
        result.Error.ShouldContain("1 s");
        foreach (var id in Numbers(result.Output)) await IsGone(id);
    }

    [Fact]
    public async Task Cancelling_kills_the_program_and_throws()
    {
        using var cancel = new CancellationTokenSource();
        var run = Machine.RunAsync(new Command("sh", ["-c", $"echo $$ > {Root}/tmp/id.new; mv {Root}/tmp/id.new {Root}/tmp/id; sleep 1000; true"]), cancel.Token);
        await Until(() => Machine.Stat("/tmp/id") is not null);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);
        foreach (var id in Numbers(Read("/tmp/id"))) await IsGone(id);
    }

    [Fact]
    public async Task A_child_that_stays_behind_is_not_waited_for()
    {
        var result = await Shell("sleep 1000 & echo $!");
        result.ExitCode.ShouldBe(0);
        var id = Numbers(result.Output).Single();
        using var left = System.Diagnostics.Process.GetProcessById(id);
        left.Kill();
    }

    private static IEnumerable<int> Numbers(string lines) =>
        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture));

    private static Task IsGone(int id) =>
        Until(() => !File.Exists($"/proc/{id}/stat") || File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].TrimStart().StartsWith('Z'));

    private static async Task Until(Func<bool> condition)
    {
        while (!Holds(condition)) await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    // A process may vanish between two looks at it.
    private static bool Holds(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Task<CommandResult> Shell(string script) => Run(new Command("sh", ["-c", script]));

    private Task<CommandResult> Run(Command command) => Machine.RunAsync(command, TestContext.Current.CancellationToken);
}
