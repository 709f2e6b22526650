using Flotilla.Core.Http;

namespace Flotilla.Apps;

/// <summary>The HTTP health check, the same in every engine.</summary>
internal static class HttpProbe
{
    public static async Task<ProbeResult> RunAsync(
        IHttp http, IInstance instance, AppDescription app, HttpHealthCheck check, CancellationToken cancellationToken)
    {
        var url = new Uri(Probes.Endpoint(instance, app, check), check.Path);
        try
        {
            var reply = await http.SendAsync(new HttpCall("GET", url, Timeout: check.Timeout), cancellationToken);
            return new ProbeResult(reply.IsSuccess, $"GET {url}: status {reply.Status}");
        }
        catch (HttpCallException e)
        {
            return new ProbeResult(false, e.Message);
        }
    }
}
