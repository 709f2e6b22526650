namespace Flotilla.Apps.Tests;

/// <summary>What every engine keeps, so that simulation does not drift from reality.</summary>
public abstract class EngineContract
{
    protected static CancellationToken None => CancellationToken.None;

    /// <summary>Runs a test with a new engine, in whatever world that engine lives.</summary>
    internal abstract void Play(Func<IEngine, TimeProvider, Task> test);

    /// <summary>The same app for every engine: a program and a model that do the same.</summary>
    internal abstract AppDescription Behaves(Behaviour behaviour);

    internal enum Behaviour
    {
        /// <summary>Answers 200 on its first port for ever.</summary>
        Serves,

        /// <summary>Writes "one", "two" and runs on.</summary>
        Talks,

        /// <summary>Exits with code 3.</summary>
        Exits,

        /// <summary>Writes "deaf", and takes no notice of being told to stop.</summary>
        IsDeaf,
    }

    private readonly List<OutputLine> _output = [];

    [Fact]
    public void A_server_passes_its_http_and_tcp_and_command_checks() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Serves));
        await PassesAsync(engine, instance, time, new HttpHealthCheck("/healthz"));
        (await engine.ProbeAsync(instance, new TcpHealthCheck(), None)).Passed.ShouldBeTrue();
        (await engine.ProbeAsync(instance, new CommandHealthCheck("true", []), None)).ShouldBe(new ProbeResult(true, "true: exit code 0"));
        (await engine.ProbeAsync(instance, new HttpHealthCheck("/nowhere"), None))
            .ShouldBe(new ProbeResult(false, $"GET {instance.Endpoints["http"]}nowhere: status 404"));
    });

    [Fact]
    public void A_stopped_server_is_refused() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Serves));
        await PassesAsync(engine, instance, time, new HttpHealthCheck("/healthz"));
        await instance.StopAsync(TimeSpan.FromSeconds(10), None);
        var authority = instance.Endpoints["http"].Authority;
        (await engine.ProbeAsync(instance, new HttpHealthCheck("/healthz"), None)).ShouldBe(new ProbeResult(false, $"GET http://{authority}/healthz: Connection refused"));
        (await engine.ProbeAsync(instance, new TcpHealthCheck(), None)).ShouldBe(new ProbeResult(false, $"{authority}: Connection refused"));
    });

    [Fact]
    public void A_program_that_ends_tells_its_exit_code() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Exits));
        var exit = await instance.Exited;
        (exit.Code, exit.Signal).ShouldBe((3, (int?)null));
        exit.ToString().ShouldBe("exit code 3");
        exit.At.ShouldBeLessThanOrEqualTo(time.GetUtcNow());
        await instance.StopAsync(TimeSpan.Zero, None);
        await instance.KillAsync(None);
    });

    [Fact]
    public void A_killed_program_tells_the_signal() => Play(async (engine, _) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Serves));
        await instance.KillAsync(None);
        instance.Exited.IsCompleted.ShouldBeTrue();
        (await instance.Exited).ToString().ShouldBe("killed by signal 9");
    });

    [Fact]
    public void Stopping_asks_first() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Talks));
        await SaidAsync(time, "two");
        await instance.StopAsync(TimeSpan.FromMinutes(1), None);
        (await instance.Exited).Signal.ShouldBe(15);
    });

    [Fact]
    public void Who_takes_no_notice_of_a_stop_is_killed_after_the_grace() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.IsDeaf));
        await SaidAsync(time, "deaf");
        var begun = time.GetTimestamp();
        await instance.StopAsync(TimeSpan.FromSeconds(0.3), None);
        time.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.3));
        (await instance.Exited).Signal.ShouldBe(9);
    });

    [Fact]
    public void Who_gives_up_waiting_for_a_stop_has_it_killed() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.IsDeaf));
        await SaidAsync(time, "deaf");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(0.1), time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => instance.StopAsync(TimeSpan.FromDays(1), patience.Token));
        (await instance.Exited).Signal.ShouldBe(9);
    });

    [Fact]
    public void A_suspended_server_connects_and_does_not_answer_until_resumed() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Serves));
        var check = new HttpHealthCheck("/healthz") { Timeout = TimeSpan.FromSeconds(0.3) };
        await PassesAsync(engine, instance, time, check);
        await instance.SuspendAsync(None);
        (await engine.ProbeAsync(instance, check, None)).ShouldBe(new ProbeResult(false, $"GET {instance.Endpoints["http"]}healthz: no reply within 0.3 s"));
        (await engine.ProbeAsync(instance, new TcpHealthCheck(), None)).Passed.ShouldBeTrue();
        instance.Exited.IsCompleted.ShouldBeFalse();
        await instance.ResumeAsync(None);
        await PassesAsync(engine, instance, time, check);
    });

    [Fact]
    public void A_suspended_program_can_be_stopped() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Talks));
        await SaidAsync(time, "two");
        await instance.SuspendAsync(None);
        await instance.StopAsync(TimeSpan.FromMinutes(1), None);
        (await instance.Exited).Signal.ShouldBe(15);
    });

    [Fact]
    public void Instances_have_ports_of_their_own() => Play(async (engine, _) =>
    {
        var app = Behaves(Behaviour.Talks) with { Ports = [new PortDescription("http"), new PortDescription("admin")] };
        var instances = new[] { await StartAsync(engine, app, 0), await StartAsync(engine, app, 1), await StartAsync(engine, app, 2) };
        instances.ShouldAllBe(instance => instance.Endpoints.Keys.SequenceEqual(new[] { "http", "admin" }));
        instances.SelectMany(instance => instance.Endpoints.Values).Select(url => url.Port).ShouldBeUnique();
        instances.SelectMany(instance => instance.Endpoints.Values).ShouldAllBe(url => url.Port >= 20_000 && url.Port <= 29_999 && url.AbsolutePath == "/");
    });

    [Fact]
    public void A_fixed_port_of_a_live_instance_is_refused_until_it_ends() => Play(async (engine, _) =>
    {
        var app = Behaves(Behaviour.Talks) with { Ports = [new PortDescription("http", 29_990)] };
        var first = await StartAsync(engine, app, 0);
        var refused = await Assert.ThrowsAsync<EngineException>(() => StartAsync(engine, app, 1));
        refused.Message.ShouldBe($"{first.Id.App}-1 cannot have its port \"http\" (29990) on web-1. It is in use by {first.Id}. Stop that program, or give the app another port.");
        await first.KillAsync(None);
        await StartAsync(engine, app, 1);
    });

    [Fact]
    public void Every_line_is_handed_over_in_order() => Play(async (engine, time) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.Talks));
        await SaidAsync(time, "two");
        lock (_output)
        {
            _output.Select(line => line.Text).ShouldBe(["one", "two"]);
            _output.ShouldAllBe(line => line.Id == instance.Id && !line.IsError && line.At <= time.GetUtcNow());
        }
    });

    [Fact]
    public void Disposing_of_the_engine_kills_what_runs() => Play(async (engine, _) =>
    {
        var instance = await StartAsync(engine, Behaves(Behaviour.IsDeaf));
        await engine.DisposeAsync();
        (await instance.Exited).Signal.ShouldBe(9);
    });

    [Fact]
    public void A_start_that_is_cancelled_leaves_nothing() => Play(async (engine, _) =>
    {
        var start = new InstanceStart(new InstanceId("x", 0), 1, Behaves(Behaviour.Talks), "web-1", [], _ => { });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.StartAsync(start, new CancellationToken(canceled: true)));
    });

    protected Task<IInstance> StartAsync(IEngine engine, AppDescription app, int slot = 0)
    {
        return engine.StartAsync(new InstanceStart(new InstanceId(app.Name, slot), 1, app, "web-1", [], line =>
        {
            lock (_output) _output.Add(line);
        }), None);
    }

    /// <summary>Waits until the check passes.</summary>
    protected static async Task PassesAsync(IEngine engine, IInstance instance, TimeProvider time, HealthCheck check)
    {
        var last = new ProbeResult(false, "");
        await UntilAsync(time, async () => (last = await engine.ProbeAsync(instance, check, None)).Passed, () => last.Text);
    }

    /// <summary>Waits until a line was written.</summary>
    protected Task SaidAsync(TimeProvider time, string text) => UntilAsync(
        time,
        () =>
        {
            lock (_output) return Task.FromResult(_output.Exists(line => line.Text == text));
        },
        () => $"\"{text}\" was not written");

    /// <summary>Looks again and again until the condition holds; a minute is far more than anything here needs.</summary>
    protected static async Task UntilAsync(TimeProvider time, Func<Task<bool>> condition, Func<string> otherwise)
    {
        var begun = time.GetTimestamp();
        while (!await condition())
        {
            time.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromMinutes(1), otherwise());
            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        }
    }
}
