namespace Flotilla.Haproxy;

/// <summary>Configurations for HAProxy. Any function of a <see cref="HaproxyModel"/> is one.</summary>
public static class HaproxyTemplate
{
    /// <summary>
    /// Balances HTTP requests in turn. A server is asked for <c>/</c> every two seconds; one that fails three times gets no requests
    /// until it answers. Without servers, requests are answered with 503.
    /// </summary>
    public static string Http(HaproxyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return $"""
            # Written by the fleet. Changes made here are lost at the next change of membership.
            global
                maxconn 4096

            defaults
                mode http
                timeout connect 5s
                timeout client 30s
                timeout server 30s
                option redispatch
                retries 2

            frontend {model.Backends}_in
                bind :{model.Listen}
                default_backend {model.Backends}

            backend {model.Backends}
                balance roundrobin
                option httpchk GET /
            {Servers(model, "check inter 2s fall 3 rise 1")}
            """;
    }

    /// <summary>Balances TCP connections: each goes to the server with the fewest.</summary>
    public static string Tcp(HaproxyModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return $"""
            # Written by the fleet. Changes made here are lost at the next change of membership.
            global
                maxconn 4096

            defaults
                mode tcp
                timeout connect 5s
                timeout client 1h
                timeout server 1h

            listen {model.Backends}
                bind :{model.Listen}
                balance leastconn
            {Servers(model, "check")}
            """;
    }

    /// <summary>The <c>server</c> lines of a model, each with these options at its end, and the line end that HAProxy asks for.</summary>
    public static string Servers(HaproxyModel model, string options)
    {
        ArgumentNullException.ThrowIfNull(model);
        return string.Concat(model.Servers.Select(server => $"    server {server.Name} {server.Address}:{server.Port} {options}\n"));
    }
}
