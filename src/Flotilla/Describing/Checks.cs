using Flotilla.Apps;

namespace Flotilla;

/// <summary>HTTP requests to an instance, by path and port name.</summary>
public static class Http
{
    /// <summary>A health check that passes on status 200 to 399.</summary>
    public static HealthCheck Get(string path, string? port = null) => new HttpHealthCheck(path) { Port = port };

    /// <summary>A request that switches a fault on.</summary>
    public static HttpCallTemplate Post(string path, string? port = null) => new("POST", path, port);
}

/// <summary>TCP, as a health check.</summary>
public static class Tcp
{
    /// <summary>Passes when a connection is accepted.</summary>
    public static HealthCheck Connect(string? port = null) => new TcpHealthCheck { Port = port };
}

/// <summary>Programs, as a health check.</summary>
public static class Shell
{
    /// <summary>Passes when the program ends with exit code 0.</summary>
    public static HealthCheck Succeeds(string program, params IReadOnlyList<string> arguments) => new CommandHealthCheck(program, arguments);
}
