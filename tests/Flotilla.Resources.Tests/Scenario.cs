using Flotilla.Core.Machines;

namespace Flotilla.Resources.Tests;

/// <summary>A state of a host below /srv and resources for it, both drawn from a seed.</summary>
/// <param name="random">Decides all.</param>
/// <param name="isComplete">Everything is declared, with all properties: then the final state follows from the resources alone.</param>
/// <param name="hasOwners">Files may be given to others.</param>
internal sealed class Scenario(Random random, bool isComplete, bool hasOwners)
{
    private static readonly string[] Directories = ["/srv", "/srv/a", "/srv/a/b", "/srv/c"];
    private static readonly string[] Files = ["/srv/x", "/srv/a/x", "/srv/a/y", "/srv/a/b/x", "/srv/c/x"];
    private static readonly string[] Contents = ["", "one\n", "one\ntwo\n", "no end", "ä\r\n", "a\0b"];
    private static readonly string[] Modes = ["0644", "600", "0755", "4755", "2750"];
    private static readonly string[] FolderModes = ["0755", "700", "1777", "2750"];

    /// <summary>Puts a state on the host in place of what is below /srv.</summary>
    public void Scatter(IMachine machine, Action<string, string> link)
    {
        Clear(machine, "/srv");
        foreach (var directory in Directories)
        {
            if (random.Next(4) == 0 || machine.Stat(PathRules.Parent(directory)) is null) continue;
            machine.CreateDirectory(directory, Permissions.Parse(Pick(FolderModes))!.Value);
            if (hasOwners && random.Next(2) == 0) machine.SetOwner(directory, Owner());
        }
        foreach (var file in Files)
        {
            if (machine.Stat(PathRules.Parent(file)) is null) continue;
            switch (random.Next(5))
            {
                case 0:
                    break;
                case 1:
                    link(file, "/etc/passwd");
                    break;
                case 2:
                    machine.WriteFile(file, [0xff, 0x00, (byte)random.Next(3)], UnixFileMode.UserRead);
                    break;
                default:
                    machine.Write(file, Pick(Contents), (int)Permissions.Parse(Pick(Modes))!.Value, hasOwners ? Owner() : null);
                    break;
            }
        }
    }

    /// <summary>Resources that do not contradict each other, whatever the state was, in any order.</summary>
    public IReadOnlyList<Resource> Declare()
    {
        var resources = new List<Resource>();
        var absent = new HashSet<string>();
        foreach (var directory in Directories)
        {
            var isAbsent = directory != "/srv" && (absent.Contains(PathRules.Parent(directory)) || random.Next(4) == 0);
            if (isAbsent) absent.Add(directory);
            resources.Add(isAbsent
                ? new DirectoryResource(directory) { IsAbsent = true }
                : new DirectoryResource(directory) { Mode = Maybe(FolderModes), Owner = MaybeOwner("www-data", "0"), Group = MaybeOwner("adm", "root") });
        }
        foreach (var file in Files)
        {
            var mustGo = absent.Contains(PathRules.Parent(file));
            if (!mustGo && !isComplete && random.Next(4) == 0) continue;
            resources.Add(mustGo || random.Next(4) == 0
                ? new FileResource(file) { IsAbsent = true }
                : new FileResource(file)
                {
                    Content = Pick(Contents),
                    Mode = Maybe(Modes),
                    Owner = MaybeOwner("www-data", "0"),
                    Group = MaybeOwner("adm", "root"),
                    IsSensitive = random.Next(4) == 0,
                });
        }
        var order = resources.ToArray();
        random.Shuffle(order);
        return order;
    }

    private static void Clear(IMachine machine, string path)
    {
        if (machine.Stat(path) is { Kind: FileKind.Directory })
            foreach (var name in machine.List(path)) Clear(machine, path + "/" + name);
        machine.Delete(path);
    }

    private FileOwner Owner() => new(Pick([0u, 1u, 33u]), Pick([0u, 4u, 4242u]));

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];

    private string? Maybe(string[] values) => isComplete || random.Next(2) == 0 ? Pick(values) : null;

    private string? MaybeOwner(params string[] values) => hasOwners ? Maybe(values) : null;
}
