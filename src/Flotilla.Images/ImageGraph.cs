using Flotilla.Images.Ancestry;
using Flotilla.Images.Checking;
using Flotilla.Images.Diffing;
using Flotilla.Images.Folders.Real;
using Flotilla.Images.Graph;
using Flotilla.Images.Graph.Real;
using Flotilla.Images.Importing;
using Flotilla.Images.Moving;
using Flotilla.Images.Signing;
using Flotilla.Images.Sources;

namespace Flotilla.Images;

/// <summary>
/// A graph of images: a bare git repository in which each lineage is a branch and each version a commit. Several processes may import
/// into one graph at once. Failures are <see cref="ImageException"/>.
/// </summary>
public sealed class ImageGraph : IDisposable
{
    private const int PrefixMin = 6;
    private static readonly string[] DefaultFolders = [DefaultFolder, "graph"];

    private readonly GraphFolder _folder;
    private readonly TimeProvider _time;

    private ImageGraph(GraphFolder folder, TimeProvider time) => (_folder, _time) = (folder, time);

    /// <summary>Where a new graph is made unless somebody says otherwise, within the folder that it is for.</summary>
    public const string DefaultFolder = ".flotilla/images";

    /// <summary>The folder of the repository.</summary>
    public string Path => _folder.Path;

    internal GraphFolder Folder => _folder;

    /// <summary>
    /// The graph that belongs to a folder: <c>.flotilla/images</c> or <c>graph</c> in it or in the nearest folder above that has one;
    /// null when none has.
    /// </summary>
    public static string? FindFolder(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            foreach (var name in DefaultFolders)
                if (System.IO.Path.Combine(folder.FullName, name) is var path && GraphFolder.Is(path)) return path;
        return null;
    }

