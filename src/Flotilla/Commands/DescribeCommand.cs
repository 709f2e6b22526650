using Flotilla.Apps;
using Flotilla.Console;

namespace Flotilla.Commands;

internal static class DescribeCommand
{
    public static Task<int> Run(FleetContext context, CancellationToken cancellationToken)
    {
        var fleet = context.Fleet.Build();
        if (context.Terminal.Format == OutputFormat.Json) context.Terminal.Json(FleetOutput.Of(fleet), FleetJson.Default.FleetOutput);
        else Print(fleet, context.Terminal);
        return Task.FromResult(ExitCodes.Done);
    }

    private static void Print(FleetDescription fleet, Terminal terminal)
    {
        terminal.Line($"fleet {fleet.Name}");
        terminal.Line();
        foreach (var host in fleet.Hosts) terminal.Line($"host {host.Name}  ({string.Join(", ", host.Roles.DefaultIfEmpty("no role"))})");
        foreach (var role in fleet.Roles)
        {
            terminal.Line();
            terminal.Line($"role {role.Name}  on {string.Join(", ", fleet.HostsOf(role.Name).Select(host => host.Name).DefaultIfEmpty("no host"))}");
            foreach (var resource in role.Resources) terminal.Line($"  {resource.Id}");
            foreach (var app in role.Apps) terminal.Line($"  app {app.App.Name}: {Count(app)} of {Program(app.App)}{Ports(app.App)}");
            foreach (var watch in role.Watches)
                terminal.Line($"  watch {watch.Source.App} {watch.Source.Query.Series} every {watch.Every.TotalSeconds:0.###} s with {watch.Detector.Name}, raises {watch.Raise}");
            foreach (var handler in role.Handlers) terminal.Line($"  {handler.Name}");
        }
        if (fleet.Scenarios.Count > 0) terminal.Line();
        foreach (var scenario in fleet.Scenarios) terminal.Line($"scenario {scenario.Name}  (at most {scenario.Timeout.TotalSeconds:0.###} s)");
        terminal.Line();
        terminal.Note("Next: \"flotilla simulate\" plays the scenarios in virtual time, \"flotilla up\" runs the fleet on this machine.", Tone.Faint);
    }

    private static string Count(AppDeclaration app) =>
        $"{app.App.Instances} instance{(app.App.Instances == 1 ? "" : "s")}{(app.OnEveryHost ? " on each host" : "")}";

    private static string Program(AppDescription app) => string.Join(' ', new[] { app.Program ?? "a simulated program" }.Concat(app.Arguments));

    private static string Ports(AppDescription app) =>
        app.Ports.Count == 0 ? "" : $", port{(app.Ports.Count == 1 ? "" : "s")} {string.Join(", ", app.Ports.Select(port => port.Number is { } number ? $"{port.Name} {number}" : port.Name))}";
}
