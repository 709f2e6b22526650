using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Events.Serf;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

/// <summary>Members, events, queries: through what runs of the fleet here, or through an agent of Serf.</summary>
internal static class MembershipCommands
{
    // As the library says it, which knows nothing of this command's options.
    private const string Token = "the token that its rpc_auth says";

    public static Task<int> MembersAsync(FleetContext context, DoorChoice choice, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var door = await EventDoors.OpenAsync(context, choice, cancellationToken);
        var members = await door.MembersAsync(cancellationToken);
        if (context.Terminal.Format == OutputFormat.Json)
            context.Terminal.Json(new MembersOutput(context.Fleet.Name, door.Via, members), FleetJson.Default.MembersOutput);
        else
            context.Terminal.Table(["name", "address", "status", "roles", "tags"], members.Select(member => (IReadOnlyList<string>)
                [member.Name, member.Address, member.Status, string.Join(", ", member.Roles),
                 string.Join(' ', member.Tags.Where(tag => tag.Key != Member.RoleTag).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))]));
        return ExitCodes.Done;
    });

    public static Task<int> EventAsync(FleetContext context, DoorChoice choice, string name, string? payload, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var content = await ReadAsync(payload, cancellationToken);
        // Before anybody is looked for: it is wrong whoever runs.
        EventLimits.CheckEvent(name, content);
        await using var door = await EventDoors.OpenAsync(context, choice, cancellationToken);
        await door.SendAsync(name, content, cancellationToken);
        if (context.Terminal.Format == OutputFormat.Json) context.Terminal.Json(new SentOutput(context.Fleet.Name, name, true), FleetJson.Default.SentOutput);
        else context.Terminal.Line($"Sent \"{name}\" through {door.Via}.");
        return ExitCodes.Done;
    });

    public static Task<int> QueryAsync(FleetContext context, DoorChoice choice, string name, string? payload, string? role, double? timeout, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var query = new Query(name, await ReadAsync(payload, cancellationToken), timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null, role);
        EventLimits.CheckQuery(query);
        await using var door = await EventDoors.OpenAsync(context, choice, cancellationToken);
        var result = await door.QueryAsync(query, cancellationToken);
        if (result.Answers.Count + result.Failures.Count + result.Silent.Count == 0) throw await NobodyAsync(door, query, cancellationToken);
        if (context.Terminal.Format == OutputFormat.Json)
            context.Terminal.Json(new QueryOutput(context.Fleet.Name, name, door.Via,
                [.. result.Answers.Select(answer => new AnswerOutput(answer.Member, Payloads.Text(answer.Payload), Payloads.Base64(answer.Payload)))],
                [.. result.Failures.Select(failure => new FailureOutput(failure.Member, failure.Message))],
                result.Silent, result.Took.TotalSeconds), FleetJson.Default.QueryOutput);
        else
            Print(context.Terminal, result);
        return result.Failures.Count + result.Silent.Count == 0 ? ExitCodes.Done : ExitCodes.Found;
    });

    public static Task<int> TailAsync(FleetContext context, DoorChoice choice, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var door = await EventDoors.OpenAsync(context, choice, cancellationToken);
        var terminal = context.Terminal;
        terminal.Note($"Listening through {door.Via}. Ctrl-C ends it.", Tone.Faint);
        await foreach (var happened in door.TailAsync(cancellationToken))
        {
            if (terminal.Format == OutputFormat.Json) terminal.Json(happened, FleetJson.Default.HappenedOutput);
            else terminal.Line(Line(happened), happened.Kind is "user" or "query" ? Tone.Notable : happened.Kind is "gap" or "member-failed" ? Tone.Bad : Tone.Plain);
            terminal.Output.Flush();
        }
        cancellationToken.ThrowIfCancellationRequested();
        terminal.Note($"Nothing more comes: {door.Via} has stopped.");
        return ExitCodes.Failed;
    });

    public static Task<int> KeysAsync(FleetContext context, DoorChoice choice, string command, string? key, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        if (key is not null) CheckKey(key);
        await using var door = await EventDoors.OpenSerfAsync(context, choice, cancellationToken);
        var client = await door.Guest.ClientAsync(cancellationToken);
        var report = command switch
        {
            "install" => await client.InstallKeyAsync(key!, cancellationToken),
            "use" => await client.UseKeyAsync(key!, cancellationToken),
            "remove" => await client.RemoveKeyAsync(key!, cancellationToken),
            _ => await client.ListKeysAsync(cancellationToken),
        };
        if (context.Terminal.Format == OutputFormat.Json)
            context.Terminal.Json(new KeysOutput(context.Fleet.Name, command, report.Nodes, report.Responses, report.Errors, report.Keys, report.Messages), FleetJson.Default.KeysOutput);
        else if (command == "list")
            context.Terminal.Table(["key", "on members"], report.Keys.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (IReadOnlyList<string>)[entry.Key, $"{entry.Value} of {report.Nodes}"]));
        else
            context.Terminal.Line($"{report.Responses - report.Errors} of {report.Nodes} members did it.");
        foreach (var (member, message) in report.Messages.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            if (message.Length > 0) context.Terminal.Note($"{member}: {message}", Tone.Bad);
        if (report.Failure is { } failure) context.Terminal.Problem(new Problem($"Not every member did it: {failure}.", Fix: "Members need a keyring: start their agents with -encrypt KEY or -keyring-file FILE."));
        return report.Failure is null ? ExitCodes.Done : ExitCodes.Failed;
    });

    public static Task<int> RoundTripAsync(FleetContext context, DoorChoice choice, string from, string? to, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var door = await EventDoors.OpenSerfAsync(context, choice, cancellationToken);
        (from, to) = to is null ? (door.Guest.Name, from) : (from, to);
        var client = await door.Guest.ClientAsync(cancellationToken);
        var members = await door.Guest.MembersAsync(cancellationToken);
        var time = (await CoordinateAsync(client, members, from, cancellationToken)).RoundTripTo(await CoordinateAsync(client, members, to, cancellationToken));
        if (context.Terminal.Format == OutputFormat.Json)
            context.Terminal.Json(new RoundTripOutput(context.Fleet.Name, from, to, time.TotalSeconds), FleetJson.Default.RoundTripOutput);
        else
            context.Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{from} to {to} and back: {time.TotalMilliseconds:0.###} ms, as Serf estimates"));
        return ExitCodes.Done;
    });

    /// <summary>What Serf refuses is said as a problem, not as a bug.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (SerfException e)
        {
            throw new ProblemException(new Problem(e.Message), e);
        }
        catch (ProblemException e) when (e.Problems is [{ Fix: { } fix } problem] && fix.Contains(Token, StringComparison.Ordinal))
        {
            throw new ProblemException(problem with { Fix = fix.Replace(Token, $"{Token} (--rpc-auth-file FILE, or the variable SERF_RPC_AUTH)", StringComparison.Ordinal) }, e);
        }
        catch (SerfTimeoutException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static async Task<EventPayload> ReadAsync(string? payload, CancellationToken cancellationToken)
    {
        if (payload != "-") return EventPayload.FromText(payload ?? "");
        using var bytes = new MemoryStream();
        await using var input = System.Console.OpenStandardInput();
        await input.CopyToAsync(bytes, cancellationToken);
        return EventPayload.FromBytes(bytes.ToArray());
    }

    private static async Task<ProblemException> NobodyAsync(IEventDoor door, Query query, CancellationToken cancellationToken)
    {
        var members = await door.MembersAsync(cancellationToken);
        var roles = members.Where(member => member.Status == "alive").SelectMany(member => member.Roles).Distinct().Order(StringComparer.Ordinal).ToList();
        return new ProblemException(new Problem(
            query.Role is null ? $"Nobody is there to be asked \"{query.Name}\"." : $"No member that is alive has role \"{query.Role}\", so nobody was asked \"{query.Name}\".",
            Why: $"{members.Count} member{(members.Count == 1 ? " is" : "s are")} known to {door.Via}.",
            Fix: query.Role is null ? "Look at \"flotilla members\"." : Suggestion.Sentence(query.Role, roles)));
    }

    private static void Print(Terminal terminal, QueryResult result)
    {
        foreach (var answer in result.Answers) terminal.Line($"{answer.Member}: {Shown(answer.Payload)}");
        foreach (var failure in result.Failures) terminal.Line($"{failure.Member} failed: {failure.Message.Split('\n')[0]}", Tone.Bad);
        foreach (var silent in result.Silent) terminal.Line($"{silent} was silent", Tone.Bad);
        terminal.Note(string.Create(CultureInfo.InvariantCulture,
            $"{result.Answers.Count} answered, {result.Failures.Count} failed, {result.Silent.Count} silent, in {result.Took.TotalSeconds:0.000} s."), Tone.Faint);
    }

    // Of several lines each stands below the name, so that none is taken for another member's.
    private static string Shown(EventPayload payload)
    {
        var text = Payloads.Text(payload)?.TrimEnd('\n') ?? payload.ToString();
        return text.Contains('\n', StringComparison.Ordinal) ? "\n  " + text.Replace("\n", "\n  ", StringComparison.Ordinal) : text;
    }

    private static string Line(HappenedOutput happened)
    {
        var text = happened.Text is { } shown ? EventPayload.FromText(shown).ToString() : happened.Base64 is { } bytes ? EventPayload.FromBytes(Convert.FromBase64String(bytes)).ToString() : "";
        return $"{happened.At.ToLocalTime():HH:mm:ss.fff}  {happened.Kind,-13}  {happened.Name}{(happened.Origin is { } origin ? $"  from {origin}" : "")}{(text.Length > 0 ? $"  {text}" : "")}";
    }

    private static void CheckKey(string key)
    {
        var bytes = new byte[key.Length];
        if (!Convert.TryFromBase64String(key, bytes, out var length) || length is not (16 or 24 or 32))
            throw new ProblemException(new Problem("This is no key for Serf's gossip.", Why: "A key is 16, 24 or 32 bytes in base64.", Fix: "Make one with \"serf keygen\"."));
    }

    private static async Task<SerfCoordinate> CoordinateAsync(SerfClient client, IReadOnlyList<Member> members, string name, CancellationToken cancellationToken)
    {
        if (members.All(member => member.Name != name))
            throw new ProblemException(new Problem($"There is no member \"{name}\".", Fix: Suggestion.Sentence(name, [.. members.Select(member => member.Name)])));
        return await client.CoordinateAsync(name, cancellationToken)
            ?? throw new ProblemException(new Problem($"Where {name} is in the network is not known yet.", Why: "Serf learns it from the probes between members.", Fix: "Try again in a few seconds."));
    }
}
