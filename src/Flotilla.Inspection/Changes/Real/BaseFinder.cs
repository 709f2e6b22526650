using Flotilla.Core;

namespace Flotilla.Inspection.Changes.Real;

/// <summary>Finds what a change is measured against.</summary>
internal static class BaseFinder
{
    private static readonly string[] Usual = ["@{upstream}", "origin/HEAD", "origin/main", "origin/master", "main", "master"];

    /// <param name="git">The repository.</param>
    /// <param name="wanted">A branch, tag or commit; null for the first there is of the upstream branch and the usual main branches.</param>
    /// <param name="cancellationToken">Stops git.</param>
    /// <exception cref="ProblemException">The name means no commit, or has no history in common with HEAD.</exception>
    public static async Task<BaseRevision> FindAsync(GitRepository git, string? wanted, CancellationToken cancellationToken)
    {
        if (wanted is not null)
        {
            if (await git.CommitAsync(wanted, cancellationToken) is null) throw await UnknownAsync(git, wanted, cancellationToken);
            return await git.MergeBaseAsync("HEAD", wanted, cancellationToken) is { } common
                ? new BaseRevision(wanted, common, $"Measured against {Short(common)}, the newest commit that HEAD and {wanted} have in common.")
                : throw await UnrelatedAsync(git, wanted, cancellationToken);
        }
        foreach (var usual in Usual)
        {
            if (await git.CommitAsync(usual, cancellationToken) is null) continue;
            if (await git.MergeBaseAsync("HEAD", usual, cancellationToken) is { } common)
                return new BaseRevision(usual, common, $"Measured against {Short(common)}, the newest commit that HEAD and {(usual == Usual[0] ? "its upstream branch" : usual)} have in common.");
            if (await git.IsShallowAsync(cancellationToken)) throw await UnrelatedAsync(git, usual, cancellationToken);
        }
        var head = (await git.CommitAsync("HEAD", cancellationToken))!;
        return new BaseRevision("HEAD", head, $"Measured against HEAD ({Short(head)}): there is no upstream branch, and no branch main or master.");
    }

    private static async Task<ProblemException> UnknownAsync(GitRepository git, string wanted, CancellationToken cancellationToken)
    {
        if (await git.IsShallowAsync(cancellationToken))
            return Wrong($"The base \"{wanted}\" is not here.", "The repository is a shallow clone, which leaves out commits and branches.", "Run \"git fetch --unshallow\", or clone with the whole history (fetch-depth: 0 in GitHub Actions).");
        var near = Suggestion.For(wanted, await git.NamesAsync(cancellationToken));
        return Wrong($"The base \"{wanted}\" is not known.", "It names no commit of this repository.", near is null ? "Name a branch, a tag or a commit; \"git fetch\" brings those of others." : $"Did you mean \"{near}\"?");
    }

    private static async Task<ProblemException> UnrelatedAsync(GitRepository git, string name, CancellationToken cancellationToken) =>
        await git.IsShallowAsync(cancellationToken)
            ? Wrong($"It is not known what is new since \"{name}\".", "The repository is a shallow clone, which ends before the commit that HEAD has in common with it.", "Run \"git fetch --unshallow\", or clone with the whole history (fetch-depth: 0 in GitHub Actions).")
            : Wrong($"It is not known what is new since \"{name}\".", "HEAD has no commit in common with it.", "Name a branch or commit that this one began from.");

    private static string Short(string commit) => commit[..Math.Min(10, commit.Length)];

    private static ProblemException Wrong(string what, string why, string fix) => new(new Problem(what, Why: why, Fix: fix));
}
