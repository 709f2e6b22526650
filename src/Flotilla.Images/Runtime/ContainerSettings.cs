using System.Text.Json;
using Flotilla.Core;
using Flotilla.Images.Configuration;

namespace Flotilla.Images.Runtime;

/// <summary>Everything a runtime has to know to run a container: what the image says, with the settings of a target over it.</summary>
public sealed record ContainerSettings
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The program and its arguments; at least the program.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The working directory: an absolute path in the container.</summary>
    public string Folder { get; init; } = "/";

    /// <summary>Who runs it.</summary>
    public ContainerUser User { get; init; } = ContainerUser.Root;

    /// <summary>The container's host name.</summary>
    public string Hostname { get; init; } = "container";

    /// <summary>All its variables.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What it sees of the host.</summary>
    public IReadOnlyList<Mount> Mounts { get; init; } = [];

    /// <summary>Ports of the host that lead to it.</summary>
    public IReadOnlyList<PortMapping> Ports { get; init; } = [];

    /// <summary>Whether it sees the host's network.</summary>
    public ContainerNetwork Network { get; init; }

    /// <summary>Name servers; empty for those of the host where it sees the host's network.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Limits of its processes.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>All capabilities and devices.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether its input and output are a terminal of its own.</summary>
    public bool Terminal { get; init; }

    /// <summary>What the image's configuration says (OCI image-spec, config.md) and the settings over it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="settings">Those of a target, or of all.</param>
    /// <param name="terminal">Whether there is a terminal to attach to.</param>
    /// <exception cref="ProblemException">Nothing says which program runs, or the image has no such user.</exception>
    public static ContainerSettings Of(GraphImage image, ImageSettings settings, bool terminal)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(settings);
        using var json = JsonDocument.Parse(image.Config);
        var config = json.RootElement.TryGetProperty("config", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        IReadOnlyList<string> command = settings.Command?.Value ?? [.. Texts(config, "Entrypoint"), .. Texts(config, "Cmd")];
        if (command.Count == 0)
            throw new ProblemException(new Problem($"Nothing says what to run in {image.Name}.", Why: "neither the target nor the image names a command.", Fix: "Add \"command: [...]\" to the target."));
        var user = ContainerUser.Find(image, settings.User?.Value ?? Text(config, "User") ?? "", settings.User?.Where);
        return new ContainerSettings
        {
            Command = command,
            Folder = settings.Folder?.Value ?? (Text(config, "WorkingDir") is { Length: > 0 } folder ? folder : "/"),
            User = user,
            Hostname = settings.Hostname?.Value ?? HostnameOf(image.Name),
            Environment = Variables(Texts(config, "Env"), settings, user, terminal),
            Mounts = [.. settings.Mounts.Select(mount => mount.Value)],
            Ports = [.. settings.Ports.Select(port => port.Value)],
            Network = settings.Network?.Value ?? ContainerNetwork.Host,
            Dns = [.. settings.Dns.Select(server => server.Value)],
            Limits = [.. settings.Limits.Select(limit => limit.Value)],
            Privileged = settings.Privileged?.Value ?? false,
            Terminal = terminal,
        };
    }

    private static List<KeyValuePair<string, string>> Variables(IEnumerable<string> image, ImageSettings settings, ContainerUser user, bool terminal)
    {
        var variables = new List<KeyValuePair<string, string?>> { new("PATH", DefaultPath), new("HOME", user.Home) };
        if (terminal) variables.Add(new("TERM", "xterm"));
        foreach (var each in image)
            if (each.Split('=', 2) is [{ Length: > 0 } name, var value]) Set(name, value);
        foreach (var (name, said) in settings.Environment) Set(name, said.Value);
        return [.. variables.Where(each => each.Value is not null).Select(each => KeyValuePair.Create(each.Key, each.Value!))];

        void Set(string name, string? value)
        {
            var at = variables.FindIndex(each => each.Key == name);
            if (at < 0) variables.Add(new(name, value));
            else variables[at] = new(name, value);
        }
    }

    private static IEnumerable<string> Texts(JsonElement config, string key) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(each => each.GetString() ?? "")] : [];

    private static string? Text(JsonElement config, string key) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static string HostnameOf(string name)
    {
        var label = new string([.. name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        return label.Length <= 63 ? label : label[^63..].Trim('-');
    }
}
