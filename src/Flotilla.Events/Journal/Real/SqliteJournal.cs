using Microsoft.Data.Sqlite;

namespace Flotilla.Events;

/// <summary>
/// Remembers in one SQLite file what a host's handlers did, what they have begun and ended, what was received and what is to be sent.
/// </summary>
/// <remarks>
/// The file is in WAL mode (sqlite.org/wal.html). Steps that <see cref="IEventStore"/> promises to keep through a loss of power are
/// synced to the disk before they return; the others are written at once and synced with the next of those. Records of runs, and what is remembered of
/// events that are done with, are bounded by age and number. One program at a time uses a file; others may read it.
/// </remarks>
public sealed partial class SqliteJournal : IHandlerJournal, IEventStore
{
    private const int TrimEvery = 1000;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly SqliteJournalOptions _options;
    private bool _synced = true;
    private bool _disposed;
    private int _written;
    private int _waiting;
    private long _lost;

    /// <summary>Opens or creates a journal.</summary>
    /// <param name="path">The file; its folder is made when it is missing.</param>
    /// <param name="time">Decides what is too old to be kept.</param>
    /// <param name="options">How much is kept.</param>
    /// <exception cref="Core.ProblemException">The file is no journal, or one of a later version.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public SqliteJournal(string path, TimeProvider time, SqliteJournalOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _options = options ?? new SqliteJournalOptions();
        _connection = SqliteSchema.Open(Path.GetFullPath(path));
        try
        {
            Incarnation = (string)Step(durable: false, () => Command("SELECT incarnation FROM store").ExecuteScalar()!);
            _waiting = (int)(long)Step(durable: false, () => Command("SELECT count(*) FROM kept").ExecuteScalar()!);
            Trim();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Incarnation { get; }

    /// <summary>How many records of runs the disk refused.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <inheritdoc/>
    public void Started(HandlerRecord record) => Write(record);

    /// <inheritdoc/>
    public void Finished(HandlerRecord record) => Write(record);

    /// <summary>The latest records of runs, begins and ends, oldest first.</summary>
    /// <param name="last">At most how many.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<HandlerRecord> Runs(int last) => Step(durable: false, () =>
    {
        var records = new List<HandlerRecord>();
        var command = Command(
            "SELECT event, text, handler, host, started, took, waited, attempt, outcome, result, error FROM run ORDER BY seq DESC LIMIT $last",
            ("$last", last));
        using var row = command.ExecuteReader();
        while (row.Read())
            records.Add(new HandlerRecord(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), SqliteRows.Time(row.GetInt64(4)),
                new TimeSpan(row.GetInt64(5)), new TimeSpan(row.GetInt64(6)), row.GetInt32(7),
                Enum.Parse<HandlerOutcome>(row.GetString(8)), row.IsDBNull(9) ? null : row.GetString(9), row.IsDBNull(10) ? null : row.GetString(10)));
        records.Reverse();
        return records;
    });

    /// <summary>
    /// What a file keeps of events, without opening it as a journal: also while a program uses it, and without disturbing that.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Core.ProblemException">The file is no journal, or one of another version.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static KeptEvents ReadKept(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var connection = SqliteSchema.OpenToRead(Path.GetFullPath(path));
        try
        {
            // One transaction, so that all is of one moment.
            using var transaction = connection.BeginTransaction(deferred: true);
            SqliteCommand Command(string sql)
            {
                var command = connection.CreateCommand();
                (command.CommandText, command.Transaction) = (sql, transaction);
                return command;
            }
            return new KeptEvents(SqliteRows.Outgoing(Command), SqliteRows.Waiting(Command), SqliteRows.Unfinished(Command));
        }
        catch (SqliteException error)
        {
            throw new IOException($"The journal of events {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (var command in _commands.Values) command.Dispose();
            _connection.Dispose();
        }
    }

    private void Write(HandlerRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        try
        {
            Step(durable: false, () =>
            {
                Run("""
                    INSERT INTO run(event, text, handler, host, started, took, waited, attempt, outcome, result, error)
                    VALUES($event, $text, $handler, $host, $started, $took, $waited, $attempt, $outcome, $result, $error)
                    """,
                    ("$event", record.EventId), ("$text", record.EventText), ("$handler", record.Handler), ("$host", record.Host),
                    ("$started", record.StartedAt.UtcTicks), ("$took", record.Took.Ticks), ("$waited", record.Waited.Ticks),
                    ("$attempt", record.Attempt), ("$outcome", record.Outcome.ToString()), ("$result", record.Result), ("$error", record.Error));
                return true;
            });
            TrimAtTimes();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private void TrimAtTimes()
    {
        if (Interlocked.Increment(ref _written) % TrimEvery == 0) Trim();
    }

    /// <summary>Forgets what is too old or too much; never what waits, has begun, or is to be sent.</summary>
    private void Trim() => Step(durable: false, () =>
    {
        var oldest = (_time.GetUtcNow() - _options.Age).UtcTicks;
        Run("DELETE FROM run WHERE seq <= (SELECT max(seq) FROM run) - $count", ("$count", _options.RunsMax));
        // Rows come in the order of time, so that the oldest stand first.
        Run("DELETE FROM run WHERE seq < (SELECT coalesce(min(seq), 9223372036854775807) FROM run WHERE started >= $oldest)", ("$oldest", oldest));
        Run("DELETE FROM claim WHERE outcome IS NOT NULL AND seq <= (SELECT max(seq) FROM claim) - $count", ("$count", _options.DoneMax));
        Run("DELETE FROM claim WHERE outcome IS NOT NULL AND at < $oldest", ("$oldest", oldest));
        Run("DELETE FROM seen WHERE source IN (SELECT source FROM source WHERE heard < $oldest)", ("$oldest", oldest));
        Run("DELETE FROM source WHERE heard < $oldest", ("$oldest", oldest));
        return true;
    });

    /// <summary>Does one step in one transaction.</summary>
    /// <param name="durable">True when it must be on the disk when this returns.</param>
    /// <param name="act">The step.</param>
    /// <exception cref="IOException">SQLite refused; nothing was done.</exception>
    private T Step<T>(bool durable, Func<T> act)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            try
            {
                if (_synced != durable) Run(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
                _synced = durable;
                Run("BEGIN IMMEDIATE");
                try
                {
                    var result = act();
                    Run("COMMIT");
                    return result;
                }
                catch
                {
                    Roll();
                    throw;
                }
            }
            catch (SqliteException error)
            {
                throw new IOException($"The journal of events {_connection.DataSource} refuses: {error.Message}", error);
            }
        }
    }

    private void Roll()
    {
        try
        {
            Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // Some errors roll back by themselves (sqlite.org/lang_transaction.html).
        }
    }

    private int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteNonQuery();

    /// <summary>A statement that is compiled once.</summary>
    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }
        command.Parameters.Clear();
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
