using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

internal static class EventsCommand
{
    public static int List(FleetContext context, int last)
    {
        var fleet = context.Fleet.Build();
        var folder = FleetState.FolderOf(context.Folder);
        var runs = FleetState.AgentFolders(folder).Append(folder).Select(FleetState.Journal).Where(File.Exists)
            .SelectMany(journal => Runs(FileJournal.Read(journal))).OrderBy(run => run.StartedAt).TakeLast(Math.Max(0, last)).ToList();
        if (context.Terminal.Format == OutputFormat.Json)
        {
            context.Terminal.Json(new EventsOutput(fleet.Name, [.. runs.Select(RunOutput.Of)]), FleetJson.Default.EventsOutput);
            return ExitCodes.Done;
        }
        if (runs.Count == 0)
        {
            context.Terminal.Note("No handler has run yet. \"flotilla up\" starts the fleet; \"flotilla events send NAME\" sends it an event.");
            return ExitCodes.Done;
        }
        context.Terminal.Table(["at", "host", "event", "handler", "took", "outcome", "result"], runs.Select(run => (IReadOnlyList<string>)
            [$"{run.StartedAt.ToLocalTime():HH:mm:ss.fff}", run.Host, run.EventText, run.Handler, $"{run.Took.TotalMilliseconds:0.0} ms",
             run.Outcome.ToString().ToLowerInvariant(), run.Error?.Split('\n')[0] ?? run.Result ?? ""]));
        return ExitCodes.Done;
    }

    // A run is written down when it begins and when it ends; as it began it is shown only until it has ended.
    private static IEnumerable<HandlerRecord> Runs(IReadOnlyList<HandlerRecord> records)
    {
        static object Run(HandlerRecord record) => (record.EventId, record.Handler, record.Host, record.Attempt, record.StartedAt);
        var ended = records.Where(record => record.Outcome is not HandlerOutcome.Started).Select(Run).ToHashSet();
        return records.Where(record => record.Outcome is not HandlerOutcome.Started || !ended.Contains(Run(record)));
    }

    public static async Task<int> SendAsync(FleetContext context, string name, string? payload, CancellationToken cancellationToken)
    {
        if (payload == "-") payload = await System.Console.In.ReadToEndAsync(cancellationToken);
        EventLimits.CheckEvent(name, EventPayload.FromText(payload ?? ""));
        var resident = await EventDoors.ResidentAsync(context, new DoorChoice(), cancellationToken);
        var reply = (resident is var (socket, _, _) ? await ControlClient.AskAsync(socket, new ControlRequest(ControlRequest.Send, name, payload), cancellationToken) : null)
            ?? throw new ProblemException(new Problem("The fleet is not up, so nobody receives the event.", Fix: "Start it in another terminal: \"flotilla up\"."));
        reply.OrThrow();
        if (context.Terminal.Format == OutputFormat.Json) context.Terminal.Json(new SentOutput(context.Fleet.Name, name, true), FleetJson.Default.SentOutput);
        else context.Terminal.Line($"Sent \"{name}\". \"flotilla events\" shows which handlers ran.");
        return ExitCodes.Done;
    }
}
