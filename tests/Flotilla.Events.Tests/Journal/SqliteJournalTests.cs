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
    public void Old_senders_and_what_is_done_with_are_forgotten_while_it_is_open_so_that_the_file_does_not_grow()
    {
        const int Events = 4_000;
        var path = _folder.File("growth.db");
        var clock = new StandingClock(At);
        using var journal = new SqliteJournal(path, clock, new SqliteJournalOptions(DoneMax: 100, MaxAge: TimeSpan.FromDays(1)));
        var sizes = new List<long>();
        for (var i = 1; i <= Events; i++)
        {
            var source = $"web-1/{i / 1_000}";
            clock.Now = At.AddDays(i / 1_000 * 2);
            journal.Receive(source, i - 10, [Numbered(i, source)]);
            var id = $"reliable:{source}/{i}";
            journal.Begin("h", id, clock.Now);
            journal.Done("h", id, HandlerOutcome.Completed);
            journal.Handled(id);
            if (i % 1_000 == 0) sizes.Add(new FileInfo(path).Length);
        }
        sizes[^1].ShouldBeLessThan(sizes[0] * 2, "what is forgotten makes room");
        new FileInfo(path + "-wal").Length.ShouldBeLessThan(8 * 1024 * 1024);
        Count(path, "seen").ShouldBeLessThan(100);
        Count(path, "source").ShouldBeLessThan(3);
        Count(path, "claim").ShouldBeLessThan(1_200);
        Count(path, "kept").ShouldBe(0);
    }

    [Fact]
    public void What_is_kept_is_read_beside_the_program_that_uses_the_file()
    {
        var path = _folder.File("kept.db");
        using var journal = Open(path);
        SqliteJournal.ReadKept(path).IsEmpty.ShouldBeTrue();
        journal.Enqueue("deploy", EventPayload.FromText("v2"), ["web-1", "web-2"], At, At.AddHours(1));
        journal.Acknowledge([1], "web-2");
        journal.Tried([1]);
        journal.Receive("web-1/a", 1, [Numbered(7)]);
        journal.Begin("h", "e1", At);
        var kept = SqliteJournal.ReadKept(path);
        (kept.IsEmpty, kept.Outgoing.Single().Name, kept.Outgoing.Single().Tries).ShouldBe((false, "deploy", 1));
        kept.Outgoing.Single().Missing.ShouldBe(["web-1"]);
        kept.Waiting.Single().Id.ShouldBe("reliable:web-1/a/7");
        kept.Unfinished.Single().ShouldBe(new UnfinishedRun("h", "e1", At, 1));
        KeptEvents.In(journal).Unfinished.ShouldBe(kept.Unfinished);
        Should.Throw<IOException>(() => SqliteJournal.ReadKept(_folder.File("none.db"))).Message.ShouldContain("none.db");
        File.Exists(_folder.File("none.db")).ShouldBeFalse("reading makes no file");
        File.WriteAllText(_folder.File("text.db"), new string('x', 5_000));
        Should.Throw<ProblemException>(() => SqliteJournal.ReadKept(_folder.File("text.db"))).Message.ShouldContain("text.db");
    }

    [Fact]
    public void A_file_of_the_first_version_is_brought_up_to_date_with_what_it_keeps()
    {
        var path = _folder.File("first.db");
        using (var journal = Open(path))
        {
            journal.Enqueue("deploy", EventPayload.Empty, ["web-1"], At, At.AddHours(1));
            journal.Receive("web-1/a", 1, [Numbered(7)]);
        }
        using (var connection = SqliteSchema.Open(path))
        {
            SqliteSchema.Execute(connection, "ALTER TABLE outgoing DROP COLUMN tries");
            SqliteSchema.Execute(connection, "ALTER TABLE source DROP COLUMN heard");
            SqliteSchema.Execute(connection, "PRAGMA user_version = 1");
        }
        Should.Throw<ProblemException>(() => SqliteJournal.ReadKept(path)).Problems.Single().Fix!.ShouldContain("brings the file up to date");
        using (var journal = Open(path))
        {
            journal.Outgoing().ShouldHaveSingleItem().Tries.ShouldBe(0);
            journal.Receive("web-1/a", 1, [Numbered(7)]).ShouldBeEmpty("it was received before");
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

    private static long Count(string path, string table)
    {
        using var connection = SqliteSchema.OpenToRead(path);
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }

    private static SqliteJournal Open(string path) => new(path, new StandingClock(At));

    private sealed class StandingClock(DateTimeOffset at) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = at;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
