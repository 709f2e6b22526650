using Flotilla.Core;
using Microsoft.Data.Sqlite;

namespace Flotilla.Events;

/// <summary>Opens the file of a <see cref="SqliteJournal"/> and brings it to the schema of this version.</summary>
internal static class SqliteSchema
{
    private const int Version = 2;
    private const int LogBytesMax = 4 * 1024 * 1024;
    private const int NotADatabase = 26;
    private const int Corrupt = 11;

    private const string Tables = """
        CREATE TABLE store(incarnation TEXT NOT NULL);
        CREATE TABLE run(
            seq INTEGER PRIMARY KEY, event TEXT NOT NULL, text TEXT NOT NULL, handler TEXT NOT NULL, host TEXT NOT NULL,
            started INTEGER NOT NULL, took INTEGER NOT NULL, waited INTEGER NOT NULL, attempt INTEGER NOT NULL,
            outcome TEXT NOT NULL, result TEXT, error TEXT);
        CREATE TABLE claim(
            seq INTEGER PRIMARY KEY, handler TEXT NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, begun INTEGER NOT NULL,
            outcome TEXT, UNIQUE(handler, event));
        CREATE INDEX claim_open ON claim(seq) WHERE outcome IS NULL;
        CREATE TABLE kept(
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, payload BLOB NOT NULL, origin TEXT NOT NULL,
            lamport INTEGER NOT NULL, at INTEGER NOT NULL, reliable INTEGER NOT NULL);
        CREATE TABLE source(source TEXT PRIMARY KEY, floor INTEGER NOT NULL, heard INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE seen(source TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(source, number)) WITHOUT ROWID;
        CREATE TABLE outgoing(
            number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, payload BLOB NOT NULL, at INTEGER NOT NULL,
            expires INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE target(
            number INTEGER NOT NULL, member TEXT NOT NULL, acknowledged INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(number, member)) WITHOUT ROWID;
        """;

    private const string FromVersion1 = """
        ALTER TABLE outgoing ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE source ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
        UPDATE source SET heard = (unixepoch() + 62135596800) * 10000000;
        """;

    /// <exception cref="ProblemException">The file is of a later version, or no such file.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SqliteConnection Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Open(path, SqliteOpenMode.ReadWriteCreate, connection =>
        {
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            // The log is made shorter again after a rush; it would stay as long as it once was.
            Execute(connection, $"PRAGMA journal_size_limit = {LogBytesMax}");
            Create(connection, path);
        });
    }

    /// <summary>Opens a file that another program may use; nothing is written to it.</summary>
    /// <exception cref="ProblemException">The file is of another version, or no such file.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SqliteConnection OpenToRead(string path) => Open(path, SqliteOpenMode.ReadOnly, connection =>
    {
        var version = (long)Scalar(connection, null, "PRAGMA user_version")!;
        if (version != Version)
            throw new ProblemException(new Problem(
                $"{path} was written by another version.", Why: $"Its schema is {version}; this program reads {Version}.",
                Fix: version < Version ? "Start the host's agent of this version once: it brings the file up to date." : "Run the later version."));
    });

    private static SqliteConnection Open(string path, SqliteOpenMode mode, Action<SqliteConnection> prepare)
    {
        // A pool would hold the file after the journal is closed.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = mode }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 5000");
            prepare(connection);
            return connection;
        }
        catch (Exception failure)
        {
            connection.Dispose();
            if (failure is not SqliteException error) throw;
            if (error.SqliteErrorCode is NotADatabase or Corrupt) throw NoJournal(path, error);
            throw new IOException($"The journal of events {path} cannot be {(mode is SqliteOpenMode.ReadOnly ? "read" : "opened")}: {error.Message}", error);
        }
    }

    private static ProblemException NoJournal(string path, SqliteException error) => new(new Problem(
        $"{path} cannot be read as a journal of events.", Why: error.Message,
        Fix: "Move it away; a new one is then made, which does not know what was received and handled before."), error);

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Create(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction();
        var version = (long)Scalar(connection, transaction, "PRAGMA user_version")!;
        if (version > Version)
            throw new ProblemException(new Problem(
                $"{path} was written by a later version.", Why: $"Its schema is {version}; this program knows up to {Version}.",
                Fix: "Run the later version, or give this one another file."));
        if (version == Version) return;
        if (version == 1)
        {
            Scalar(connection, transaction, $"{FromVersion1} PRAGMA user_version = {Version}");
            transaction.Commit();
            return;
        }
        Scalar(connection, transaction, $"{Tables} PRAGMA user_version = {Version}");
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO store VALUES($incarnation)";
        command.Parameters.AddWithValue("$incarnation", Guid.NewGuid().ToString("N")[..12]);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static object? Scalar(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
