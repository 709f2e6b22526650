using System.Globalization;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Signing;

namespace Flotilla.Images.Moving;

/// <summary>Files that carry lineages without a network (git-bundle(1), gitformat-bundle(5)).</summary>
internal sealed class Bundles(GraphFolder graph, TimeProvider time, IProgress<string>? progress)
{
    public async Task<CreatedBundle> CreateAsync(string file, IReadOnlyList<string> names, IReadOnlyList<ObjectId> since, CancellationToken cancellationToken)
    {
        var mine = graph.Refs.Images().ToDictionary(each => each.Name, each => each.Id);
        var chosen = ImageSelection.Select(names, mine.Keys, graph.Path);
        if (chosen.Count == 0) throw ImageException.Of(ImageFault.NotFound, $"There is no image in {graph.Path}.", fix: "Import one first.");
        var news = new List<ImageName>();
        foreach (var name in chosen)
            if (!await IsPastAsync(mine[name], since, cancellationToken)) news.Add(name);
        if (news.Count == 0) throw ImageException.Of(ImageFault.NotFound, "A bundle would hold nothing: there is no newer version than those of --since.", fix: "Name an older one, such as NAME~1, or leave --since out.");
        var signatures = news.SelectMany(name => graph.Refs.Below(SignatureName.Folder(name)).Where(each => SignatureName.IsOf(each.Name, name))).Select(each => each.Name).ToList();
        using var hold = await GraphLock.ShareAsync(graph.Path, time, cancellationToken);
        IEnumerable<string> revisions = [.. news.Select(name => name.Ref), .. signatures, .. since.Select(commit => "^" + commit)];
        // A file that is there is replaced only by a whole one: git writes beside it and renames.
        var (code, _, error) = await graph.Git.TransportAsync(
            ["bundle", "create", "--progress", System.IO.Path.GetFullPath(file), "--stdin"], string.Join('\n', revisions) + "\n", progress, cancellationToken);
        if (code != 0)
            throw Git.SaysDiskFull(error)
                ? ImageException.Of(ImageFault.DiskFull, $"The disk of {file} is full.", fix: "Make room and run the command again.")
                : ImageException.Of(ImageFault.BadName, $"{file} cannot be written.", Remote.Last(error), "Name a file in a folder that is there and that you may write to.");
        return new CreatedBundle(file, [.. news.Select(name => (name, mine[name]))], signatures.Count, new FileInfo(file).Length);
    }

    /// <summary>Takes the bundle into a repository of its own that borrows from the graph, if there is one, and verifies everything there.</summary>
    /// <param name="file">The bundle.</param>
    /// <param name="graph">What its prerequisites are looked for in; null for nowhere.</param>
    /// <param name="signers">See <see cref="ImageGraph.VerifyAsync(GraphImage, string?, CancellationToken)"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Hears how far git is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BundleCheck> VerifyAsync(string file, string? graph, string? signers, TimeProvider time, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) throw ImageException.Of(ImageFault.NotFound, $"There is no file {file}.", fix: "Name a bundle.");
        var needs = Needs(file);
        var folder = Directory.CreateTempSubdirectory("flotilla-bundle-").FullName;
        try
        {
            using var scratch = await ImageGraph.OpenOrCreateAsync(folder, time, graph, cancellationToken);
            // Newer gits want what a bundle continues to be reachable, not only there.
            foreach (var commit in needs)
                if (scratch.Folder.Objects.Contains(commit)) await scratch.Folder.Git.RunAsync(["update-ref", $"refs/flotilla/needs/{commit}", commit.ToString()], cancellationToken);
            var taken = await scratch.PullAsync(System.IO.Path.GetFullPath(file), [], progress, cancellationToken);
            var images = new List<BundledImage>();
            foreach (var each in taken.Images)
                images.Add(new BundledImage(each.Name, await scratch.VerifyAsync(scratch.Load(each.Commit), signers, cancellationToken)));
            return new BundleCheck(file, images, needs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // gitformat-bundle(5): a signature line, capabilities "@…", prerequisites "-ID comment", references "ID name", an empty line.
    private static List<ObjectId> Needs(string file)
    {
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        var line = reader.ReadLine();
        if (line is null || !line.StartsWith("# v", StringComparison.Ordinal) || !line.EndsWith(" git bundle", StringComparison.Ordinal))
            throw ImageException.Of(ImageFault.BadArchive, $"{file} is no bundle.", fix: "\"flotilla image bundle create\" writes one.");
        var needs = new List<ObjectId>();
        while (reader.ReadLine() is { Length: > 0 } head)
            if (head[0] == '-' && head.Length > 2 * ObjectId.Size && ObjectId.TryParse(head.AsSpan(1, 2 * ObjectId.Size), out var id)) needs.Add(id);
        return needs;
    }

    private async Task<bool> IsPastAsync(ObjectId commit, IReadOnlyList<ObjectId> since, CancellationToken cancellationToken)
    {
        if (since.Count == 0) return false;
        var count = await graph.Git.RunAsync(["rev-list", "--count", "--max-count=1", commit.ToString(), "--not", .. since.Select(each => each.ToString())], cancellationToken);
        return int.Parse(count.Trim(), CultureInfo.InvariantCulture) == 0;
    }
}
