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

    [Fact]
    public void What_could_not_be_written_is_written_with_the_next_change()
    {
        using var folder = new TemporaryFolder();
        var file = new EndpointsFile(folder.File("endpoints.json"));
        Directory.CreateDirectory(file.Path + ".new");
        Should.Throw<UnauthorizedAccessException>(() => file.Write(() => [Instance(InstanceStatus.Healthy)]));
        Directory.Delete(file.Path + ".new");
        file.Write(() => [Instance(InstanceStatus.Healthy)]);
        File.ReadAllText(file.Path).ShouldContain("shop-0");
    }

    private static Endpoint Instance(InstanceStatus status) =>
        new(new InstanceId("shop", 0), "web-1", "http", new Uri("http://127.0.0.1:8080"), status is InstanceStatus.Healthy);
}
