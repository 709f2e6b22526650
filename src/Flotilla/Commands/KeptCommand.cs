using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Events;
using Flotilla.Running.Real;

namespace Flotilla.Commands;

/// <summary>
/// Shows what the hosts of a fleet keep on this machine: reliable events that are not acknowledged, received ones that are not handled,
/// runs that have begun and not ended. The files are read beside the program that uses them.
/// </summary>
internal static class KeptCommand
{
    public static int Run(FleetContext context, string? host, string? state)
    {
        var fleet = context.Fleet.Build();
        var (terminal, now) = (context.Terminal, DateTimeOffset.UtcNow);
        var files = FleetState.EventFiles(FleetState.FolderOf(context.Folder), state).Where(file => host is null || file.Host == host).ToList();
        if (host is not null && files.Count == 0 && fleet.Hosts.All(known => known.Name != host))
            throw new ProblemException(new Problem($"The fleet has no host \"{host}\", and none of that name keeps events here.",
                Fix: Suggestion.Sentence(host, [.. fleet.Hosts.Select(known => known.Name)])));
        var kept = files.Select(file => (file.Host, Kept: Read(file.Path))).ToList();
        if (terminal.Format == OutputFormat.Json)
        {
            terminal.Json(new KeptOutput(context.Fleet.Name, [.. kept.Select(one => KeptHostOutput.Of(one.Host, one.Kept))]), FleetJson.Default.KeptOutput);
            return ExitCodes.Done;
        }
        if (kept.All(one => one.Kept.IsEmpty))
        {
            if (files.Count == 0)
                terminal.Note($"No host of the fleet{(host is null ? "" : $" by the name of {host}")} has kept events here. \"flotilla up\" and \"flotilla agent\" keep them; --state DIR names another place.");
            else
                terminal.Line($"Nothing waits: all reliable events are acknowledged, all that came is handled ({string.Join(", ", files.Select(file => file.Host).Distinct())}).");
            return ExitCodes.Done;
        }
        Table(terminal, ["host", "to send", "for", "since", "tries", "expires"], kept.SelectMany(one => one.Kept.Outgoing.Select(e => (IReadOnlyList<string>)
            [one.Host, $"user \"{e.Name}\"", string.Join(", ", e.Missing), Time(e.At), e.Tries.ToString(CultureInfo.InvariantCulture),
             e.ExpiresAt > now ? $"in {Span(e.ExpiresAt - now)}" : "now"])));
        Table(terminal, ["host", "to handle", "from", "since", "id"], kept.SelectMany(one => one.Kept.Waiting.Select(e => (IReadOnlyList<string>)
            [one.Host, $"user \"{e.Name}\"", e.Origin.Length > 0 ? e.Origin : "Serf", Time(e.At), e.Id])));
        Table(terminal, ["host", "begun, not ended", "at", "times", "id"], kept.SelectMany(one => one.Kept.Unfinished.Select(run => (IReadOnlyList<string>)
            [one.Host, run.Handler, Time(run.At), run.Begun.ToString(CultureInfo.InvariantCulture), run.EventId])));
        return ExitCodes.Done;
    }

    private static KeptEvents Read(string path)
    {
        try
        {
            return SqliteJournal.ReadKept(path);
        }
        catch (IOException e)
        {
            throw new ProblemException(new Problem("What a host keeps cannot be read.", Why: e.Message, Fix: $"Make {path} and its folder readable."), e);
        }
    }

    private static void Table(Terminal terminal, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0) terminal.Table(columns, all);
    }

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => string.Create(CultureInfo.InvariantCulture,
        $"{(span.TotalHours >= 1 ? $"{(int)span.TotalHours} h " : "")}{(span.TotalMinutes >= 1 ? $"{span.Minutes} min" : $"{span.Seconds} s")}");
}
