using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files.Real;

namespace Flotilla.Inspection.Changes.Real;

/// <summary>What git knows of the folder under inspection.</summary>
internal sealed class GitRepository
{
    private readonly IMachine _machine;
    private readonly string _folder;

    private GitRepository(IMachine machine, string folder, string top, string prefix, string objects, string format) =>
        (_machine, _folder, Top, Prefix, Objects, Format) = (machine, folder, top, prefix, objects, format);

    /// <summary>The top of the work tree, absolute.</summary>
    public string Top { get; }

    /// <summary>The folder under inspection, relative to the top, ending with <c>/</c>; empty for the top.</summary>
    public string Prefix { get; }

    /// <summary>The folder of the repository's objects, absolute.</summary>
    public string Objects { get; }

    /// <summary>The hash that objects are named by: <c>sha1</c>.</summary>
    public string Format { get; }

    /// <exception cref="ProblemException">There is no git, the folder is in no work tree, or the work tree has no commit.</exception>
    public static async Task<GitRepository> OpenAsync(IMachine machine, string folder, CancellationToken cancellationToken)
    {
        var asked = await Git.RunAsync(machine, folder, ["rev-parse", "--is-inside-work-tree", "--show-toplevel", "--path-format=absolute", "--git-path", "objects", "--show-object-format", "--show-prefix"], cancellationToken);
        if (asked.ExitCode == 127) throw Wrong("Without git it is not known what is new.", asked.Error.Trim(), "Install git, or use a baseline.");
        var said = asked.Output.Split('\n');
        if (!asked.Succeeded || said is not ["true", _, _, _, _, ..])
            throw Wrong("It is not known what is new here.", $"{folder} is in no work tree of git.", "Inspect a folder of a repository, or use a baseline.");
        var repository = new GitRepository(machine, folder, said[1], said[4], said[2], said[3]);
        if (await repository.CommitAsync("HEAD", cancellationToken) is null)
            throw Wrong("It is not known what is new here.", $"The repository at {repository.Top} has no commit yet.", "Commit first, or inspect everything.");
        return repository;
    }

    /// <summary>The commit that a name means; null when it means none.</summary>
    public async Task<string?> CommitAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length == 0 || name.StartsWith('-')) return null;
        var result = await RunAsync(["rev-parse", "--verify", "--quiet", name + "^{commit}"], cancellationToken);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    /// <summary>The newest commit that two have in common; null when there is none here.</summary>
    public async Task<string?> MergeBaseAsync(string one, string other, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["merge-base", one, other], cancellationToken);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    /// <summary>Whether history was cut off when the repository was cloned.</summary>
    public async Task<bool> IsShallowAsync(CancellationToken cancellationToken) =>
        (await RunAsync(["rev-parse", "--is-shallow-repository"], cancellationToken)).Output.Trim() == "true";

    /// <summary>The names of branches and tags, for suggestions.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken) =>
        (await RunAsync(["for-each-ref", "--format=%(refname:short)", "--sort=-committerdate", "--count=200", "refs/heads", "refs/remotes", "refs/tags"], cancellationToken)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<CommandResult> RunAsync(string[] arguments, CancellationToken cancellationToken) => Git.RunAsync(_machine, _folder, arguments, cancellationToken);

    private static ProblemException Wrong(string what, string why, string fix) => new(new Problem(what, Why: why, Fix: fix));
}
