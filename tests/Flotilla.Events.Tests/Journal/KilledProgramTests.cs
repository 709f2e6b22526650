using Flotilla.Testing;
using Microsoft.Data.Sqlite;

namespace Flotilla.Events.Tests;

/// <summary>Programs that are killed at any moment, and real files.</summary>
public sealed class KilledProgramTests
{
    private const int Kills = 20;

    [Fact]
    public async Task Whenever_a_program_is_killed_its_events_are_handled_once_or_known_as_unfinished()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(4);
        for (var run = 0; run < Kills; run++)
        {
            using var doomed = DoomedProgram.Start(folder, run, events: 1_000);
            for (var lines = random.Next(1, 150); lines > 0; lines--) (await doomed.StandardOutput.ReadLineAsync()).ShouldNotBeNull();
            doomed.Kill();
            await doomed.WaitForExitAsync();
        }
        using (var last = DoomedProgram.Start(folder, Kills, events: 10))
        {
            await last.StandardOutput.ReadToEndAsync();
            await last.WaitForExitAsync();
            last.ExitCode.ShouldBe(0);
        }

        var log = await File.ReadAllLinesAsync(folder.File("log"));
        var sent = Of(log, "sent").ToHashSet();
        sent.Count.ShouldBeGreaterThan(Kills);
        foreach (var host in new[] { "ctl-1", "web-1" })
        {
            var kept = SqliteJournal.ReadKept(folder.File(host + ".db"));
            kept.IsEmpty.ShouldBeTrue($"{host}: {kept.Outgoing.Count} to send, {kept.Waiting.Count} to handle, {kept.Unfinished.Count} unfinished");
        }

        var (begun, ended) = (Of(log, "once begins"), Of(log, "once ends"));
        begun.ShouldBeUnique();
        var outcomes = Outcomes(folder, "once");
        outcomes.Keys.ShouldBeSubsetOf(["Completed", "Unfinished"]);
        outcomes.Values.Sum().ShouldBeGreaterThanOrEqualTo(sent.Count);
        ended.Count.ShouldBeInRange(outcomes["Completed"], outcomes.Values.Sum(), "what counts as completed has ended");
        outcomes.GetValueOrDefault("Unfinished").ShouldBeLessThanOrEqualTo(Kills * DoomedProgram.Concurrency);

        var (begunAgain, endedAgain) = (Of(log, "again begins"), Of(log, "again ends"));
        Outcomes(folder, "again").Keys.ShouldBe(["Completed"]);
        endedAgain.ToHashSet().IsSupersetOf(sent).ShouldBeTrue("what was sent is handled");
        (begunAgain.Count - begunAgain.Distinct().Count()).ShouldBeLessThanOrEqualTo(Kills * DoomedProgram.Concurrency, "only what a kill cut off runs again");
    }

    private static List<string> Of(string[] log, string what) =>
        [.. log.Where(line => line.StartsWith(what + " ", StringComparison.Ordinal)).Select(line => line[(what.Length + 1)..])];

    private static Dictionary<string, int> Outcomes(TemporaryFolder folder, string handler)
    {
        using var connection = new SqliteConnection($"Data Source={folder.File("web-1.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT outcome, count(*) FROM claim WHERE handler = $handler GROUP BY outcome";
        command.Parameters.AddWithValue("$handler", handler);
        using var row = command.ExecuteReader();
        var outcomes = new Dictionary<string, int>();
        while (row.Read()) outcomes.Add(row.IsDBNull(0) ? "open" : row.GetString(0), row.GetInt32(1));
        return outcomes;
    }
}
