using Flotilla.Events;

namespace Flotilla.Haproxy.Tests;

public sealed class HaproxyServerTests
{
    [Fact]
    public void Only_members_that_are_alive_and_have_the_role_are_servers_sorted_by_name()
    {
        var servers = HaproxyServer.Of(
            [Web("b", "10.0.0.2"), Web("a", "10.0.0.1"), Web("c", "10.0.0.3", MemberStatus.Failed), Web("d", "10.0.0.4", MemberStatus.Left), Web("e", "10.0.0.5", role: "db"), Web("f", "10.0.0.6", role: "db:web")],
            "web", 8080, refused: member => Assert.Fail(member.Name));
        Assert.Equal([new("a", "10.0.0.1", 8080), new("b", "10.0.0.2", 8080), new("f", "10.0.0.6", 8080)], servers);
    }

    [Fact]
    public void An_address_of_version_6_stands_in_brackets()
    {
        var server = Assert.Single(HaproxyServer.Of([Web("a", "fe80:0::1")], "web", 80, refused: member => Assert.Fail(member.Name)));
        Assert.Equal("[fe80::1]", server.Address);
    }

    [Theory]
    [InlineData("10.0.0.1:80 backup\n    server evil")]
    [InlineData("web 1")]
    [InlineData("")]
    [InlineData("wéb")]
    public void What_is_no_address_is_refused(string address)
    {
        var refused = new List<string>();
        Assert.Empty(HaproxyServer.Of([Web("a", address)], "web", 80, member => refused.Add(member.Name)));
        Assert.Equal(["a"], refused);
    }

    [Fact]
    public void A_name_cannot_write_a_line_of_its_own_and_equal_names_stay_apart()
    {
        var servers = HaproxyServer.Of(
            [Web("a\n    server evil 6.6.6.6:80", "10.0.0.1"), Web("w b", "10.0.0.2"), Web("w\tb", "10.0.0.3"), Web("w_b", "10.0.0.4")], "web", 80, member => Assert.Fail(member.Name));
        Assert.Equal(["a_____server_evil_6.6.6.6_80", "w_b", "w_b-2", "w_b-3"], servers.Select(server => server.Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    public void A_port_is_one(int port) => Assert.Throws<ArgumentOutOfRangeException>(() =>
        new Fleet("f").Role("lb", role => role.KeepHaproxy("web", port)));

    private static Member Web(string name, string address, MemberStatus status = MemberStatus.Alive, string role = "web") =>
        new(name, new Dictionary<string, string> { ["role"] = role }, status, address);
}
