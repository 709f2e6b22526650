using Flotilla.Commands;
using Flotilla.Core;
using Flotilla.Events.Serf;

namespace Flotilla.Running.Real;

/// <summary>What the user said about the way to the members; everything may be left out.</summary>
/// <param name="Rpc">The address of a Serf agent.</param>
/// <param name="AuthFile">The file with its token.</param>
/// <param name="Host">The host whose agent is asked.</param>
/// <param name="State">Where agents of this machine keep their state.</param>
internal sealed record DoorChoice(string? Rpc = null, string? AuthFile = null, string? Host = null, string? State = null)
{
    /// <summary>The address and the token of the Serf agent, from what was said, then from Serf's own variables.</summary>
    /// <exception cref="ProblemException">The address is none, or the file cannot be read.</exception>
    public SerfOptions Serf
    {
        get
        {
            var address = Rpc ?? Environment.GetEnvironmentVariable("SERF_RPC_ADDR");
            return new SerfOptions
            {
                Address = string.IsNullOrEmpty(address) ? SerfAddress.Default : SerfAddress.Parse(address),
                Token = AuthFile is not null ? TokenIn(AuthFile) : Environment.GetEnvironmentVariable("SERF_RPC_AUTH") is { Length: > 0 } token ? token : null,
            };
        }
    }

    private static string TokenIn(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The file {file} with the RPC token cannot be read.", Why: e.Message, Fix: "Name another with --rpc-auth-file."), e);
        }
    }
}

/// <summary>Finds the way to the members.</summary>
internal static class EventDoors
{
    /// <summary>
    /// The Serf agent that was named; otherwise what runs of this fleet on this machine, <c>up</c> before agents; otherwise the
    /// Serf agent at its usual address.
    /// </summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static async Task<IEventDoor> OpenAsync(FleetContext context, DoorChoice choice, CancellationToken cancellationToken)
    {
        if (choice.Rpc is not null) return await SerfAsync(choice.Serf, cancellationToken);
        if (await ResidentAsync(context, choice, cancellationToken) is var (socket, via, _)) return new ControlDoor(socket, via);
        if (choice.Host is { } host)
            throw new ProblemException(new Problem($"No agent of host \"{host}\" runs on this machine.", Fix: "Start it (\"flotilla agent\"), or leave out --host."));
        try
        {
            return await SerfAsync(choice.Serf, cancellationToken);
        }
        catch (ProblemException e) when (e.Problems is [var problem] && problem.What.StartsWith("No Serf agent", StringComparison.Ordinal))
        {
            throw new ProblemException(new Problem(
                $"Nothing of fleet {context.Fleet.Name} runs on this machine, and no Serf agent answers at {choice.Serf.Address}.", Why: problem.Why,
                Fix: "Start the fleet with \"flotilla up\", or this host of it with \"flotilla agent --with-serf\", or name a Serf agent with --rpc ADDR:PORT."), e);
        }
    }

    /// <summary>As <see cref="OpenAsync"/>, for what only Serf knows: the agent of Serf that a resident agent uses, if none was named.</summary>
    public static async Task<SerfDoor> OpenSerfAsync(FleetContext context, DoorChoice choice, CancellationToken cancellationToken)
    {
        if (choice.Rpc is null && await ResidentAsync(context, choice, cancellationToken) is var (_, via, serf))
            choice = serf is not null
                ? choice with { Rpc = serf.Rpc, AuthFile = choice.AuthFile ?? serf.AuthFile }
                : throw new ProblemException(new Problem($"This is known to Serf alone, and {via} does without.", Fix: "Name a Serf agent with --rpc ADDR:PORT."));
        return await SerfAsync(choice.Serf, cancellationToken);
    }

    /// <summary>What runs of the fleet on this machine: its socket, its name for people, the Serf agent it uses. Null when nothing does.</summary>
    public static async Task<(string Socket, string Via, SerfPlace? Serf)?> ResidentAsync(FleetContext context, DoorChoice choice, CancellationToken cancellationToken)
    {
        var up = FleetState.FolderOf(context.Folder);
        var agents = FleetState.AgentFolders(choice.State ?? up).Where(folder => choice.Host is null || Path.GetFileName(folder) == choice.Host)
            .Select(folder => (Socket: FleetState.Socket(folder), Via: $"the agent of {Path.GetFileName(folder)}"));
        foreach (var (socket, via) in choice.Host is null ? agents.Prepend((FleetState.Socket(up), "the fleet that is up")) : agents)
            if (File.Exists(socket) && await ControlClient.AskAsync(socket, new ControlRequest(ControlRequest.Where), cancellationToken) is { } reply)
                return (socket, via, reply.Serf);
        return null;
    }

    private static async Task<SerfDoor> SerfAsync(SerfOptions options, CancellationToken cancellationToken) =>
        new(await SerfGuest.ConnectAsync(new TcpSerfTransport(), options, TimeProvider.System, Random.Shared, cancellationToken));
}
