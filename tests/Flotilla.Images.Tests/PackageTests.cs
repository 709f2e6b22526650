using System.Buffers.Binary;
using System.Text;
using Flotilla.Images.Diffing;
using Microsoft.Data.Sqlite;

namespace Flotilla.Images.Tests;

/// <summary>Which packages an image has.</summary>
public sealed class PackageTests
{
    [Theory]
    [InlineData("var/lib/rpm")]
    [InlineData("usr/lib/sysimage/rpm")]
    public async Task Rpm_packages_are_read_from_a_database_of_SQLite(string folder)
    {
        using var fixture = await GraphFixture.CreateAsync();
        var before = Database(fixture, null, ("bash", "5.1.8", "6.el9", null, "x86_64"), ("glibc", "2.34", "60.el9", null, "x86_64"), ("gone", "1", "1", 2u, "noarch"));
        var after = Database(fixture, null, ("bash", "5.1.8", "9.el9", null, "x86_64"), ("glibc", "2.34", "60.el9", null, "x86_64"), ("glibc", "2.30", "60.el9", null, "i686"), ("nginx", "1.20.1", "14.el9", 1u, "x86_64"));
        var packages = await DiffAsync(fixture, [($"{folder}/rpmdb.sqlite", before)], [($"{folder}/rpmdb.sqlite", after)]);
        packages.Managers.ShouldBe(["rpm"]);
        packages.Added.ShouldBe([new Package("rpm", "glibc:x86_64", "2.34-60.el9"), new Package("rpm", "nginx", "1:1.20.1-14.el9")]);
        packages.Removed.ShouldBe([new Package("rpm", "gone", "2:1-1")]);
        packages.Changed.ShouldBe([new PackageChange("rpm", "bash", "5.1.8-6.el9", "5.1.8-9.el9"), new PackageChange("rpm", "glibc", "2.34-60.el9", "2.30-60.el9")]);
        packages.Unread.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_stands_only_in_the_log_beside_the_database_is_read_too()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var log = new List<byte>();
        var database = Database(fixture, log, ("bash", "5.1.8", "6.el9", null, "x86_64"));
        log.Count.ShouldBeGreaterThan(0);
        var packages = await DiffAsync(fixture, [("etc/x", [])], [("var/lib/rpm/rpmdb.sqlite", database), ("var/lib/rpm/rpmdb.sqlite-wal", log.ToArray())]);
        packages.Added.ShouldBe([new Package("rpm", "bash", "5.1.8-6.el9")]);
    }

