#:project ../../../../src/Flotilla/Flotilla.csproj
using Flotilla;

// A fleet for the tests of what goes wrong: FAULT says which of its parts is there.
var fault = Environment.GetEnvironmentVariable("FAULT");
var fleet = new Fleet("faults");

fleet.Role("all", all =>
{
    if (fault == "missing-directory") all.File("/nowhere/else/file", content: "text");
    if (fault == "stranger") all.App("web", app => app.Command("sleep", "1000").Port("http", int.Parse(Environment.GetEnvironmentVariable("STRANGERS_PORT")!)));
    if (fault is "never" or "tree") all.App("tree", app => app.Command("sh", "-c", "setsid sleep 1000 & echo ready; sleep 1000"));
    if (fault == "deaf") all.App("deaf", app => app.Command("sh", "-c", "trap '' TERM INT; echo ready; while true; do sleep 1; done").StopGrace(60.Seconds));
});

if (fault == "unknown-role") fleet.On<string>("deploy", role: "al", (_, _) => Task.CompletedTask);
fleet.Scenario("never-ends", s => s.Until("the sun to rise in the west", () => false), timeout: 2.Seconds);

return await fleet.RunAsync(args);
