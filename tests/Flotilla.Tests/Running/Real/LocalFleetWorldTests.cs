using Flotilla.Running.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Running.Real;

public sealed class LocalFleetWorldTests
{
    [Fact]
    public async Task A_machine_is_made_once_however_many_ask_for_it_at_once()
    {
        using var folder = new TemporaryFolder();
        using var state = FleetState.Open(folder.Path);
        await using var world = new LocalFleetWorld(state, AppContext.BaseDirectory, _ => { });
        using var together = new Barrier(8);
        var machines = await Task.WhenAll(Enumerable.Range(0, together.ParticipantCount).Select(_ => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait();
            return world.Machine("a");
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        machines.Distinct().ShouldHaveSingleItem();
    }
}
