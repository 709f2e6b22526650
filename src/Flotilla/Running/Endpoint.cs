using Flotilla.Apps;

namespace Flotilla.Running;

/// <summary>A port of an instance, somewhere in the fleet.</summary>
/// <param name="Instance">Whose.</param>
/// <param name="Host">Where it runs.</param>
/// <param name="Port">The name of the port.</param>
/// <param name="Url"><c>http://address:port/</c>.</param>
/// <param name="IsUp">Whether the instance serves, as far as its host can tell.</param>
internal sealed record Endpoint(InstanceId Instance, string Host, string Port, Uri Url, bool IsUp)
{
    public static IEnumerable<Endpoint> Of(InstanceSnapshot instance) =>
        instance.Endpoints.Select(entry => new Endpoint(instance.Id, instance.Host, entry.Key, entry.Value, instance.IsUp));
}
