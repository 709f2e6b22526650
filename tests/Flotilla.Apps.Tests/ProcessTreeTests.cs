using System.Diagnostics;
using Flotilla.Apps.Engines.Real;
using Flotilla.Core.Http.Real;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

/// <summary>However a program detaches what it starts, all of it ends with the instance.</summary>
public sealed class ProcessTreeTests
{
    private const string Mark = "FLOTILLA_TEST_MARK";

    // A child, one in a session of its own, and one forked twice whose parent is gone.
    private const string Scatter = "sleep 1000 & setsid sleep 1000 & (setsid sh -c 'sleep 1000 & exit 0' &) ; ";

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Stopping_ends_detached_processes_too(bool useCgroups) => PlayAsync(useCgroups, async (start, mark) =>
    {
        var instance = await start(Scatter + "wait");
        await ScatteredAsync(mark);
        await instance.StopAsync(TimeSpan.FromSeconds(30), None);
        Programs.Count(Mark, mark).ShouldBe(0);
        (await instance.Exited).Signal.ShouldBe(15);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Killing_ends_processes_that_ignore_signals(bool useCgroups) => PlayAsync(useCgroups, async (start, mark) =>
    {
        var instance = await start("trap '' TERM HUP INT; " + Scatter + "wait");
        await ScatteredAsync(mark);
        await instance.KillAsync(None);
        Programs.Count(Mark, mark).ShouldBe(0);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task What_a_program_leaves_behind_when_it_exits_is_killed(bool useCgroups) => PlayAsync(useCgroups, async (start, mark) =>
    {
        var instance = await start(Scatter + "exit 4");
        (await instance.Exited).Code.ShouldBe(4);
        Programs.Count(Mark, mark).ShouldBe(0);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_thousand_processes_are_gone_when_the_kill_returns(bool useCgroups) => PlayAsync(useCgroups, async (start, mark) =>
    {
        var instance = await start("i=0; while [ $i -lt 500 ]; do sleep 1000 & setsid sleep 1000 & i=$((i+1)); done; wait");
        await Programs.UntilAsync(() => Programs.Count(Mark, mark, "sleep 1000") == 1000, "the processes did not start");
        var begun = TimeProvider.System.GetTimestamp();
        await instance.KillAsync(None);
        TestContext.Current.TestOutputHelper?.WriteLine($"killed in {TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds:0} ms");
        Programs.Count(Mark, mark).ShouldBe(0);
    });

    [Fact]
    public Task With_cgroups_not_even_a_process_without_environment_and_parent_escapes() => PlayAsync(useCgroups: true, async (start, _) =>
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("pid");
        var instance = await start($"(setsid env -i sh -c 'echo $$ > {file}; exec sleep 1000' &) ; wait; exec sleep 1000");
        await Programs.UntilAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), "the process did not start");
        var escaped = $"/proc/{File.ReadAllText(file).Trim()}";
        Directory.Exists(escaped).ShouldBeTrue();
        await instance.KillAsync(None);
        (Directory.Exists(escaped) && !File.ReadAllText(escaped + "/stat").Contains(") Z ", StringComparison.Ordinal)).ShouldBeFalse();
    });

    [Fact]
    public Task An_escaped_process_that_holds_the_pipe_does_not_hide_the_exit() => PlayAsync(useCgroups: false, async (start, _) =>
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("pid");
        var instance = await start($"(setsid env -i sh -c 'echo $$ > {file}; exec sleep 1000' &) ; while [ ! -s {file} ]; do sleep 0.01; done; echo last; exit 5");
        try
        {
            (await instance.Exited).Code.ShouldBe(5);
        }
        finally
        {
            if (File.Exists(file)) Signals.Send(int.Parse(File.ReadAllText(file)), Signals.Kill);
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Suspending_halts_every_process(bool useCgroups) => PlayAsync(useCgroups, async (start, mark) =>
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("beat");
        var instance = await start($"(setsid sh -c 'while :; do echo x >> {file}; sleep 0.01; done' &); wait; exec sleep 1000");
        await Programs.UntilAsync(() => File.Exists(file), "the process did not start");
        await instance.SuspendAsync(None);
        var before = new FileInfo(file).Length;
        using var probe = Process.Start("sleep", "0.2");
        await probe.WaitForExitAsync();
        new FileInfo(file).Length.ShouldBe(before);
        await instance.ResumeAsync(None);
        await Programs.UntilAsync(() => new FileInfo(file).Length > before, "the process did not go on");
        await instance.KillAsync(None);
        Programs.Count(Mark, mark).ShouldBe(0);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_killed_supervisor_leaves_is_killed_by_the_next(bool useCgroups)
    {
        using var folder = new TemporaryFolder();
        var mark = Path.GetFileName(folder.Path);
        using var supervisor = DoomedSupervisor.Start(folder, useCgroups, Scatter + "wait", Mark, mark);
        using var http = new NetworkHttp();
        await using var next = Programs.Engine(folder, http, useCgroups);
        try
        {
            await ScatteredAsync(mark);
            (await Assert.ThrowsAsync<IOException>(() => next.RecoverAsync(None))).Message.ShouldBe($"Another Flotilla is using {folder.Path}.");
            supervisor.Kill();
            await supervisor.WaitForExitAsync();
            Programs.Count(Mark, mark).ShouldBe(4);
            (await next.RecoverAsync(None)).ShouldBe(4);
            Programs.Count(Mark, mark).ShouldBe(0);
        }
        finally
        {
            supervisor.Kill();
            await supervisor.WaitForExitAsync();
            await next.RecoverAsync(None);
        }
    }

    /// <summary>Waits until the three run and those in between have ended: only the shell is left beside them.</summary>
    private static Task ScatteredAsync(string mark) =>
        Programs.UntilAsync(() => Programs.Count(Mark, mark, "sleep 1000") == 3 && Programs.Count(Mark, mark) == 4, "the processes did not start");

    private static async Task PlayAsync(bool useCgroups, Func<Func<string, Task<IInstance>>, string, Task> test)
    {
        using var folder = new TemporaryFolder();
        using var http = new NetworkHttp();
        var mark = Path.GetFileName(folder.Path);
        await using var engine = Programs.Engine(folder, http, useCgroups);
        await engine.RecoverAsync(None);
        if (useCgroups && !engine.TracksByCgroup) Assert.Skip("This program may not make cgroups of version 2 here.");
        await test(
            script => engine.StartAsync(new InstanceStart(new InstanceId("script", 0), 1, Programs.Shell(script), "web-1", [new(Mark, mark)], _ => { }), None),
            mark);
    }
}
