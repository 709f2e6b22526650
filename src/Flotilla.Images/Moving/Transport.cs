using System.Text;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Signing;

namespace Flotilla.Images.Moving;

/// <summary>
/// Pushes and pulls lineages with their signatures over git's own transports. Branches move forward only and all together: when one
/// cannot, none does. What comes is checked as <c>git fsck</c> does before it is a part of the graph.
/// </summary>
internal sealed class Transport(GraphFolder graph, TimeProvider time, IProgress<string>? progress)
{
    // One pack for each transfer, which git syncs to the disk, instead of a file for each object, which it does not.
    private static readonly string[] Checked = ["-c", "transfer.fsckObjects=true", "-c", "fetch.fsckObjects=true", "-c", "transfer.unpackLimit=1", "-c", "fetch.unpackLimit=1", "-c", "gc.auto=0", "-c", "maintenance.auto=false"];

    public async Task<ImageTransfer> PushAsync(string address, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var mine = graph.Refs.Images().ToDictionary(each => each.Name, each => each.Id);
        var chosen = ImageSelection.Select(names, mine.Keys, graph.Path);
        var remote = await Remote.ReadAsync(graph.Git, address, cancellationToken);
        graph.Objects.Refresh();
        var theirs = remote.Images.ToDictionary(each => each.Name, each => each.Commit);
        var moved = new List<TransferredImage>();
        var diverged = new List<ImageName>();
        foreach (var name in chosen)
        {
            var here = mine[name];
            if (!theirs.TryGetValue(name, out var there)) moved.Add(new(name, TransferOutcome.New, null, here));
            else if (there == here) moved.Add(new(name, TransferOutcome.Same, there, there));
            else if (await IsAncestorAsync(there, here, cancellationToken)) moved.Add(new(name, TransferOutcome.Updated, there, here));
            else if (await IsAncestorAsync(here, there, cancellationToken)) moved.Add(new(name, TransferOutcome.Ahead, there, there));
            else diverged.Add(name);
        }
        if (diverged.Count > 0) throw Diverged(diverged, remote.Address, push: true);
        var signatures = chosen.SelectMany(name => graph.Refs.Below(SignatureName.Folder(name)).Where(each => SignatureName.IsOf(each.Name, name)))
            .Where(each => !remote.Refs.ContainsKey(each.Name)).Select(each => each.Name).ToList();
        List<string> specs = [.. moved.Where(each => each.Outcome is TransferOutcome.New or TransferOutcome.Updated).Select(each => $"{each.Commit}:{each.Name.Ref}"), .. signatures.Select(each => $"{each}:{each}")];
        if (specs.Count > 0)
        {
            var (code, _, error) = await graph.Git.TransportAsync(["push", "--atomic", "--no-verify", "--progress", "--", address, .. specs], null, progress ?? Silent.Instance, cancellationToken);
            if (code != 0) throw PushFailed(chosen, remote.Address, error);
        }
        return new ImageTransfer(remote.Address, moved, signatures.Count);
    }

