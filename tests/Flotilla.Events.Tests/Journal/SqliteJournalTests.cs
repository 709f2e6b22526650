using Flotilla.Core;
using Flotilla.Testing;

namespace Flotilla.Events.Tests;

public sealed class SqliteJournalTests : EventStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteJournal> _killed = [];
    private int _files;
    private string _path = "";

    protected override int Tests => 40;

    protected override IEventStore Create() => Open(_path = _folder.File($"{++_files}.db"));

    // The files as they stand while the journal is open, without any closing: what a killed program leaves.
    protected override IEventStore Killed(IEventStore store)
    {
        var next = _folder.File($"{++_files}.db");
        foreach (var part in new[] { "", "-wal" })
            if (File.Exists(_path + part)) File.Copy(_path + part, next + part);
        _killed.Add((SqliteJournal)store);
        return Open(_path = next);
    }

    [Fact]
    public void Runs_of_handlers_are_read_as_they_were_written()
    {
        var record = new HandlerRecord(
            "e1", "user \"e\"", "h", "web-1", At, TimeSpan.FromTicks(7), TimeSpan.FromTicks(8), 2, HandlerOutcome.Failed, null, "it broke");
        using var journal = Open(_folder.File("runs.db"));
        journal.Started(record with { Outcome = HandlerOutcome.Started, Error = null });
        journal.Finished(record);
        journal.Runs(1).ShouldBe([record]);
        journal.Runs(10).Count.ShouldBe(2);
        journal.Lost.ShouldBe(0);
    }

    [Fact]
    public void Old_and_surplus_runs_are_forgotten_and_what_is_open_never()
    {
        var path = _folder.File("old.db");
        var options = new SqliteJournalOptions(RunsMax: 10, DoneMax: 5, MaxAge: TimeSpan.FromDays(10));
        var clock = new StandingClock(At.AddDays(5));
        using (var journal = new SqliteJournal(path, clock, options))
        {
            for (var i = 0; i < 30; i++)
            {
                journal.Started(new HandlerRecord(
                    $"e{i}", "e", "h", "web-1", At.AddSeconds(i), TimeSpan.Zero, TimeSpan.Zero, 1, HandlerOutcome.Started, null, null));
                journal.Begin("h", $"e{i}", At);
                if (i > 0) journal.Done("h", $"e{i}", HandlerOutcome.Completed);
            }
        }
        using (var journal = new SqliteJournal(path, clock, options))
        {
            journal.Runs(100).Select(run => run.EventId).ShouldBe(Enumerable.Range(20, 10).Select(i => $"e{i}"));
            journal.Unfinished().ShouldHaveSingleItem().EventId.ShouldBe("e0");
            journal.Begin("h", "e29", At).ShouldBe(EventClaim.Done);
            journal.Begin("h", "e1", At).ShouldBe(EventClaim.New);
        }
        using (var journal = new SqliteJournal(path, clock, options with { MaxAge = TimeSpan.FromDays(1) }))
        {
            journal.Runs(100).ShouldBeEmpty();
            journal.Unfinished().Count.ShouldBe(2);
        }
    }

    [Fact]
    public void A_file_that_is_no_journal_is_refused_with_what_to_do()
    {
        var path = _folder.File("other.db");
        File.WriteAllText(path, new string('x', 8192));
        var problem = Should.Throw<ProblemException>(() => Open(path)).Problems.ShouldHaveSingleItem();
        problem.What.ShouldContain(path);
        problem.Fix!.ShouldContain("Move it away");
    }

    [Fact]
    public void A_file_of_a_later_version_is_refused_with_what_to_do()
    {
        var path = _folder.File("later.db");
        Open(path).Dispose();
        using (var connection = SqliteSchema.Open(path)) SqliteSchema.Execute(connection, "PRAGMA user_version = 99");
        var problem = Should.Throw<ProblemException>(() => Open(path)).Problems.ShouldHaveSingleItem();
        problem.What.ShouldContain("later version");
        problem.Why!.ShouldContain("99");
    }

    public void Dispose()
    {
        foreach (var journal in _killed) journal.Dispose();
        _folder.Dispose();
    }

    private static SqliteJournal Open(string path) => new(path, new StandingClock(At));

    private sealed class StandingClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}
