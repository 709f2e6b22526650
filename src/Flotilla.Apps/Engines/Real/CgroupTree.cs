using System.Globalization;

namespace Flotilla.Apps.Engines.Real;

/// <summary>
/// A process tree that is one cgroup of version 2: no process leaves it by setsid or by forking twice, and
/// <c>cgroup.kill</c> reaches processes that are being forked.
/// </summary>
/// <remarks>https://docs.kernel.org/admin-guide/cgroup-v2.html, "Core Interface Files".</remarks>
internal sealed class CgroupTree(string folder) : ProcessTree
{
    public override (string Script, IReadOnlyList<string> Arguments) Shim =>
        ("echo $$ > \"$1/cgroup.procs\" || exit 126; shift; exec setsid \"$@\" < /dev/null", [folder]);

    public override IReadOnlyList<int> Members()
    {
        try
        {
            var members = new List<int>();
            foreach (var inside in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
                members.AddRange(File.ReadAllLines(Path.Combine(inside, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
            return members;
        }
        catch (IOException)
        {
            return [];
        }
    }

    public override async Task FreezeAsync(bool frozen, CancellationToken cancellationToken)
    {
        var wanted = frozen ? "1" : "0";
        if (!TryWrite("cgroup.freeze", wanted)) return;
        while (Event("frozen") is { } now && now != wanted) await Task.Delay(TimeSpan.FromMilliseconds(1), Time, cancellationToken);
    }

    /// <summary>Removes the cgroups that an earlier engine left in a folder, and kills what is in them.</summary>
    /// <returns>How many processes were killed.</returns>
    public static async Task<int> KillLeftoversAsync(string engineFolder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(engineFolder)) return 0;
        var killed = 0;
        foreach (var folder in Directory.EnumerateDirectories(engineFolder).Order(StringComparer.Ordinal).ToList())
        {
            var tree = new CgroupTree(folder) { Mark = "", Time = time };
            killed += tree.Members().Count;
            await tree.KillAsync(cancellationToken);
        }
        return killed;
    }

    protected override bool TryKill()
    {
        // Between its start and its first command the shim is not in the cgroup yet.
        if (Leader is { } leader) Signals.Send(leader, Signals.Kill);
        if (Event("populated") is not { } populated || populated == "0") return Leader is null;
        TryWrite("cgroup.kill", "1");
        return false;
    }

    protected override void Remove()
    {
        try
        {
            foreach (var inside in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length))
                Directory.Delete(inside);
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // An empty cgroup costs nothing, and the next engine with this state directory removes it.
        }
    }

    private string? Event(string name)
    {
        try
        {
            foreach (var line in File.ReadLines(Path.Combine(folder, "cgroup.events")))
                if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ') return line[(name.Length + 1)..];
        }
        catch (IOException)
        {
            // The cgroup is gone, and all in it.
        }
        return null;
    }

    private bool TryWrite(string file, string text)
    {
        try
        {
            CgroupRoot.Write(Path.Combine(folder, file), text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
