using Flotilla.Core;
using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <summary>
/// One RPC connection to a Serf agent, with every command of its protocol, version 1
/// (https://www.serf.io/docs/agent/rpc.html). For use from many threads.
/// </summary>
/// <remarks>
/// The agent runs the commands of one connection one after the other: a join that waits holds up what is asked after it, on this
/// connection only. When the connection ends, everything under way fails with <see cref="SerfConnectionException"/>;
/// <see cref="SerfConnection"/> makes new ones.
/// </remarks>
public sealed partial class SerfClient : IAsyncDisposable
{
    private const int ProtocolVersion = 1;

    private readonly ISerfTransport _transport;
    private readonly SerfOptions _options;
    private readonly TimeProvider _time;
    private readonly SerfLink _link;

    private SerfClient(ISerfTransport transport, SerfOptions options, TimeProvider time, SerfLink link)
    {
        _transport = transport;
        _options = options;
        _time = time;
        _link = link;
    }

    /// <summary>The address of the agent.</summary>
    public SerfAddress Agent => _options.Address;

    /// <summary>Why the connection ended; null while it stands.</summary>
    public SerfConnectionException? Failure => _link.Failure;

    /// <summary>Connects to an agent, greets it and shows the token.</summary>
    /// <param name="transport">The way to the agent.</param>
    /// <param name="options">Where it is.</param>
    /// <param name="time">Limits how long is waited.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">No agent answers there, it refuses the token, or it speaks another version.</exception>
    public static async Task<SerfClient> ConnectAsync(
        ISerfTransport transport, SerfOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        cancellationToken.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Stream stream;
        try
        {
            stream = await transport.ConnectAsync(options.Address, either.Token);
        }
        catch (IOException error)
        {
            throw NoAgent(options.Address, error.Message.TrimEnd('.') + ".", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw NoAgent(options.Address, $"Nothing answered within {options.ConnectTimeout.TotalSeconds:0.###} s.", error);
        }
        var client = new SerfClient(transport, options, time, new SerfLink(options.Address, stream));
        try
        {
            await client.GreetAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes with the reason when the connection has ended.</summary>
    public Task<SerfConnectionException> EndedAsync() => _link.EndedAsync();

    /// <summary>Closes the connection; what is under way fails.</summary>
    public ValueTask DisposeAsync() => _link.DisposeAsync();

    /// <summary>Ends the connection for a reason.</summary>
    internal void Abandon(string reason) => _link.End(new SerfConnectionException(Agent, reason));

    /// <summary>Another connection to the same agent.</summary>
    internal Task<SerfClient> AnotherAsync(CancellationToken cancellationToken) => ConnectAsync(_transport, _options, _time, cancellationToken);

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        string refusal;
        try
        {
            refusal = await AskAsync("handshake", writer =>
            {
                writer.WriteMapHeader(1);
                Put(writer, "Version", ProtocolVersion);
            }, _options.ConnectTimeout, cancellationToken);
        }
        catch (Exception error) when (error is SerfConnectionException or SerfTimeoutException)
        {
            throw NotSerf(error);
        }
        if (refusal.Length > 0)
            throw new ProblemException(new Problem(
                $"The Serf agent at {Agent} speaks another version of the RPC protocol.",
                Why: $"It said \"{refusal}\" to version {ProtocolVersion}.",
                Fix: "Run a Serf agent of version 0.8 or newer, and look whether the address is that of its RPC."));
        // Always, also without a token: until then an agent that wants one would misread each command as two.
        var denied = await AskAsync("auth", writer =>
        {
            writer.WriteMapHeader(1);
            Put(writer, "AuthKey", _options.Token ?? "");
        }, _options.ConnectTimeout, cancellationToken);
        if (denied.Length == 0) return;
        throw new ProblemException(_options.Token is null
            ? new Problem(
                $"The Serf agent at {Agent} requires an RPC token, and none was given.", Why: $"It said \"{denied}\".",
                Fix: "Give the token that its rpc_auth says.")
            : new Problem(
                $"The Serf agent at {Agent} refuses the RPC token.", Why: $"It said \"{denied}\".",
                Fix: "Give the token that its rpc_auth says, or none when it has no rpc_auth."));
    }

    private ProblemException NotSerf(Exception error)
    {
        var why = error is SerfConnectionException connection
            ? $"It took the connection, and then: {connection.Reason}."
            : $"It took the connection and said nothing within {_options.ConnectTimeout.TotalSeconds:0.###} s.";
        return new(new Problem(
            $"What answers at {Agent} does not speak Serf's RPC protocol.", Why: why,
            Fix: "Give the address of an agent's RPC, which is 7373 by default and not the port of its gossip, and look whether the agent "
                + "hangs."), error);
    }

    private static ProblemException NoAgent(SerfAddress address, string why, Exception error) => new(new Problem(
        $"No Serf agent answers at {address}.", Why: why,
        Fix: $"Start one with `serf agent -rpc-addr={address}`, or give the address of one that runs."), error);

    /// <summary>Sends a command whose reply has no body, and returns the error that the agent names, or nothing.</summary>
    private async Task<string> AskAsync(string command, Action<MessagePackWriter>? body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var call = new SerfCall<bool>(null);
        cancellationToken.ThrowIfCancellationRequested();
        _link.Send(command, body, call);
        return (await WithinAsync(call.Reply, command, timeout, cancellationToken)).Error;
    }

    /// <summary>Sends a command whose reply has a body.</summary>
    private async Task<(string Error, T? Body)> AskAsync<T>(
        string command, Action<MessagePackWriter>? body, SerfBodyReader<T> read, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var call = new SerfCall<T>(read);
        cancellationToken.ThrowIfCancellationRequested();
        _link.Send(command, body, call);
        return await WithinAsync(call.Reply, command, timeout, cancellationToken);
    }

    /// <summary>
    /// Waits for a reply. Who gives up leaves the request under way: its reply is read and dropped when it comes.
    /// </summary>
    private async Task<T> WithinAsync<T>(
        TaskCompletionSource<T> reply, string command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (reply.Task.IsCompleted) return await reply.Task;
        // Not Task.WaitAsync: behind a source that completes asynchronously it goes by way of the thread pool, out of the simulation.
        await using var limit = _time.CreateTimer(
            _ => reply.TrySetException(new SerfTimeoutException(command, Agent, timeout)), null, timeout, Timeout.InfiniteTimeSpan);
        await using var giveUp = cancellationToken.UnsafeRegister(
            static (reply, token) => ((TaskCompletionSource<T>)reply!).TrySetCanceled(token), reply);
        return await reply.Task;
    }

    private static void Put(MessagePackWriter writer, string name, string value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Put(MessagePackWriter writer, string name, bool value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Put(MessagePackWriter writer, string name, long value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Put(MessagePackWriter writer, string name, ulong value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Put(MessagePackWriter writer, string name, ReadOnlyMemory<byte> value)
    {
        writer.Write(name);
        writer.WriteBinary(value.Span);
    }

    private static void Put(MessagePackWriter writer, string name, IReadOnlyCollection<string>? values)
    {
        writer.Write(name);
        writer.WriteArrayHeader(values?.Count ?? 0);
        foreach (var value in values ?? []) writer.Write(value);
    }

    private static void Put(MessagePackWriter writer, string name, IReadOnlyDictionary<string, string>? values)
    {
        writer.Write(name);
        writer.WriteMapHeader(values?.Count ?? 0);
        foreach (var (key, value) in values ?? new Dictionary<string, string>())
        {
            writer.Write(key);
            writer.Write(value);
        }
    }
}
