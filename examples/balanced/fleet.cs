#:project ../../src/Flotilla/Flotilla.csproj
#:project ../handlers/Haproxy/Haproxy.csproj
using Flotilla;
using Flotilla.Haproxy;

// Three web servers behind one HAProxy, whose configuration follows the members.
var fleet = new Fleet("balanced");

fleet.Host("balancer", ["balancer"]);
foreach (var name in new[] { "web-1", "web-2", "web-3" }) fleet.Host(name, ["web"]);

fleet.Role("web", web => web.File("/etc/motd", content: "A web server of the fleet \"balanced\".\n", mode: "0644"));

fleet.Role("balancer", balancer => balancer.KeepHaproxy(backends: "web", port: 8080));

fleet.Scenario("lost-server-gets-no-requests", async s =>
{
    string Configuration() => s.Host("balancer").Inside.Files is var files && files.Stat("/etc/haproxy/haproxy.cfg") is not null
        ? System.Text.Encoding.UTF8.GetString(files.ReadFile("/etc/haproxy/haproxy.cfg"))
        : "";

    await s.Until("all servers in the configuration", () => new[] { "web-1", "web-2", "web-3" }.All(name => Configuration().Contains($"server {name} ")));
    await s.Host("web-2").CrashAsync();
    await s.Until("web-2 out of the configuration", () => !Configuration().Contains("server web-2 "));
    s.Require(Configuration().Contains("server web-1 ") && Configuration().Contains("server web-3 "), "a server that is alive is gone");
    await s.Host("web-2").RestartAsync();
    await s.Until("web-2 in the configuration again", () => Configuration().Contains("server web-2 "));
});

return await fleet.RunAsync(args);
