using Microsoft.Data.Sqlite;

namespace Flotilla.Events;

/// <summary>Reads what a file of a <see cref="SqliteJournal"/> keeps; each is given what makes a command of SQL.</summary>
internal static class SqliteRows
{
    public static List<UnfinishedRun> Unfinished(Func<string, SqliteCommand> command)
    {
        var runs = new List<UnfinishedRun>();
        using var row = command("SELECT handler, event, at, begun FROM claim WHERE outcome IS NULL ORDER BY seq").ExecuteReader();
        while (row.Read()) runs.Add(new UnfinishedRun(row.GetString(0), row.GetString(1), Time(row.GetInt64(2)), row.GetInt32(3)));
        return runs;
    }

    public static List<UserEvent> Waiting(Func<string, SqliteCommand> command)
    {
        var waiting = new List<UserEvent>();
        using var row = command("SELECT id, name, payload, origin, lamport, at, reliable FROM kept ORDER BY seq").ExecuteReader();
        while (row.Read())
            waiting.Add(new UserEvent(
                row.GetString(1), EventPayload.FromBytes(row.GetFieldValue<byte[]>(2)), row.GetString(3), (ulong)row.GetInt64(4),
                Time(row.GetInt64(5)))
            {
                ReliableId = row.GetInt64(6) == 0 ? null : row.GetString(0),
            });
        return waiting;
    }

    public static List<OutgoingEvent> Outgoing(Func<string, SqliteCommand> command)
    {
        var targets = new Dictionary<long, (List<string> All, List<string> Acknowledged)>();
        using (var row = command("SELECT number, member, acknowledged FROM target ORDER BY number, member").ExecuteReader())
        {
            while (row.Read())
            {
                if (!targets.TryGetValue(row.GetInt64(0), out var of)) targets.Add(row.GetInt64(0), of = ([], []));
                of.All.Add(row.GetString(1));
                if (row.GetInt64(2) != 0) of.Acknowledged.Add(row.GetString(1));
            }
        }
        var outgoing = new List<OutgoingEvent>();
        using (var row = command("SELECT number, name, payload, at, expires, tries FROM outgoing ORDER BY number").ExecuteReader())
        {
            while (row.Read())
            {
                var (all, acknowledged) = targets[row.GetInt64(0)];
                outgoing.Add(new OutgoingEvent(
                    row.GetInt64(0), row.GetString(1), EventPayload.FromBytes(row.GetFieldValue<byte[]>(2)), all, acknowledged,
                    Time(row.GetInt64(3)), Time(row.GetInt64(4)), row.GetInt32(5)));
            }
        }
        return outgoing;
    }

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
