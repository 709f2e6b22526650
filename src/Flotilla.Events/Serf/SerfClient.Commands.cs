using System.Text;
using Flotilla.Core;
using Flotilla.MessagePack;

namespace Flotilla.Events.Serf;

/// <content>The commands with one reply.</content>
public sealed partial class SerfClient
{
    /// <summary>Sends a user event to all members.</summary>
    /// <remarks>
    /// Who sends many waits for each reply: an agent has 512 places for each stream of its clients, and drops without a word what comes
    /// faster than it can write. Over the network members take about a hundred a second.
    /// </remarks>
    /// <param name="name">Its name.</param>
    /// <param name="payload">What it carries; by Serf's defaults name and payload have about 480 bytes at most.</param>
    /// <param name="coalesce">Whether agents may leave out all but the latest of this name within 3 seconds.</param>
    /// <param name="cancellationToken">Gives up waiting; the event may still be sent.</param>
    /// <exception cref="ProblemException">The name is empty, or both are beyond the agent's limit.</exception>
    /// <exception cref="SerfException">The agent refused for another reason.</exception>
    /// <exception cref="SerfConnectionException">The connection has ended.</exception>
    /// <exception cref="SerfTimeoutException">No reply in time.</exception>
    public async Task EventAsync(string name, ReadOnlyMemory<byte> payload, bool coalesce, CancellationToken cancellationToken)
    {
        CheckName("event", name);
        var refusal = await AskAsync("event", writer =>
        {
            writer.WriteMapHeader(3);
            Put(writer, "Name", name);
            Put(writer, "Payload", payload);
            Put(writer, "Coalesce", coalesce);
        }, _options.RequestTimeout, cancellationToken);
        if (refusal.Length > 0) throw SerfRefusal.Of("event", Agent, refusal, name, Encoding.UTF8.GetByteCount(name) + payload.Length);
    }

