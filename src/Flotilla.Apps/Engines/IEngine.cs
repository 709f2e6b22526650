using Flotilla.Core;

namespace Flotilla.Apps;

/// <summary>The seam behind which instances run: supervised processes, or a simulated fleet.</summary>
/// <remarks>Disposing of an engine kills whatever still runs in it.</remarks>
public interface IEngine : IAsyncDisposable
{
    /// <summary>How people call it, for example <c>process</c>.</summary>
    string Name { get; }

    /// <summary>Starts one run of an instance and returns as soon as its program runs, ready or not.</summary>
    /// <exception cref="EngineException">The program cannot be started; nothing is left behind.</exception>
    Task<IInstance> StartAsync(InstanceStart start, CancellationToken cancellationToken);

    /// <summary>Asks an instance once. No answer within <see cref="HealthCheck.Timeout"/> is a failure, not an exception.</summary>
    Task<ProbeResult> ProbeAsync(IInstance instance, HealthCheck check, CancellationToken cancellationToken);
}

/// <summary>One run of one instance.</summary>
public interface IInstance
{
    /// <summary>Which instance.</summary>
    InstanceId Id { get; }

    /// <summary>Which of its runs, counted from 1.</summary>
    int Run { get; }

    /// <summary>The process of its program; null where there are no processes.</summary>
    int? ProcessId { get; }

    /// <summary>Port name → <c>http://address:port/</c>.</summary>
    IReadOnlyDictionary<string, Uri> Endpoints { get; }

    /// <summary>Completes when the program has ended, nothing that it started is left, and its output was handed over.</summary>
    Task<InstanceExit> Exited { get; }

    /// <summary>Asks everything that belongs to it to end, kills what is left after the grace, and returns when all is gone.</summary>
    /// <param name="grace">Between asking and killing.</param>
    /// <param name="cancellationToken">Ends the waiting; what is left is then killed at once.</param>
    Task StopAsync(TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Kills everything that belongs to it and returns when all is gone.</summary>
    Task KillAsync(CancellationToken cancellationToken);

    /// <summary>Halts everything that belongs to it where it stands: it hangs, and keeps its ports.</summary>
    Task SuspendAsync(CancellationToken cancellationToken);

    /// <summary>Lets a suspended instance go on.</summary>
    Task ResumeAsync(CancellationToken cancellationToken);
}

/// <summary>What an engine needs to know to start one run.</summary>
/// <param name="Id">Which instance.</param>
/// <param name="Run">Which of its runs, counted from 1.</param>
/// <param name="App">What it is.</param>
/// <param name="Host">The host's name.</param>
/// <param name="ExtraEnvironment">Variables set after those of the app.</param>
/// <param name="Output">Gets every line of output; lines of one stream come in order. It must not block.</param>
public sealed record InstanceStart(
    InstanceId Id,
    int Run,
    AppDescription App,
    string Host,
    IReadOnlyList<KeyValuePair<string, string>> ExtraEnvironment,
    Action<OutputLine> Output);

/// <summary>How a run ended.</summary>
/// <param name="Code">The exit code; null when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; null when it exited.</param>
/// <param name="At">When.</param>
public sealed record InstanceExit(int? Code, int? Signal, DateTimeOffset At)
{
    /// <summary><c>exit code 3</c> or <c>killed by signal 9</c>.</summary>
    public override string ToString() => Signal is { } signal ? $"killed by signal {signal}" : $"exit code {Code}";
}

/// <summary>The answer to one health check.</summary>
/// <param name="Passed">Whether it works.</param>
/// <param name="Text">What was seen, for people: <c>GET http://127.0.0.1:20000/healthz: status 503</c>.</param>
public readonly record struct ProbeResult(bool Passed, string Text);

/// <summary>A line that an instance wrote.</summary>
/// <param name="Id">The instance.</param>
/// <param name="IsError">True for standard error.</param>
/// <param name="At">When it was read.</param>
/// <param name="Text">Without the end of line. A line over 64 KiB comes in parts.</param>
public readonly record struct OutputLine(InstanceId Id, bool IsError, DateTimeOffset At, string Text);

/// <summary>An instance could not be started; the problem says what, why and what to do.</summary>
public sealed class EngineException(Problem problem, Exception? inner = null) : Exception(problem.ToString(), inner)
{
    /// <summary>What is wrong.</summary>
    public Problem Problem { get; } = problem;
}