    public async Task<ImageTransfer> PullAsync(string address, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var remote = await Remote.ReadAsync(graph.Git, address, cancellationToken);
        var chosen = ImageSelection.Select(names, [.. remote.Images.Select(each => each.Name)], remote.Address);
        var theirs = remote.Images.ToDictionary(each => each.Name, each => each.Commit);
        using var hold = await GraphLock.ShareAsync(graph.Path, time, cancellationToken);
        graph.Objects.Refresh();
        var moved = new List<TransferredImage>();
        foreach (var name in chosen)
        {
            var there = theirs[name];
            if (graph.Refs.Read(name.Ref) is not { } here) moved.Add(new(name, TransferOutcome.New, null, there));
            else if (here == there) moved.Add(new(name, TransferOutcome.Same, here, here));
            else if (await IsAncestorAsync(there, here, cancellationToken)) moved.Add(new(name, TransferOutcome.Ahead, here, here));
            else moved.Add(new(name, TransferOutcome.Updated, here, there));
        }
        var signatures = chosen.SelectMany(remote.Signatures).Where(each => graph.Refs.Read(each.Ref) is null).Select(each => each.Ref).ToList();
        var coming = moved.Where(each => each.Outcome is TransferOutcome.New or TransferOutcome.Updated).ToList();
        var specs = coming.Select(each => each.Name.Ref).Concat(signatures).ToList();
        if (specs.Count == 0) return new ImageTransfer(remote.Address, moved, 0);
        var input = new StringBuilder();
        foreach (var spec in specs) input.Append(spec).Append(':').Append(spec).Append('\n');
        var (code, _, error) = await graph.Git.TransportAsync(
            [.. Checked, "fetch", "--atomic", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--progress", "--stdin", "--", address], input.ToString(), progress ?? Silent.Instance, cancellationToken);
        graph.Objects.Refresh();
        if (code != 0) throw await PullFailedAsync(coming, remote.Address, error, cancellationToken);
        return new ImageTransfer(remote.Address, moved, signatures.Count);
    }

    private async Task<ImageException> PullFailedAsync(List<TransferredImage> coming, string address, string error, CancellationToken cancellationToken)
    {
        if (graph.Git.IsDiskFull(error)) return graph.Git.Full(Remote.Last(error));
        var diverged = new List<ImageName>();
        foreach (var each in coming)
            if (graph.Refs.Read(each.Name.Ref) is { } here && graph.Objects.Contains(each.Commit) && !await IsAncestorAsync(here, each.Commit, cancellationToken)) diverged.Add(each.Name);
        if (diverged.Count > 0) return Diverged(diverged, address, push: false);
        if (error.Contains("lacks these prerequisite", StringComparison.Ordinal)) return BundleCheck.Lacks(address, error);
        return error.Contains("fsck error", StringComparison.Ordinal) || error.Contains("index-pack", StringComparison.Ordinal) || error.Contains("bad pack", StringComparison.Ordinal)
            ? ImageException.Of(ImageFault.DamagedGraph, $"What {address} holds is damaged; nothing was taken.", Remote.Last(error), File.Exists(address) ? "Copy the bundle again, or make it again." : "Run \"git fsck --strict\" there.")
            : Remote.Unreachable(address, error);
    }

    private static ImageException PushFailed(IReadOnlyList<ImageName> names, string address, string error)
    {
        if (error.Contains("non-fast-forward", StringComparison.Ordinal) || error.Contains("fetch first", StringComparison.Ordinal)) return Diverged(names, address, push: true);
        return Git.SaysDiskFull(error)
            ? ImageException.Of(ImageFault.DiskFull, $"The disk of {address} is full; nothing was pushed.", Remote.Last(error), "Make room there and push again.")
            : ImageException.Of(ImageFault.Unreachable, $"{address} did not take the images; nothing was pushed.", Remote.Last(error), "Check the address, your rights, and what its hooks demand.");
    }

    private static ImageException Diverged(IReadOnlyList<ImageName> names, string address, bool push) => ImageException.Of(
        ImageFault.Diverged,
        $"{string.Join(", ", names)}: {address} has versions that are not here{(push ? "" : ", and here are some that it has not")}; nothing was {(push ? "pushed" : "taken")}.",
        push ? "A push only adds versions, it never removes some." : "A lineage has one newest version, and neither is before the other.",
        push
            ? $"Run \"flotilla image pull {address} {names[0]}\" first. If that says the same, keep yours under a name of its own: \"flotilla image export {names[0]} --to oci:DIR\", then import it under that name."
            : $"Keep yours elsewhere (\"flotilla image export {names[0]} --to oci:DIR\"), remove the branch (\"git branch -D {names[0].Ref["refs/heads/".Length..]}\" in the graph), pull, and import yours again on top.");

    private async Task<bool> IsAncestorAsync(ObjectId ancestor, ObjectId of, CancellationToken cancellationToken) =>
        graph.Objects.Contains(ancestor) && graph.Objects.Contains(of)
        && (await graph.Git.TryRunAsync(["merge-base", "--is-ancestor", ancestor.ToString(), of.ToString()], cancellationToken)).Code == 0;

    // Git's own progress is kept apart from its errors even when nobody listens.
    private sealed class Silent : IProgress<string>
    {
        public static Silent Instance { get; } = new();

        public void Report(string value) { }
    }
}
