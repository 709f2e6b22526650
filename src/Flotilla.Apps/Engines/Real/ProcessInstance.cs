namespace Flotilla.Apps.Engines.Real;

/// <summary>One run of an instance as processes.</summary>
internal sealed class ProcessInstance : IInstance
{
    private readonly RunningProgram _program;

    public ProcessInstance(
        InstanceStart start, RunningProgram program, IReadOnlyDictionary<string, Uri> endpoints, IReadOnlyList<KeyValuePair<string, string>> environment,
        Action ended)
    {
        Start = start;
        _program = program;
        Endpoints = endpoints;
        Environment = environment;
        Exited = ExitAsync(ended);
    }

    public InstanceStart Start { get; }

    /// <summary>What was set on top of Flotilla's own environment.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; }

    public InstanceId Id => Start.Id;

    public int Run => Start.Run;

    public int? ProcessId => _program.Id;

    public IReadOnlyDictionary<string, Uri> Endpoints { get; }

    public Task<InstanceExit> Exited { get; }

    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        await _program.StopAsync(grace, cancellationToken);
        await Exited.WaitAsync(cancellationToken);
    }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await _program.KillAsync(cancellationToken);
        await Exited.WaitAsync(cancellationToken);
    }

    public Task SuspendAsync(CancellationToken cancellationToken) => _program.FreezeAsync(true, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => _program.FreezeAsync(false, cancellationToken);

    private async Task<InstanceExit> ExitAsync(Action ended)
    {
        var (code, at) = await _program.Ended;
        ended();
        return code is > Signals.ExitCodeBase and <= Signals.ExitCodeBase + Signals.Max
            ? new InstanceExit(null, code - Signals.ExitCodeBase, at)
            : new InstanceExit(code, null, at);
    }
}
