using System.Text;

namespace Flotilla.Images.Diffing;

/// <summary>
/// Reads which packages an image has: dpkg's status (deb-control(5); also the one file a package of images without dpkg), apk's
/// database (apk-tools, "APK installed database"), and RPM's where it is one of SQLite. RPM's older kinds are only found.
/// </summary>
internal static class Packages
{
    private const string DpkgStatus = "var/lib/dpkg/status";
    private const string DpkgParts = "var/lib/dpkg/status.d";
    private static readonly string[] ApkDatabases = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];
    private static readonly string[] RpmFolders = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
    private static readonly (string File, string Kind)[] RpmOthers = [("Packages.db", "ndb"), ("Packages", "Berkeley DB")];
    private const string RpmFile = "rpmdb.sqlite";

    public static PackageDiff Compare(GraphImage before, GraphImage after)
    {
        var first = new Exporting.ContentLookup(before.Store, before.Rootfs, null);
        var second = new Exporting.ContentLookup(after.Store, after.Rootfs, null);
        var managers = new List<string>();
        var unread = new List<string>();
        var old = new SortedDictionary<(string, string), string>(Order);
        var now = new SortedDictionary<(string, string), string>(Order);

        string[] dpkg = [DpkgStatus, .. first.FilesIn(DpkgParts).Union(second.FilesIn(DpkgParts)).Order(StringComparer.Ordinal).Select(name => $"{DpkgParts}/{name}")];
        Take("dpkg", dpkg, Dpkg);
        Take("apk", ApkDatabases, Apk);
        TakeRpm();
        return new PackageDiff(
            managers,
            [.. now.Where(each => !old.ContainsKey(each.Key)).Select(Made)],
            [.. old.Where(each => !now.ContainsKey(each.Key)).Select(Made)],
            [.. now.Where(each => old.TryGetValue(each.Key, out var version) && version != each.Value).Select(each => new PackageChange(each.Key.Item1, each.Key.Item2, old[each.Key], each.Value))],
            unread);

        void TakeRpm()
        {
            var found = false;
            foreach (var folder in RpmFolders)
            {
                foreach (var (file, kind) in RpmOthers)
                {
                    var path = $"{folder}/{file}";
                    var (a, b) = (first.FindVisible(path), second.FindVisible(path));
                    found |= a is not null || b is not null;
                    if (a != b) unread.Add($"rpm: {path} is of the kind {kind}, which is not read");
                }
                var database = $"{folder}/{RpmFile}";
                var (one, two) = ((first.FindVisible(database), first.FindVisible(database + "-wal")), (second.FindVisible(database), second.FindVisible(database + "-wal")));
                found |= one.Item1 is not null || two.Item1 is not null;
                if (one == two) continue;
                Rpm(before.Store, one, old);
                Rpm(after.Store, two, now);

                void Rpm(Graph.ObjectStore store, (Graph.ObjectId? Database, Graph.ObjectId? Log) files, SortedDictionary<(string, string), string> packages)
                {
                    if (files.Database is not { } id) return;
                    using var content = store.Open(id, out _);
                    using var log = files.Log is { } other ? store.Open(other, out _) : null;
                    if (Real.RpmDatabase.Read(content, log) is not { } installed) unread.Add($"rpm: {database} is no database of SQLite with packages");
                    else
                        foreach (var (name, version, architecture) in installed.OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Version, StringComparer.Ordinal))
                            Put(packages, "rpm", name, version, architecture);
                }
            }
            if (found) managers.Add("rpm");
        }

        void Take(string manager, IReadOnlyList<string> paths, Action<string, SortedDictionary<(string, string), string>> read)
        {
            var found = false;
            foreach (var path in paths)
            {
                var (a, b) = (first.FindVisible(path), second.FindVisible(path));
                found |= a is not null || b is not null;
                if (a == b) continue;
                if (a is { } one) read(Encoding.UTF8.GetString(before.Store.Read(one, Graph.ObjectType.Blob)), old);
                if (b is { } two) read(Encoding.UTF8.GetString(after.Store.Read(two, Graph.ObjectType.Blob)), now);
            }
            if (found) managers.Add(manager);
        }
    }

    private static void Dpkg(string text, SortedDictionary<(string, string), string> packages)
    {
        string? name = null, version = null, architecture = null;
        var installed = true;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length == 0)
            {
                End();
                continue;
            }
            if (Field(line, "Package: ", ref name) || Field(line, "Version: ", ref version) || Field(line, "Architecture: ", ref architecture)) continue;
            // "install ok installed": what is only configured has no files.
            if (line.StartsWith("Status: ")) installed = line.EndsWith(" installed");
        }
        End();

        void End()
        {
            if (name is not null && version is not null && installed) Put(packages, "dpkg", name, version, architecture);
            (name, version, architecture, installed) = (null, null, null, true);
        }
    }

    // Several versions of one name are installed for several architectures, and of kernels and keys for one.
    private static void Put(SortedDictionary<(string, string), string> packages, string manager, string name, string version, string? architecture)
    {
        if (packages.TryAdd((manager, name), version) || packages[(manager, name)] == version) return;
        if (packages.TryAdd((manager, $"{name}:{architecture}"), version) || packages[(manager, $"{name}:{architecture}")] == version) return;
        packages[(manager, $"{name}:{version}")] = version;
    }

    private static void Apk(string text, SortedDictionary<(string, string), string> packages)
    {
        string? name = null, version = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length == 0)
            {
                if (name is not null && version is not null) packages[("apk", name)] = version;
                (name, version) = (null, null);
            }
            else if (!Field(line, "P:", ref name)) Field(line, "V:", ref version);
        }
        if (name is not null && version is not null) packages[("apk", name)] = version;
    }

    private static bool Field(ReadOnlySpan<char> line, string key, ref string? value)
    {
        if (!line.StartsWith(key)) return false;
        value = line[key.Length..].Trim().ToString();
        return true;
    }

    private static Package Made(KeyValuePair<(string Manager, string Name), string> each) => new(each.Key.Manager, each.Key.Name, each.Value);

    private static Comparer<(string Manager, string Name)> Order { get; } = Comparer<(string Manager, string Name)>.Create((a, b) =>
        string.CompareOrdinal(a.Manager, b.Manager) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));
}
