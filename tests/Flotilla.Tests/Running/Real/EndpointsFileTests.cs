using Flotilla.Apps;
using Flotilla.Running.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Running.Real;

public sealed class EndpointsFileTests
{
    [Fact]
    public void Who_looked_earlier_and_writes_later_does_not_bring_the_old_state_back()
    {
        using var folder = new TemporaryFolder();
        var file = new EndpointsFile(folder.Path);
        file.Write(() =>
        {
            file.Write(() => [Instance(InstanceStatus.Healthy)]);
            return [Instance(InstanceStatus.Starting)];
        });
        File.ReadAllText(file.Path).ShouldBe("""{"shop":[{"instance":"shop-0","host":"web-1","port":"http","url":"http://127.0.0.1:8080/","healthy":true}]}""");
        file.Write(() => []);
        File.ReadAllText(file.Path).ShouldBe("{}");
    }

    private static InstanceSnapshot Instance(InstanceStatus status) => new(
        new InstanceId("shop", 0), "web-1", status, Run: 1, ProcessId: 1, new Dictionary<string, Uri> { ["http"] = new("http://127.0.0.1:8080") },
        DateTimeOffset.UnixEpoch, Restarts: 0, Why: null);
}