    /// <summary>Declares a failed member to have left. A name that nobody has is no error to Serf.</summary>
    /// <param name="node">The name of the member.</param>
    /// <param name="prune">Whether it is removed from the list at once.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task ForceLeaveAsync(string node, bool prune, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        return CommandAsync("force-leave", writer =>
        {
            writer.WriteMapHeader(2);
            Put(writer, "Node", node);
            Put(writer, "Prune", prune);
        }, node, 0, cancellationToken);
    }

    /// <summary>Lets the agent join others.</summary>
    /// <param name="existing">Addresses of their gossip, with or without a port.</param>
    /// <param name="replay">Whether the agent hands out the events that the others still know.</param>
    /// <param name="cancellationToken">Gives up waiting; the agent may still join.</param>
    /// <returns>How many of the addresses were reached: one at least.</returns>
    /// <exception cref="SerfException">None of them was reached.</exception>
    public async Task<int> JoinAsync(IReadOnlyCollection<string> existing, bool replay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(existing);
        var (refusal, joined) = await AskAsync("join", writer =>
        {
            writer.WriteMapHeader(2);
            Put(writer, "Existing", existing);
            Put(writer, "Replay", replay);
        }, SerfBodies.Joined, _options.ClusterTimeout, cancellationToken);
        return refusal.Length == 0 ? joined : throw SerfRefusal.Of("join", Agent, refusal);
    }

    /// <summary>Every member that the agent knows, in its own order.</summary>
    public async Task<IReadOnlyList<SerfMember>> MembersAsync(CancellationToken cancellationToken)
    {
        var (refusal, members) = await AskAsync("members", null, SerfBodies.Members, _options.RequestTimeout, cancellationToken);
        return refusal.Length == 0 ? members ?? [] : throw SerfRefusal.Of("members", Agent, refusal);
    }

    /// <summary>The members that fit a filter.</summary>
    /// <remarks>
    /// An agent closes the connection on a bad regular expression, without a word; so this asks on a connection of its own.
    /// </remarks>
    /// <exception cref="ProblemException">The agent closed that connection: one of the expressions is none.</exception>
    public async Task<IReadOnlyList<SerfMember>> MembersAsync(SerfMemberFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var apart = await AnotherAsync(cancellationToken);
        try
        {
            var (refusal, members) = await apart.AskAsync("members-filtered", writer =>
            {
                writer.WriteMapHeader(3);
                Put(writer, "Tags", filter.Tags);
                Put(writer, "Status", filter.Status ?? "");
                Put(writer, "Name", filter.Name ?? "");
            }, SerfBodies.Members, _options.RequestTimeout, cancellationToken);
            return refusal.Length == 0 ? members ?? [] : throw SerfRefusal.Of("members-filtered", Agent, refusal);
        }
        catch (SerfConnectionException error) when (Failure is null)
        {
            string[] expressions = [.. filter.Tags?.Values ?? [], filter.Status ?? "", filter.Name ?? ""];
            throw new ProblemException(new Problem(
                $"The filter {string.Join(", ", expressions.Where(text => text.Length > 0).Select(text => $"\"{text}\""))} cannot be used.",
                Why: "The Serf agent closed the connection on it, as it does when a regular expression is none.",
                Fix: "Write expressions of RE2: https://github.com/google/re2/wiki/Syntax."), error);
        }
    }

    /// <summary>Adds, changes and removes tags of this member. Others are told before this ends, or within 5 seconds.</summary>
    /// <exception cref="ProblemException">All tags together are beyond the limit of 512 bytes.</exception>
    public Task TagsAsync(IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(remove);
        return CommandAsync("tags", writer =>
        {
            writer.WriteMapHeader(2);
            Put(writer, "Tags", set);
            Put(writer, "DeleteTags", remove);
        }, "", set.Sum(tag => Encoding.UTF8.GetByteCount(tag.Key) + Encoding.UTF8.GetByteCount(tag.Value)), cancellationToken);
    }

    /// <summary>Lets the agent leave and end, which takes a second at least. The connection ends with it.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        var refusal = await AskAsync("leave", null, _options.ClusterTimeout, cancellationToken);
        if (refusal.Length > 0) throw SerfRefusal.Of("leave", Agent, refusal);
    }

    /// <summary>Answers a query that came on a stream of this connection.</summary>
    /// <param name="id"><see cref="SerfQueryRecord.Id"/>.</param>
    /// <param name="payload">The answer; by Serf's defaults about 980 bytes at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ProblemException">The answer is beyond the agent's limit.</exception>
    /// <exception cref="SerfException">The query is unknown, over, or answered.</exception>
    public async Task RespondAsync(ulong id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var refusal = await AskAsync("respond", writer =>
        {
            writer.WriteMapHeader(2);
            Put(writer, "ID", id);
            Put(writer, "Payload", payload);
        }, _options.RequestTimeout, cancellationToken);
        if (refusal.Length > 0) throw SerfRefusal.Of("respond", Agent, refusal, size: payload.Length);
    }

    /// <summary>Lets every member learn a key of the gossip: 16, 24 or 32 bytes in base64.</summary>
    public Task<SerfKeyReport> InstallKeyAsync(string key, CancellationToken cancellationToken) => KeyAsync("install-key", key, cancellationToken);

    /// <summary>Lets every member encrypt with a key that all have learned.</summary>
    public Task<SerfKeyReport> UseKeyAsync(string key, CancellationToken cancellationToken) => KeyAsync("use-key", key, cancellationToken);

    /// <summary>Lets every member forget a key, which must not be the one in use.</summary>
    public Task<SerfKeyReport> RemoveKeyAsync(string key, CancellationToken cancellationToken) => KeyAsync("remove-key", key, cancellationToken);

    /// <summary>Asks every member for its keys.</summary>
    public async Task<SerfKeyReport> ListKeysAsync(CancellationToken cancellationToken) =>
        Report(await AskAsync("list-keys", null, SerfBodies.Keys, _options.ClusterTimeout, cancellationToken), "list-keys");

    /// <summary>What the agent counts, by section: <c>agent</c>, <c>runtime</c>, <c>serf</c>, <c>tags</c>, <c>event_handlers</c>.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> StatsAsync(CancellationToken cancellationToken)
    {
        var (refusal, stats) = await AskAsync("stats", null, SerfBodies.Stats, _options.RequestTimeout, cancellationToken);
        return refusal.Length == 0 && stats is not null ? stats : throw SerfRefusal.Of("stats", Agent, refusal);
    }

    /// <summary>Where a member is in the space of round trip times; null when the agent does not know.</summary>
    public async Task<SerfCoordinate?> CoordinateAsync(string node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        var (refusal, coordinate) = await AskAsync("get-coordinate", writer =>
        {
            writer.WriteMapHeader(1);
            Put(writer, "Node", node);
        }, SerfBodies.Coordinate, _options.RequestTimeout, cancellationToken);
        return refusal.Length == 0 ? coordinate : throw SerfRefusal.Of("get-coordinate", Agent, refusal);
    }

    /// <summary>Waits for any answer of the agent, as long as the caller allows.</summary>
    internal Task BeatAsync(CancellationToken cancellationToken) => AskAsync("get-coordinate", writer =>
    {
        writer.WriteMapHeader(1);
        Put(writer, "Node", "");
    }, SerfBodies.Coordinate, Timeout.InfiniteTimeSpan, cancellationToken);

    private async Task<SerfKeyReport> KeyAsync(string command, string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Report(await AskAsync(command, writer =>
        {
            writer.WriteMapHeader(1);
            Put(writer, "Key", key);
        }, SerfBodies.Keys, _options.ClusterTimeout, cancellationToken), command);
    }

    private SerfKeyReport Report((string Error, SerfKeyReport? Body) reply, string command) =>
        reply.Body is not null
            ? reply.Body with { Failure = reply.Error.Length > 0 ? reply.Error : null }
            : throw SerfRefusal.Of(command, Agent, reply.Error);

    private async Task CommandAsync(string command, Action<MessagePackWriter> body, string subject, int size, CancellationToken cancellationToken)
    {
        var refusal = await AskAsync(command, body, _options.ClusterTimeout, cancellationToken);
        if (refusal.Length > 0) throw SerfRefusal.Of(command, Agent, refusal, subject, size);
    }

    private static void CheckName(string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) throw new ProblemException(new Problem($"The {kind} has no name.", Fix: "Give it one."));
    }
}
