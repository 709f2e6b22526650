using Flotilla.Core;

namespace Flotilla.Apps;

/// <summary>What all engines say and look up in the same way.</summary>
internal static class Probes
{
    /// <summary>The address that a check asks: that of its port, or of the first one.</summary>
    public static Uri Endpoint(IInstance instance, AppDescription app, HealthCheck check)
    {
        var port = check.Port ?? (app.Ports.Count > 0 ? app.Ports[0].Name : null);
        return port is not null && instance.Endpoints.TryGetValue(port, out var url)
            ? url
            : throw new ArgumentException($"Instance {instance.Id} has no port \"{port}\" for its health check.", nameof(check));
    }

    public static Problem PortTaken(InstanceStart start, PortDescription port, int number, string owner) =>
        new($"{start.Id} cannot have its port \"{port.Name}\" ({number}) on {start.Host}.", start.App.Declared,
            $"It is in use by {owner}.", "Stop that program, or give the app another port.");
}
