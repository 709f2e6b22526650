using Flotilla.Apps;
using Flotilla.Running;
using Flotilla.Running.Real;
using Flotilla.Testing;

namespace Flotilla.Tests.Running.Real;

public sealed class EndpointsFileTests
{
    [Fact]
    public void Who_looked_earlier_and_writes_later_does_not_bring_the_old_state_back()
    {
        using var folder = new TemporaryFolder();
        var file = new EndpointsFile(folder.File("host", "endpoints.json"));
        file.Write(() =>
        {
            file.Write(() => [Instance(InstanceStatus.Healthy)]);
            return [Instance(InstanceStatus.Starting)];
        });
        File.ReadAllText(file.Path).ShouldBe("""{"shop":[{"instance":"shop-0","host":"web-1","port":"http","url":"http://127.0.0.1:8080/","healthy":true}]}""");
        file.Write(() => []);
        File.ReadAllText(file.Path).ShouldBe("{}");
    }

    private static Endpoint Instance(InstanceStatus status) =>
        new(new InstanceId("shop", 0), "web-1", "http", new Uri("http://127.0.0.1:8080"), status is InstanceStatus.Healthy);
}
