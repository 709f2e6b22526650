using Microsoft.Data.Sqlite;

namespace Flotilla.Images.Diffing.Real;

/// <summary>Reads <c>rpmdb.sqlite</c>, RPM's database since 4.16: a table <c>Packages</c> with a header for each package.</summary>
internal static class RpmDatabase
{
    /// <summary>The packages; null when the file is no such database.</summary>
    /// <param name="database">Its content.</param>
    /// <param name="log">That of <c>rpmdb.sqlite-wal</c> beside it, which may hold the latest changes; null when there is none.</param>
    public static List<(string Name, string Version, string? Architecture)>? Read(Stream database, Stream? log)
    {
        // SQLite opens files, and makes an index of the log beside them.
        var folder = Directory.CreateTempSubdirectory("flotilla-rpm-").FullName;
        try
        {
            var path = Path.Combine(folder, "rpmdb.sqlite");
            using (var file = File.Create(path)) database.CopyTo(file);
            if (log is not null)
                using (var file = File.Create(path + "-wal")) log.CopyTo(file);
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT blob FROM Packages";
            using var rows = command.ExecuteReader();
            var packages = new List<(string, string, string?)>();
            while (rows.Read())
                if (RpmHeader.Read(rows.GetFieldValue<byte[]>(0)) is { } package) packages.Add(package);
            return packages;
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