    [Fact]
    public async Task Other_kinds_of_rpm_databases_and_damaged_ones_are_named()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var whole = Database(fixture, null, ("bash", "1", "1", null, "x86_64"));
        var cut = whole[..5000];
        var packages = await DiffAsync(fixture, [("etc/x", [])], [("var/lib/rpm/Packages", [1]), ("usr/lib/sysimage/rpm/Packages.db", [2]), ("usr/share/rpm/rpmdb.sqlite", cut)]);
        packages.Managers.ShouldBe(["rpm"]);
        packages.Unread.ShouldBe([
            "rpm: var/lib/rpm/Packages is of the kind Berkeley DB, which is not read", "rpm: usr/lib/sysimage/rpm/Packages.db is of the kind ndb, which is not read",
            "rpm: usr/share/rpm/rpmdb.sqlite is no database of SQLite with packages"]);
    }

    [Fact]
    public void A_header_of_any_bytes_is_read_or_refused()
    {
        var whole = Header("bash", "5", "1", 7, "x86_64");
        RpmHeader.Read(whole).ShouldBe(("bash", "7:5-1", "x86_64"));
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            RpmHeader.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

    [Fact]
    public async Task Images_without_dpkg_have_a_file_for_each_package()
    {
        using var fixture = await GraphFixture.CreateAsync();
        var packages = await DiffAsync(
            fixture,
            [("var/lib/dpkg/status.d/base", Text("Package: base-files\nVersion: 12.4\nArchitecture: amd64\n")), ("var/lib/dpkg/status.d/base.md5sums", Text("0123  etc/x\n")), ("var/lib/dpkg/status.d/tzdata", Text("Package: tzdata\nVersion: 2024a\n"))],
            [("var/lib/dpkg/status.d/base", Text("Package: base-files\nVersion: 12.5\nArchitecture: amd64\n")), ("var/lib/dpkg/status.d/libc6", Text("Package: libc6\nVersion: 2.36-9\n"))]);
        packages.Managers.ShouldBe(["dpkg"]);
        packages.Added.ShouldBe([new Package("dpkg", "libc6", "2.36-9")]);
        packages.Removed.ShouldBe([new Package("dpkg", "tzdata", "2024a")]);
        packages.Changed.ShouldBe([new PackageChange("dpkg", "base-files", "12.4", "12.5")]);
    }

    [Fact]
    public async Task Alpine_has_its_database_in_either_place()
    {
        using var fixture = await GraphFixture.CreateAsync();
        const string Installed = "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\nF:lib\nR:ld-musl-x86_64.so.1\n\nP:zlib\nV:1.3.1-r1\n";
        var packages = await DiffAsync(fixture, [("lib/apk/db/installed", Text(Installed))], [("usr/lib/apk/db/installed", Text(Installed.Replace("1.3.1-r1", "1.3.1-r2")))]);
        packages.Added.ShouldBeEmpty();
        packages.Removed.ShouldBeEmpty();
        packages.Changed.ShouldBe([new PackageChange("apk", "zlib", "1.3.1-r1", "1.3.1-r2")]);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<PackageDiff> DiffAsync(GraphFixture fixture, (string Path, byte[] Content)[] before, (string Path, byte[] Content)[] after)
    {
        await fixture.ImportAsync(TarBytes.Of([.. before.Select(each => (each.Path, '0', Encoding.Latin1.GetString(each.Content)))]), "before");
        await fixture.ImportAsync(TarBytes.Of([.. after.Select(each => (each.Path, '0', Encoding.Latin1.GetString(each.Content)))]), "after");
        return fixture.Graph.Diff(fixture.Graph.Find("before"), fixture.Graph.Find("after")).Packages;
    }

    private static byte[] Database(GraphFixture fixture, List<byte>? log, params (string Name, string Version, string Release, uint? Epoch, string Architecture)[] packages)
    {
        var path = Path.Combine(fixture.Folder, Path.GetRandomFileName());
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = (log is null ? "" : "PRAGMA journal_mode=WAL; ") + "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO Packages (blob) VALUES ($blob)";
        foreach (var each in packages)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$blob", Header(each.Name, each.Version, each.Release, each.Epoch, each.Architecture));
            command.ExecuteNonQuery();
        }
        log?.AddRange(File.ReadAllBytes(path + "-wal"));
        return File.ReadAllBytes(path);
    }

    private static byte[] Header(string name, string version, string release, uint? epoch, string architecture)
    {
        var entries = new List<(int Tag, int Type, byte[] Data)> { (1000, 6, Text(name + "\0")), (1001, 6, Text(version + "\0")), (1002, 6, Text(release + "\0")), (1022, 6, Text(architecture + "\0")) };
        if (epoch is { } number)
        {
            var data = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(data, number);
            entries.Insert(0, (1003, 4, data));
        }
        var bytes = new byte[8 + 16 * entries.Count];
        BinaryPrimitives.WriteInt32BigEndian(bytes, entries.Count);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), entries.Sum(entry => entry.Data.Length));
        var offset = 0;
        foreach (var (index, entry) in entries.Index())
        {
            var at = bytes.AsSpan(8 + 16 * index);
            BinaryPrimitives.WriteInt32BigEndian(at, entry.Tag);
            BinaryPrimitives.WriteInt32BigEndian(at[4..], entry.Type);
            BinaryPrimitives.WriteInt32BigEndian(at[8..], offset);
            BinaryPrimitives.WriteInt32BigEndian(at[12..], 1);
            offset += entry.Data.Length;
        }
        return [.. bytes, .. entries.SelectMany(entry => entry.Data)];
    }
}
