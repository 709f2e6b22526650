#:project ../../src/Flotilla/Flotilla.csproj
#:project ../handlers/Haproxy/Haproxy.csproj
using Flotilla;
using Flotilla.Core.Machines;
using Flotilla.Haproxy;

// Two hosts at the edge, each with an HAProxy of its own that was not started by systemd, before brokers that speak MQTT.
var fleet = new Fleet("edge");

fleet.Host("edge-a", ["edge"]);
fleet.Host("edge-b", ["edge"]);
fleet.Host("broker-1", ["broker"]);
fleet.Host("broker-2", ["broker"]);

fleet.Role("broker", broker => broker.File("/etc/motd", content: "A broker of the fleet \"edge\".\n", mode: "0644"));

fleet.Role("edge", edge => edge.KeepHaproxy(
    backends: "broker",
    port: 1883,
    listen: 1883,
    file: "/etc/edge/haproxy.cfg",
    reload: new Command("pkill", ["--signal", "USR2", "--pidfile", "/run/edge-haproxy.pid"]),
    template: HaproxyTemplate.Tcp));

fleet.Scenario("both-edges-follow-the-brokers", async s =>
{
    string Configuration(string edge) => s.Host(edge).Inside.Files is var files && files.Stat("/etc/edge/haproxy.cfg") is not null
        ? System.Text.Encoding.UTF8.GetString(files.ReadFile("/etc/edge/haproxy.cfg"))
        : "";

    foreach (var edge in new[] { "edge-a", "edge-b" })
        await s.Until($"both brokers at {edge}", () => Configuration(edge).Contains("broker-1:1883") && Configuration(edge).Contains("broker-2:1883"));
    await s.Host("broker-1").CrashAsync();
    foreach (var edge in new[] { "edge-a", "edge-b" })
        await s.Until($"only broker-2 at {edge}", () => !Configuration(edge).Contains("broker-1") && Configuration(edge).Contains("broker-2"));
});

return await fleet.RunAsync(args);
