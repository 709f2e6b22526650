using Flotilla.Apps;
using Flotilla.Core;

namespace Flotilla.Running;

internal sealed class HostApps(string host, IReadOnlyList<IHostApp> apps) : IHostApps
{
    public IReadOnlyList<IHostApp> All => apps;

    public IHostApp this[string name] => apps.FirstOrDefault(app => app.Name == name)
        ?? throw new ArgumentException($"Host \"{host}\" does not run app \"{name}\". {Suggestion.Sentence(name, [.. apps.Select(app => app.Name)])}", nameof(name));
}

internal sealed class HostApp(AppDeclaration declaration, AppSupervisor supervisor, CancellationToken stopping) : IHostApp
{
    private readonly Lock _placing = new();

    public string Name => Declaration.App.Name;

    public AppDeclaration Declaration { get; } = declaration;

    public AppSupervisor Supervisor { get; } = supervisor;

    public IReadOnlyList<InstanceSnapshot> Instances => Supervisor.Instances;

    /// <summary>The slots that this host runs, or is about to.</summary>
    public IReadOnlyList<int> Slots { get; private set; } = [];

    /// <summary>Runs these slots and no others.</summary>
    public Task TakeAsync(IReadOnlyList<int> slots, CancellationToken cancellationToken)
    {
        lock (_placing) return SetAsync(slots, cancellationToken);
    }

    /// <summary>Runs these slots no more; done when they have stopped.</summary>
    public Task GiveUpAsync(IReadOnlyList<int> slots, CancellationToken cancellationToken)
    {
        lock (_placing) return SetAsync([.. Slots.Except(slots)], cancellationToken);
    }

    private Task SetAsync(IReadOnlyList<int> slots, CancellationToken cancellationToken)
    {
        Slots = slots;
        return Supervisor.SetSlotsAsync(slots, cancellationToken);
    }

    public Task<bool> RestartAsync(string instance, CancellationToken cancellationToken = default) =>
        InstanceId.TryParse(instance, out var id)
            ? Supervisor.RestartAsync(id, "asked to restart", Both(cancellationToken))
            : throw new ArgumentException($"\"{instance}\" is no instance's name; one is written like \"{Name}-0\".", nameof(instance));

    public Task RestartAsync(CancellationToken cancellationToken = default) => Supervisor.RestartAllAsync("asked to restart", Both(cancellationToken));

    private CancellationToken Both(CancellationToken asked) => asked.CanBeCanceled ? asked : stopping;
}
