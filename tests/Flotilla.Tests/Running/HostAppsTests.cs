namespace Flotilla.Tests.Running;

public sealed class HostAppsTests
{
    [Fact]
    public void An_app_that_the_host_does_not_run_is_refused_with_a_suggestion() => Inside(host =>
    {
        Assert.Throws<ArgumentException>(() => host.Apps["shpo"]).Message.ShouldStartWith("Host \"a\" does not run app \"shpo\". Did you mean \"shop\"?");
        Assert.Throws<ArgumentException>(() => host.Apps["other"]).Message.ShouldStartWith("Host \"a\" does not run app \"other\". There is: shop.");
        return Task.CompletedTask;
    });

    [Fact]
    public void What_is_no_name_of_an_instance_is_refused() => Inside(async host =>
        (await Assert.ThrowsAsync<ArgumentException>(() => host.Apps["shop"].RestartAsync("shop"))).Message
            .ShouldStartWith("\"shop\" is no instance's name; one is written like \"shop-0\"."));

    [Fact]
    public void An_instance_of_another_host_or_app_is_not_restarted_here() => Inside(async host =>
    {
        Assert.False(await host.Apps["shop"].RestartAsync("shop-1"));
        Assert.False(await host.Apps["shop"].RestartAsync("blog-0"));
        Assert.True(await host.Apps["shop"].RestartAsync("shop-0"));
    });

    [Fact]
    public void All_apps_of_the_host_are_there_with_their_instances_here() => Inside(host =>
    {
        host.Apps.All.ShouldHaveSingleItem().Name.ShouldBe("shop");
        host.Apps["shop"].Instances.Select(instance => instance.Id.ToString()).ShouldBe(["shop-0", "shop-2"]);
        return Task.CompletedTask;
    });

    private static void Inside(Func<IHost, Task> body) => FleetSimulation.Of(Fleets.Shop(["a", "b"])).Run(async s =>
    {
        await s.App("shop").UntilHealthy();
        await body(s.Host("a").Inside);
    });
}
