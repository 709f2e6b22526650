using System.Text;

namespace Flotilla.Images.Diffing;

/// <summary>
/// Reads which packages an image has: dpkg's status (deb-control(5); also the one file a package of images without dpkg) and apk's
/// database (apk-tools, "APK installed database"). Of RPM only the presence is found.
/// </summary>
internal static class Packages
{
    private const string DpkgStatus = "var/lib/dpkg/status";
    private const string DpkgParts = "var/lib/dpkg/status.d";
    private static readonly string[] ApkDatabases = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];
    private static readonly string[] RpmDatabases =
        ["var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages.db", "var/lib/rpm/Packages", "usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db"];

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
        if (RpmDatabases.Any(path => first.FindVisible(path) != null || second.FindVisible(path) != null))
        {
            managers.Add("rpm");
            if (RpmDatabases.Any(path => first.FindVisible(path) != second.FindVisible(path))) unread.Add("rpm");
        }
        return new PackageDiff(
            managers,
            [.. now.Where(each => !old.ContainsKey(each.Key)).Select(Made)],
            [.. old.Where(each => !now.ContainsKey(each.Key)).Select(Made)],
            [.. now.Where(each => old.TryGetValue(each.Key, out var version) && version != each.Value).Select(each => new PackageChange(each.Key.Item1, each.Key.Item2, old[each.Key], each.Value))],
            unread);

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
            if (name is not null && version is not null && installed && !packages.TryAdd(("dpkg", name), version) && packages[("dpkg", name)] != version)
                packages[("dpkg", $"{name}:{architecture}")] = version;
            (name, version, architecture, installed) = (null, null, null, true);
        }
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
