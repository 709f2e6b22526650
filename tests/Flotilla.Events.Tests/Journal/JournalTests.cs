using Flotilla.Testing;

namespace Flotilla.Events.Tests;

public sealed class MemoryJournalTests
{
    [Fact]
    public void The_latest_records_are_kept_in_order()
    {
        var journal = new MemoryJournal(capacity: 3);
        journal.Records.ShouldBeEmpty();
        for (var i = 0; i < 5; i++) journal.Finished(Records.Numbered(i));
        journal.Records.Select(record => record.EventId).ShouldBe(["e2", "e3", "e4"]);
        journal.Count(HandlerOutcome.Completed).ShouldBe(5);
    }

    [Fact]
    public void Runs_are_the_records_that_ended()
    {
        var journal = new MemoryJournal();
        journal.Started(Records.Numbered(1) with { Outcome = HandlerOutcome.Started });
        journal.Finished(Records.Numbered(1));
        journal.Records.Count.ShouldBe(2);
        journal.Runs.ShouldBe([Records.Numbered(1)]);
    }

    [Fact]
    public void A_composite_writes_to_all_in_order()
    {
        MemoryJournal one = new(), other = new();
        var both = new CompositeJournal(one, other);
        both.Started(Records.Numbered(1) with { Outcome = HandlerOutcome.Started });
        both.Finished(Records.Numbered(1));
        one.Records.ShouldBe(other.Records);
        one.Records.Count.ShouldBe(2);
    }
}

public sealed class FileJournalTests
{
    [Fact]
    public async Task Records_come_back_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("deep", "journal.jsonl");
        HandlerRecord[] records =
        [
            Records.Numbered(1) with { Outcome = HandlerOutcome.Started },
            Records.Numbered(1) with { Result = "line\nbreak ⛵", Took = TimeSpan.FromTicks(1234567) },
            Records.Numbered(2) with { Outcome = HandlerOutcome.TimedOut, Error = "too long\n   at x", Attempt = 3 },
        ];
        await using (var journal = new FileJournal(path))
        {
            journal.Started(records[0]);
            journal.Finished(records[1]);
            await journal.FlushAsync(default);
            FileJournal.Read(path).ShouldBe(records[..2]);
            journal.Finished(records[2]);
        }
        FileJournal.Read(path).ShouldBe(records);
        Snapshot.Matches(File.ReadAllText(path), "journal-file");
    }

    [Fact]
    public async Task A_line_that_a_crash_tore_off_is_left_out_and_overwritten()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("journal.jsonl");
        await WriteAsync(path, 0, 3);
        var whole = File.ReadAllBytes(path);
        var lastLine = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (var cut = lastLine; cut < whole.Length; cut += 7)
        {
            File.WriteAllBytes(path, whole[..cut]);
            FileJournal.Read(path).Select(record => record.EventId).ShouldBe(["e0", "e1"]);
            await WriteAsync(path, 9, 1);
            FileJournal.Read(path).Select(record => record.EventId).ShouldBe(["e0", "e1", "e9"]);
        }
    }

    [Fact]
    public async Task A_full_file_gives_way_to_a_new_one_and_the_oldest_go()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("journal.jsonl");
        await using (var journal = new FileJournal(path, bytesMax: 1_000, keep: 2))
        {
            for (var i = 0; i < 40; i++)
            {
                journal.Finished(Records.Numbered(i));
                await journal.FlushAsync(default);
            }
            journal.Lost.ShouldBe(0);
            journal.LastError.ShouldBeNull();
        }
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order().ShouldBe(["journal.jsonl", "journal.jsonl.1", "journal.jsonl.2"]);
        var numbers = FileJournal.Read(path).Select(record => int.Parse(record.EventId[1..])).ToArray();
        numbers.ShouldBe(Enumerable.Range(numbers[0], 40 - numbers[0]));
        numbers[0].ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Without_old_files_only_the_current_one_is_there()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("journal.jsonl");
        await using (var journal = new FileJournal(path, bytesMax: 100, keep: 0))
            for (var i = 0; i < 10; i++)
            {
                journal.Finished(Records.Numbered(i));
                await journal.FlushAsync(default);
            }
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Records_of_many_threads_are_all_written()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("journal.jsonl");
        await using (var journal = new FileJournal(path))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
            {
                for (var i = 0; i < 2_000; i++) journal.Finished(Records.Numbered(thread * 2_000 + i));
            })));
        }
        FileJournal.Read(path).Select(record => int.Parse(record.EventId[1..])).Order().ShouldBe(Enumerable.Range(0, 8_000));
    }

    [Fact]
    public async Task What_the_disk_refuses_is_counted_and_a_line_says_where_it_is_missing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("sub", "journal.jsonl");
        await using (var journal = new FileJournal(path, bytesMax: 1, keep: 1))
        {
            journal.Finished(Records.Numbered(0));
            await journal.FlushAsync(default);
            Directory.Delete(folder.File("sub"), recursive: true);
            // The file is gone but still open: this record goes with it, and no new file can be begun.
            journal.Finished(Records.Numbered(1));
            await journal.FlushAsync(default);
            journal.Finished(Records.Numbered(2));
            await journal.FlushAsync(default);
            journal.Lost.ShouldBe(1);
            journal.LastError.ShouldBeAssignableTo<IOException>();
            Directory.CreateDirectory(folder.File("sub"));
            journal.Finished(Records.Numbered(3));
            await journal.FlushAsync(default);
        }
        FileJournal.Read(path).Select(record => record.EventId).ShouldBe(["e3"]);
        File.ReadAllText(path + ".1").ShouldContain("{\"lost\":1}");
    }

    [Fact]
    public void A_journal_that_is_not_there_is_empty()
    {
        using var folder = new TemporaryFolder();
        FileJournal.Read(folder.File("none")).ShouldBeEmpty();
    }

    private static async Task WriteAsync(string path, int first, int count)
    {
        await using var journal = new FileJournal(path);
        for (var i = first; i < first + count; i++) journal.Finished(Records.Numbered(i));
    }
}

internal static class Records
{
    public static HandlerRecord Numbered(int number) => new(
        $"e{number}", "user \"e\"", "h", "web-1", DateTimeOffset.UnixEpoch.AddSeconds(number),
        TimeSpan.FromMilliseconds(5), TimeSpan.Zero, 1, HandlerOutcome.Completed, null, null);
}
