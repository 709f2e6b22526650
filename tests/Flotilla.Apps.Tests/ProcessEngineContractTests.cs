using Flotilla.Apps.Engines.Real;
using Flotilla.Core.Http.Real;
using Flotilla.Testing;

namespace Flotilla.Apps.Tests;

/// <summary>The engine contract over real processes.</summary>
public abstract class ProcessEngineContractTests(bool useCgroups) : EngineContract
{
    internal override void Play(Func<IEngine, TimeProvider, Task> test) => PlayAsync(test).GetAwaiter().GetResult();

    internal override AppDescription Behaves(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Serves => Programs.Server,
        Behaviour.Talks => Programs.Shell("echo one; echo two; exec sleep 1000"),
        Behaviour.Exits => Programs.Shell("exit 3"),
        Behaviour.IsDeaf => Programs.Shell("trap '' TERM; echo deaf; while :; do sleep 1; done"),
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour)),
    };

    private async Task PlayAsync(Func<IEngine, TimeProvider, Task> test)
    {
        using var folder = new TemporaryFolder();
        using var http = new NetworkHttp();
        await using var engine = Programs.Engine(folder, http, useCgroups);
        if (useCgroups)
        {
            await engine.RecoverAsync(None);
            if (!engine.TracksByCgroup) Assert.Skip("This program may not make cgroups of version 2 here.");
        }
        await test(engine, TimeProvider.System);
    }
}

public sealed class ProcessEngineWithCgroupsTests() : ProcessEngineContractTests(useCgroups: true);

public sealed class ProcessEngineWithoutCgroupsTests() : ProcessEngineContractTests(useCgroups: false);
