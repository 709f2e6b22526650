using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Changes.Real;
using Flotilla.Inspection.Fingerprints;
using Flotilla.Inspection.Reports;

namespace Flotilla.Inspection.Changes;

/// <summary>
/// Tells the findings that a change brought from those that were there: the tree is inspected as it is and as it was, by the same request, and what was
/// there is left out by content, not by line. Files that were renamed are followed.
/// </summary>
public static class NewFindings
{
    /// <summary>Inspects the tree and its base.</summary>
    /// <param name="inspector">Runs the tools.</param>
    /// <param name="request">What and how, as for the tree alone. With a cache, only what differs from the base is run twice, and once.</param>
    /// <param name="base">A branch, tag or commit: its newest commit in common with HEAD is the base. Null for the upstream branch, else the main branch
    /// (<c>origin/HEAD</c>, <c>origin/main</c>, <c>origin/master</c>, <c>main</c>, <c>master</c>), else HEAD, that is, work not committed.</param>
    /// <param name="machine">Runs git.</param>
    /// <param name="cancellationToken">Kills the tools.</param>
    /// <exception cref="ProblemException">There is no repository, no commit, or no such base; or a path is not there.</exception>
    public static async Task<NewFindingsReport> InspectAsync(Inspector inspector, InspectionRequest request, string? @base, IMachine machine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inspector);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(machine);
        var git = await GitRepository.OpenAsync(machine, request.Root, cancellationToken);
        var revision = await BaseFinder.FindAsync(git, @base, cancellationToken);
        // The tree goes first: what it has in common with its base is in the cache then.
        var report = await inspector.InspectAsync(request, cancellationToken);
        using var tree = await BaseTree.CheckOutAsync(machine, git, revision.Commit, cancellationToken);
        RestoredProjects.Copy(git.Top, tree.Top);
        var names = new BaseNames(git.Top, git.Prefix, tree.Top, await tree.RenamedAsync(cancellationToken));
        var paths = names.Paths(request);
        if (request.Paths.Count > 0 && paths.Count == 0) return new NewFindingsReport(report, revision);
        var before = await inspector.InspectAsync(request with { Root = tree.Root, Paths = paths, CacheName = request.Root + " base", CacheBeside = request.CacheName ?? request.Root }, cancellationToken);

        var linesNow = new SourceLines(git.Top);
        var linesBefore = new SourceLines(tree.Top);
        var known = before.Findings.Select(finding => finding with { Location = finding.Location with { Path = names.Now(finding.Location.Path) } }).Order(FindingOrder.Instance).ToList();
        var fingerprintsBefore = Fingerprint.Of(known, path => linesBefore.Of(Path.Combine(tree.Root, names.Before(path))));
        var were = fingerprintsBefore.ToHashSet(StringComparer.Ordinal);
        var fingerprints = Fingerprint.Of(report.Findings, path => linesNow.Of(Path.Combine(git.Top, git.Prefix, path)));
        var fresh = report.Findings.Where((_, i) => !were.Contains(fingerprints[i])).ToList();
        return new NewFindingsReport(report with { Findings = fresh, Known = report.Findings.Count - fresh.Count }, revision)
        {
            Gone = fingerprintsBefore.Except(fingerprints, StringComparer.Ordinal).Count(),
            Unjudged = [.. before.Tools.Where(tool => tool.State == ToolState.Failed && report.Tools.Any(now => now.Name == tool.Name && now.State == ToolState.Ran))],
        };
    }
}
