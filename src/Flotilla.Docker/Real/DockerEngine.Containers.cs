using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Docker.Real;

namespace Flotilla.Docker;

public sealed partial class DockerEngine
{
    /// <summary>Makes a container that does not run yet; gives its id.</summary>
    public async Task<string> CreateContainerAsync(ContainerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var host = new JsonObject
        {
            ["Binds"] = Array(options.Mounts),
            ["Dns"] = Array(options.Dns),
            ["Privileged"] = options.Privileged,
        };
        if (options.Limits.Count > 0)
            host["Ulimits"] = new JsonArray([.. options.Limits.Select(limit => new JsonObject { ["Name"] = limit.Name, ["Soft"] = limit.Soft, ["Hard"] = limit.Hard })]);
        if (options.Network is { } network) host["NetworkMode"] = network;
        if (options.MemoryMax is { } memory) host["Memory"] = memory;
        if (options.Processors is { } processors) host["NanoCpus"] = (long)(processors * 1e9);
        var exposed = new JsonObject();
        var bindings = new JsonObject();
        foreach (var ports in options.Ports.GroupBy(port => $"{port.Inside}/{port.Protocol}"))
        {
            exposed[ports.Key] = new JsonObject();
            bindings[ports.Key] = new JsonArray([.. ports.Select(port => new JsonObject { ["HostIp"] = port.Address ?? "", ["HostPort"] = port.Host == 0 ? "" : $"{port.Host}" })]);
        }
        host["PortBindings"] = bindings;
        var body = new JsonObject
        {
            ["Image"] = options.Image,
            ["Env"] = Array(options.Environment),
            ["Labels"] = new JsonObject(options.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["Tty"] = options.Terminal,
            ["OpenStdin"] = options.Input,
            ["StdinOnce"] = options.Input,
            ["AttachStdin"] = options.Input,
            ["AttachStdout"] = true,
            ["AttachStderr"] = true,
            ["ExposedPorts"] = exposed,
            ["HostConfig"] = host,
        };
        if (options.Hostname is { } hostname) body["Hostname"] = hostname;
        if (options.EntryPoint is { } entry) body["Entrypoint"] = Array(entry);
        if (options.Command is { } command) body["Cmd"] = Array(command);
        if (options.Folder is { } folder) body["WorkingDir"] = folder;
        if (options.User is { } user) body["User"] = user;
        var query = options.Name is { } name ? "?name=" + Uri.EscapeDataString(name) : "";
        return Text(await _engine.JsonAsync(HttpMethod.Post, $"{Api}containers/create{query}", body, cancellationToken), "Id");
    }

    /// <summary>Makes an image without a name of what a container is now; gives its id. Its last layer is what the container changed.</summary>
    public async Task<string> CommitContainerAsync(string container, CancellationToken cancellationToken) =>
        Text(await _engine.JsonAsync(HttpMethod.Post, $"{Api}commit?container={Name(container)}&pause=false", new JsonObject(), cancellationToken), "Id");

    /// <summary>Starts a container; one that runs already goes on.</summary>
    public Task StartContainerAsync(string container, CancellationToken cancellationToken) => _engine.PostAsync($"{Api}containers/{Name(container)}/start", null, cancellationToken);

    /// <summary>Stops a container: its stop signal, and SIGKILL once the time is over.</summary>
    public Task StopContainerAsync(string container, TimeSpan patience, CancellationToken cancellationToken) =>
        _engine.PostAsync($"{Api}containers/{Name(container)}/stop?t={(int)Math.Ceiling(patience.TotalSeconds)}", null, cancellationToken);

    /// <summary>Sends a signal, such as <c>SIGTERM</c>.</summary>
    public Task KillContainerAsync(string container, string signal, CancellationToken cancellationToken) =>
        _engine.PostAsync($"{Api}containers/{Name(container)}/kill?signal={Uri.EscapeDataString(signal)}", null, cancellationToken);

    /// <summary>Waits until a container has ended; gives its exit code. One that was never started has not ended.</summary>
    public async Task<int> WaitContainerAsync(string container, CancellationToken cancellationToken) =>
        (int)Number(await _engine.JsonAsync(HttpMethod.Post, $"{Api}containers/{Name(container)}/wait?condition=not-running", null, cancellationToken), "StatusCode");

    /// <summary>The container of a name or id; null when there is none.</summary>
    public async Task<DockerContainer?> FindContainerAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            var json = await _engine.JsonAsync(HttpMethod.Get, $"{Api}containers/{Name(container)}/json", null, cancellationToken);
            var state = json["State"] ?? new JsonObject();
            return new DockerContainer(Text(json, "Id"), Text(json, "Name").TrimStart('/'), Text(json, "Image"), Text(state, "Status"), (int)Number(state, "ExitCode"), (int)Number(state, "Pid"));
        }
        catch (DockerException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>All containers, those that do not run included.</summary>
    /// <param name="label">Only those with this label: <c>NAME</c> or <c>NAME=value</c>; null for all.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<IReadOnlyList<DockerContainer>> ContainersAsync(string? label, CancellationToken cancellationToken)
    {
        var filter = label is null ? "" : "&filters=" + Uri.EscapeDataString(new JsonObject { ["label"] = new JsonArray(label) }.ToJsonString());
        var json = await _engine.JsonAsync(HttpMethod.Get, $"{Api}containers/json?all=1{filter}", null, cancellationToken);
        return [.. Items(json).Select(each => new DockerContainer(Text(each, "Id"), Strings(each["Names"]) is [var name, ..] ? name.TrimStart('/') : "", Text(each, "ImageID"), Text(each, "State"), 0, 0))];
    }

    /// <summary>
    /// Hands on what a container has written and, when asked, what it writes until it ends.
    /// </summary>
    public async Task LogsAsync(string container, bool follow, Func<OutputStream, ReadOnlyMemory<byte>, Task> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(take);
        var terminal = await HasTerminalAsync(container, cancellationToken);
        using var response = await _engine.SendAsync(HttpMethod.Get, $"{Api}containers/{Name(container)}/logs?stdout=1&stderr=1&follow={Flag(follow)}", null, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await OutputFrames.ReadAsync(stream, terminal, take, cancellationToken);
    }

    /// <summary>
    /// Connects to a container's input and output, best before it is started. Read it with <see cref="ReadOutputAsync"/>; what is written
    /// is its standard input.
    /// </summary>
    public Task<Stream> AttachAsync(string container, CancellationToken cancellationToken) =>
        _engine.UpgradeAsync($"{Api}containers/{Name(container)}/attach?stream=1&stdin=1&stdout=1&stderr=1", null, cancellationToken);

    /// <summary>Takes apart what an attached container writes, until it ends.</summary>
    /// <param name="attached">From <see cref="AttachAsync"/>.</param>
    /// <param name="terminal">Whether the container has a terminal: then there is one output.</param>
    /// <param name="take">Gets the pieces in order; they are valid until it returns.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task ReadOutputAsync(Stream attached, bool terminal, Func<OutputStream, ReadOnlyMemory<byte>, Task> take, CancellationToken cancellationToken) =>
        OutputFrames.ReadAsync(attached, terminal, take, cancellationToken);

    /// <summary>Removes a container with its anonymous volumes; false when there was none.</summary>
    public async Task<bool> RemoveContainerAsync(string container, bool force, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _engine.SendAsync(HttpMethod.Delete, $"{Api}containers/{Name(container)}?v=1&force={Flag(force)}", null, cancellationToken);
            return true;
        }
        catch (DockerException e) when (e.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Writes a container's file system as one tar, as <c>docker export</c> does.</summary>
    public async Task ExportContainerAsync(string container, Stream to, CancellationToken cancellationToken)
    {
        using var response = await _engine.SendAsync(HttpMethod.Get, $"{Api}containers/{Name(container)}/export", null, cancellationToken);
        await response.Content.CopyToAsync(to, cancellationToken);
    }

    /// <summary>Runs a program in a running container and waits for it.</summary>
    public async Task<ExecResult> ExecAsync(string container, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var created = await _engine.JsonAsync(HttpMethod.Post, $"{Api}containers/{Name(container)}/exec", new JsonObject { ["Cmd"] = Array(command), ["AttachStdout"] = true, ["AttachStderr"] = true }, cancellationToken);
        var id = Text(created, "Id");
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        await using (var stream = await _engine.UpgradeAsync($"{Api}exec/{Name(id)}/start", new JsonObject { ["Detach"] = false, ["Tty"] = false }, cancellationToken))
        {
            await OutputFrames.ReadAsync(stream, terminal: false, (from, bytes) =>
            {
                (from == OutputStream.Error ? error : output).Write(bytes.Span);
                return Task.CompletedTask;
            }, cancellationToken);
        }
        var ended = await _engine.JsonAsync(HttpMethod.Get, $"{Api}exec/{Name(id)}/json", null, cancellationToken);
        return new ExecResult((int)Number(ended, "ExitCode"), Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    private async Task<bool> HasTerminalAsync(string container, CancellationToken cancellationToken) =>
        (await _engine.JsonAsync(HttpMethod.Get, $"{Api}containers/{Name(container)}/json", null, cancellationToken))["Config"]?["Tty"]?.GetValue<bool>() == true;

    private static JsonArray Array(IReadOnlyList<string> items) => new([.. items.Select(each => (JsonNode?)each)]);
}
