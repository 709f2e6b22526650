using Flotilla.Console;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

internal static class AppsCommand
{
    public static async Task<int> RunAsync(FleetContext context, CancellationToken cancellationToken)
    {
        var fleet = context.Fleet.Build();
        var reply = await ControlClient.AskAsync(FleetState.Socket(FleetState.FolderOf(context.Folder)), new ControlRequest("apps"), cancellationToken);
        var instances = reply?.Instances ?? [];
        var apps = (from role in fleet.Roles
                    from app in role.Apps
                    select new AppStateOutput(
                        app.App.Name,
                        app.OnEveryHost ? app.App.Instances * fleet.HostsOf(role.Name).Count() : app.App.Instances,
                        [.. instances.Where(instance => instance.Name.StartsWith(app.App.Name + "-", StringComparison.Ordinal)
                            && int.TryParse(instance.Name.AsSpan(app.App.Name.Length + 1), out _))])).ToList();
        if (context.Terminal.Format == OutputFormat.Json)
        {
            context.Terminal.Json(new AppsOutput(fleet.Name, reply is not null, apps), FleetJson.Default.AppsOutput);
            return ExitCodes.Done;
        }
        if (reply is null) context.Terminal.Note("The fleet is not up. Start it: \"flotilla up\".");
        context.Terminal.Table(["app", "instance", "host", "status", "pid", "restarts", "endpoints"], apps.SelectMany(app => app.Instances.Count == 0
            ? [(IReadOnlyList<string>)[app.Name, "", "", $"0 of {app.Wanted} run", "", "", ""]]
            : app.Instances.Select(instance => (IReadOnlyList<string>)
                [app.Name, instance.Name, instance.Host, instance.Status + (instance.Why is { } why ? $" ({why})" : ""), $"{instance.Pid}", $"{instance.Restarts}", string.Join(' ', instance.Endpoints.Values)])));
        return ExitCodes.Done;
    }
}
