using System.Text;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files.Real;

namespace Flotilla.Inspection.Changes.Real;

/// <summary>
/// The files of a commit in a temporary folder, gone when disposed. A repository of its own borrows the objects
/// (gitrepository-layout(5), <c>objects/info/alternates</c>); its attributes switch off all filters, so that nothing but git runs.
/// </summary>
internal sealed class BaseTree : IDisposable
{
    // Precedence over the tree's .gitattributes (gitattributes(5)). Filters are programs; a keyword would differ with each commit.
    private const string Attributes = "* !filter !ident !diff !merge\n";

    private readonly GitRepository _git;
    private readonly IMachine _machine;
    private readonly string _commit;
    private readonly Dictionary<string, string> _environment;

    private BaseTree(IMachine machine, GitRepository git, string commit, string folder)
    {
        (_machine, _git, _commit, Top) = (machine, git, commit, folder);
        // Inside a hook, git's variables name the files of the repository that was left.
        _environment = new(StringComparer.Ordinal)
        {
            ["GIT_DIR"] = Path.Combine(folder, ".git"),
            ["GIT_COMMON_DIR"] = Path.Combine(folder, ".git"),
            ["GIT_WORK_TREE"] = folder,
            ["GIT_INDEX_FILE"] = Path.Combine(folder, ".git", "index"),
            ["GIT_OBJECT_DIRECTORY"] = Path.Combine(folder, ".git", "objects"),
            ["GIT_PREFIX"] = "",
        };
    }

    /// <summary>The top of the tree, absolute.</summary>
    public string Top { get; }

    /// <summary>The folder that stands for the one under inspection; an empty one when the commit has none.</summary>
    public string Root { get; private set; } = "";

    /// <exception cref="ProblemException">Objects of the commit are not here.</exception>
    public static async Task<BaseTree> CheckOutAsync(IMachine machine, GitRepository git, string commit, CancellationToken cancellationToken)
    {
        var tree = new BaseTree(machine, git, commit, Directory.CreateTempSubdirectory("flotilla-base-").FullName);
        try
        {
            await tree.GitAsync(tree.Top, tree._environment, ["init", "-q", "--template=", $"--object-format={git.Format}"], cancellationToken);
            var info = Directory.CreateDirectory(Path.Combine(tree.Top, ".git", "info")).FullName;
            await File.WriteAllTextAsync(Path.Combine(info, "attributes"), Attributes, cancellationToken);
            var objects = Directory.CreateDirectory(Path.Combine(tree.Top, ".git", "objects", "info")).FullName;
            await File.WriteAllTextAsync(Path.Combine(objects, "alternates"), git.Objects + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
            await tree.GitAsync(tree.Top, tree._environment, ["read-tree", commit], cancellationToken);
            await tree.GitAsync(tree.Top, tree._environment, ["checkout-index", "--all", "--quiet"], cancellationToken);
            tree.Root = tree.FindRoot();
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Files that have another name now: the name now, and the name in the commit, both relative to the top. Files that git does not know yet take
    /// part, so that a renaming need not be staged.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> RenamedAsync(CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal)
        {
            ["GIT_WORK_TREE"] = _git.Top,
            ["GIT_INDEX_FILE"] = Path.Combine(Top, ".git", "renames"),
        };
        await GitAsync(_git.Top, environment, ["read-tree", _commit], cancellationToken);
        // Only names are added. A file that may not be read is left out.
        await Git.RunAsync(_machine, _git.Top, ["add", "--intent-to-add", "--ignore-errors", "."], cancellationToken, environment);
        var said = (await GitAsync(_git.Top, environment, ["diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", _commit], cancellationToken)).Split('\0');
        var renamed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 2 < said.Length; i += 3) renamed[said[i + 2]] = said[i + 1];
        return renamed;
    }

    // The folder may be newer than the commit, which may have a file there, or a link that leads anywhere.
    private string FindRoot()
    {
        var folder = Top;
        foreach (var name in _git.Prefix.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            folder = Path.Combine(folder, name);
            if (new FileInfo(folder) is { LinkTarget: not null } or { Exists: true }) return Directory.CreateDirectory(Path.Combine(Top, ".git", "none")).FullName;
        }
        return Directory.CreateDirectory(folder).FullName;
    }

    private async Task<string> GitAsync(string folder, IReadOnlyDictionary<string, string> environment, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Git.RunAsync(_machine, folder, arguments, cancellationToken, environment);
        if (result.Succeeded) return result.Output;
        throw new ProblemException(new Problem($"The files of the commit {_commit[..Math.Min(10, _commit.Length)]} cannot be had.",
            Why: $"git {arguments[0]} ended with {result.ExitCode}: {string.Join(" / ", result.Error.Trim().Split('\n').Take(3))}", Fix: "Run \"git fsck\", or \"git fetch --refetch\" in a partial clone, and try again."));
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Top, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A temporary folder that stays does no harm.
        }
    }
}