    /// <summary>Opens a graph that is there.</summary>
    /// <param name="path">The folder of the bare repository.</param>
    /// <param name="time">The clock: for commits and waiting.</param>
    public static ImageGraph Open(string path, TimeProvider time)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!GraphFolder.Is(path)) throw ImageException.Of(ImageFault.NotFound, $"There is no graph of images in {path}.", fix: "Import an image into it, or name the right folder with --graph.");
        return new ImageGraph(new GraphFolder(path), time);
    }

    /// <summary>Opens a graph, and makes it when nothing is there.</summary>
    public static Task<ImageGraph> OpenOrCreateAsync(string path, TimeProvider time, CancellationToken cancellationToken) => OpenOrCreateAsync(path, time, null, cancellationToken);

    /// <param name="path">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="lender">A graph whose objects a new one uses as if they were its own; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<ImageGraph> OpenOrCreateAsync(string path, TimeProvider time, string? lender, CancellationToken cancellationToken)
    {
        path = System.IO.Path.GetFullPath(path);
        if (GraphFolder.Is(path)) return Open(path, time);
        if (File.Exists(path)) throw ImageException.Of(ImageFault.NotFound, $"{path} is a file and no graph of images.", fix: "Name another folder with --graph, or an empty one.");
        Directory.CreateDirectory(path);
        using (await FolderLock.TakeAsync(path, cancellationToken))
            if (!GraphFolder.Is(path)) await GraphFolder.MakeAsync(path, lender, cancellationToken);
        return Open(path, time);
    }

    /// <summary>All lineages with their newest version, by name.</summary>
    public IReadOnlyList<(ImageName Name, ObjectId Commit)> Lineages() => [.. _folder.Refs.Images()];

    /// <summary>
    /// Imports an image as the newest version of a lineage. The branch moves last, once the layers have been made again from what was
    /// stored and were the same bytes; until then, and after any failure or crash, the graph is what it was.
    /// </summary>
    public async Task<ImportedImage> ImportAsync(IImageSource source, ImageName name, ImportOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return await new Importer(_folder, _time).ImportAsync(source, name, options, cancellationToken);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw ImageException.Of(ImageFault.DiskFull, $"The disk of {Path} is full; nothing was committed.", fix: "Make room and run the command again; the graph is as it was.", inner: e);
        }
    }

    /// <summary>
    /// The version that a reference names: a lineage's newest (<c>NAME</c>), the one N before it (<c>NAME~N</c>), or a commit by its
    /// first six or more digits (<c>NAME@COMMIT</c> or <c>COMMIT</c>).
    /// </summary>
    public GraphImage Find(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var at = reference.IndexOf('@');
        if (at >= 0) return Load(ByPrefix(reference[(at + 1)..], reference));
        var tilde = reference.LastIndexOf('~');
        var back = 0;
        if (tilde >= 0 && !int.TryParse(reference.AsSpan(tilde + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out back))
            throw ImageException.Of(ImageFault.BadName, $"\"{reference}\" is no version of an image.", fix: "Write NAME, NAME~1 for the version before, or NAME@COMMIT.");
        var text = tilde >= 0 ? reference[..tilde] : reference;
        if (ImageName.TryParse(text, out var name) && _folder.Refs.Read(name.Ref) is { } id)
        {
            var image = Load(id);
            for (; back > 0; back--)
                image = image.Parents.Select(Load).FirstOrDefault(parent => parent.Name == image.Name)
                    ?? throw ImageException.Of(ImageFault.NotFound, $"{name} has no version {reference[tilde..]}.", fix: $"\"flotilla image log {name}\" lists its versions.");
            return image;
        }
        if (text.Length >= PrefixMin && text.All(char.IsAsciiHexDigit)) return Load(ByPrefix(text, reference));
        var names = Lineages().Select(each => each.Name.ToString()).ToList();
        throw ImageException.Of(ImageFault.NotFound, $"There is no image \"{text}\" in {Path}.", fix: Core.Suggestion.Sentence(text, names));
    }

    /// <summary>A version and those before it in its lineage, the newest first.</summary>
    public IEnumerable<GraphImage> History(GraphImage image)
    {
        for (var at = image; at is not null; at = at.Parents.Select(Load).FirstOrDefault(parent => parent.Name == at!.Name)) yield return at;
    }

    /// <summary>What versions came from, and what that came from.</summary>
    /// <param name="newest">The versions to begin with; null for the newest of all lineages.</param>
    public ImageAncestry Ancestry(IEnumerable<GraphImage>? newest = null) =>
        ImageAncestry.Of(newest?.Select(image => image.Commit) ?? Lineages().Select(each => each.Commit), Load);

    /// <summary>What has to be done to come from one image to another: files, metadata, packages.</summary>
    public ImageDiff Diff(GraphImage before, GraphImage after) => ImageDiffer.Compare(before, after);

    /// <summary>
    /// Recomputes every hash of an image: from the tags that sign it to the commit, its tree, each object, file and layer.
    /// </summary>
    /// <param name="image">The version.</param>
    /// <param name="signers">
    /// A file of those one of whom has to have signed it (ssh-keygen(1), "ALLOWED SIGNERS"); null to check signatures against their own
    /// keys only.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ImageVerification> VerifyAsync(GraphImage image, string? signers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (signatures, problems) = await new Signatures(_folder, _time).VerifyAsync(image, signers, cancellationToken);
        var found = await new Verifier(image).RunAsync(cancellationToken);
        return found with { Signatures = signatures, Problems = [.. problems, .. found.Problems] };
    }

    /// <summary>Recomputes every hash of an image; see the other one.</summary>
    public Task<ImageVerification> VerifyAsync(GraphImage image, CancellationToken cancellationToken) => VerifyAsync(image, null, cancellationToken);

    /// <summary>
    /// Signs a version with an ssh key: an annotated tag <c>refs/tags/image/NAME/@COMMIT-KEY</c> that goes along in pushes, pulls and
    /// bundles, and that <c>git verify-tag</c> understands. The version's id stays what it is. Signed again with the same key, the tag
    /// that is there is returned.
    /// </summary>
    /// <param name="image">The version.</param>
    /// <param name="key">A public key whose private half is beside it or with ssh-agent, or a private key; null for git's <c>user.signingkey</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ImageSignature> SignAsync(GraphImage image, string? key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new Signatures(_folder, _time).SignAsync(image, key, cancellationToken);
    }

    /// <summary>
    /// Pushes lineages and their signatures to another graph. All of them or, when one cannot be moved forward there
    /// (<see cref="ImageFault.Diverged"/>) or anything else is in the way, none.
    /// </summary>
    /// <param name="remote">What git can push to: a folder, <c>ssh://…</c>, <c>host:path</c>, <c>https://…</c>, a remote's short name.</param>
    /// <param name="names">Lineages, all below a name (<c>shop</c> means <c>shop/1.0</c> too), or names without their beginning; none for all.</param>
    /// <param name="progress">Hears how far git is, in its words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ImageTransfer> PushAsync(string remote, IReadOnlyList<string> names, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(names);
        return new Transport(_folder, _time, progress).PushAsync(remote, names, cancellationToken);
    }

    /// <summary>Pulls lineages and their signatures from another graph or a bundle, each object checked: all of them, or none.</summary>
    /// <param name="remote">What git can fetch from, as for <see cref="PushAsync"/>, or a bundle.</param>
    /// <param name="names">As for <see cref="PushAsync"/>.</param>
    /// <param name="progress">Hears how far git is, in its words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ImageTransfer> PullAsync(string remote, IReadOnlyList<string> names, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(names);
        return new Transport(_folder, _time, progress).PullAsync(remote, names, cancellationToken);
    }

    /// <summary>Writes lineages and their signatures into one file, which <see cref="PullAsync"/> reads anywhere.</summary>
    /// <param name="file">The bundle; one that is there is replaced.</param>
    /// <param name="names">As for <see cref="PushAsync"/>.</param>
    /// <param name="since">Versions that the receiver has: they and what is before them are left out.</param>
    /// <param name="progress">Hears how far git is, in its words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<CreatedBundle> CreateBundleAsync(string file, IReadOnlyList<string> names, IReadOnlyList<ObjectId> since, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(since);
        return new Bundles(_folder, _time, progress).CreateAsync(file, names, since, cancellationToken);
    }

    /// <summary>Reads a whole bundle, checks each object and verifies the newest version of each lineage, signatures included. Changes nothing.</summary>
    /// <param name="file">The bundle.</param>
    /// <param name="graph">The graph that it is for, which may have what the bundle continues; null for none.</param>
    /// <param name="signers">As for <see cref="VerifyAsync(GraphImage, string?, CancellationToken)"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Hears how far git is, in its words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task<BundleCheck> VerifyBundleAsync(string file, string? graph, string? signers, TimeProvider time, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Bundles.VerifyAsync(file, graph, signers, time, progress, cancellationToken);
    }

    /// <summary>What the versions of a lineage take on disk, the newest first, and which files take most.</summary>
    public ImageUsage Usage(GraphImage newest, int filesMax = 10) => new UsageCounter(_folder.Objects).Count([.. History(newest)], filesMax);

    /// <summary>What each lineage takes on disk, and what of it no other needs.</summary>
    public IReadOnlyList<LineageUsage> Usage() =>
        new UsageCounter(_folder.Objects).Count([.. Lineages().Select(each => (each.Name, (IReadOnlyList<GraphImage>)[.. History(Load(each.Commit))]))]);

    /// <summary>Loads the version that a commit is.</summary>
    public GraphImage Load(ObjectId commit)
    {
        // An import, of this process or another, may have brought it since.
        if (!_folder.Objects.Contains(commit)) _folder.Objects.Refresh();
        var text = CommitText.Parse(_folder.Objects.Read(commit, ObjectType.Commit), commit);
        return new GraphImage(_folder.Objects, commit, text, text.Trailer("Image") ?? commit.ToShortString());
    }

    /// <summary>Removes what no branch or tag refers to and packs the rest together, deltas included. Waits for imports to end.</summary>
    /// <returns>Bytes of all objects before and after.</returns>
    public async Task<(long Before, long After)> CollectGarbageAsync(CancellationToken cancellationToken)
    {
        using var alone = await GraphLock.AloneAsync(Path, _time, cancellationToken);
        var before = ObjectBytes();
        await _folder.Git.RunAsync(["reflog", "expire", "--expire=now", "--all"], cancellationToken);
        await _folder.Git.RunAsync(["gc", "--quiet", "--prune=now"], cancellationToken);
        _folder.Objects.Refresh();
        return (before, ObjectBytes());
    }

    /// <summary>Removes the folder when it holds no lineage and nobody imports into it.</summary>
    public void RemoveIfEmpty()
    {
        using var alone = GraphLock.TryAlone(Path);
        if (alone is not null && Lineages().Count == 0) Directory.Delete(Path, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private long ObjectBytes() => new DirectoryInfo(System.IO.Path.Combine(Path, "objects")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private ObjectId ByPrefix(string digits, string reference)
    {
        digits = digits.ToLowerInvariant();
        if (digits.Length is < PrefixMin or > 2 * ObjectId.Size || !digits.All(char.IsAsciiHexDigit))
            throw ImageException.Of(ImageFault.BadName, $"\"{reference}\" is no version of an image.", fix: $"A commit has {PrefixMin} to 40 hexadecimal digits.");
        var found = _folder.Objects.StartingWith(digits, 2).Where(IsCommit).ToList();
        return found.Count == 1 ? found[0]
            : throw ImageException.Of(ImageFault.NotFound, found.Count == 0 ? $"There is no version {digits} in {Path}." : $"More than one version begins with {digits}.", fix: found.Count == 0 ? "\"flotilla image log NAME\" lists the versions of an image." : "Write more of its digits.");
    }

    private bool IsCommit(ObjectId id)
    {
        _folder.Objects.Read(id, out var type);
        return type == ObjectType.Commit;
    }
}
