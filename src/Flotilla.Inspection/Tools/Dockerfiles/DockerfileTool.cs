using System.Text.RegularExpressions;
using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Dockerfiles;

/// <summary>
/// Dockerfiles, by rules of our own that bear the codes of hadolint where they are the same, so that its users' comments and configuration hold.
/// Nothing in the file is run.
/// </summary>
internal sealed partial class DockerfileTool : ITool
{
    private static readonly string[] Configuration = [".hadolint.yaml", ".hadolint.yml"];

    public string Name => "dockerfile";

    public string Description => "mistakes in Dockerfiles";

    public bool RunsByDefault => true;

    public string Install => "It is part of Flotilla.";

    public ToolScope Scope => ToolScope.File;

    public bool Takes(SourceFile file) => file.Language == Languages.Dockerfile;

    public Task<string?> FindVersionAsync(IMachine machine, CancellationToken cancellationToken) => Task.FromResult<string?>(BuiltIn.Version);

    public IReadOnlyList<string> Reads(SourceTree tree, ToolSettings settings) =>
        settings.ExternalConfiguration ? [.. Configuration.Select(name => Path.Combine(tree.Root, name))] : [];

    public Task<ToolOutcome> RunAsync(ToolRun run, CancellationToken cancellationToken)
    {
        var (findings, suppressed) = (new List<Finding>(), new List<SuppressedFinding>());
        ProfileNode? configuration;
        try
        {
            configuration = Configured(run);
        }
        catch (ProblemException broken)
        {
            return Task.FromResult(new ToolOutcome([], broken.Problems[0]));
        }
        var ignored = Strings(configuration?["ignored"]).ToHashSet(StringComparer.Ordinal);
        var settings = new DockerSettings([.. Strings(configuration?["trustedRegistries"]), .. (run.Settings.Options.GetValueOrDefault("trusted-registries") as IEnumerable<object?> ?? []).OfType<string>()]);
        foreach (var file in run.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = FileText.Of(file.FullPath);
            foreach (var (finding, by) in Inspect(file.Path, text, settings))
            {
                if (ignored.Contains(finding.Code) || !CodeList.Wants(run.Settings, finding.Code)) continue;
                var shown = finding with { Severity = Overridden(configuration?["override"], finding) };
                if (by is null) findings.Add(shown);
                else suppressed.Add(new SuppressedFinding(shown, by.Text, by.Line));
            }
        }
        return Task.FromResult(new ToolOutcome(findings) { Suppressed = suppressed });
    }

    /// <summary>All that is found in a text, each with the comment that silences it.</summary>
    internal static IEnumerable<(Finding Finding, DockerComment? By)> Inspect(string path, string text, DockerSettings settings)
    {
        var file = DockerfileParser.Parse(text);
        var comments = file.Comments.Select(comment => (Comment: comment, Pragma: Pragma().Match(comment.Text))).Where(comment => comment.Pragma.Success)
            .Select(comment => (comment.Comment, Global: comment.Pragma.Groups["global"].Success, Codes: comment.Pragma.Groups["codes"].Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))).ToList();
        foreach (var mistake in file.Mistakes)
            yield return (new Finding("dockerfile", "DL1000", mistake.Message, new FindingLocation(path, mistake.Line)) { Severity = Severity.Error }, null);
        foreach (var rule in DockerRule.All)
            foreach (var (at, message) in rule.Find(file, settings))
            {
                var finding = new Finding("dockerfile", rule.Code, message, new FindingLocation(path, at.Line, 1) { EndLine = at.EndLine }) { Severity = rule.Severity, DocUrl = $"https://github.com/hadolint/hadolint/wiki/{rule.Code}" };
                yield return (finding, comments.Where(comment => (comment.Global || comment.Comment.Before == at.Line) && comment.Codes.Contains(rule.Code, StringComparer.Ordinal)).Select(comment => comment.Comment).FirstOrDefault());
            }
    }

    private static ProfileNode? Configured(ToolRun run)
    {
        if (!run.Settings.ExternalConfiguration) return null;
        foreach (var name in Configuration)
            if (Path.Combine(run.Tree.Root, name) is var path && File.Exists(path)) return SafeYaml.Load(path, name, BoundedText.Read(path, name));
        return null;
    }

    private static IEnumerable<string> Strings(ProfileNode? list) => (list?.Items ?? []).Select(item => item.Text);

    private static Severity Overridden(ProfileNode? levels, Finding finding)
    {
        foreach (var (level, severity) in ((string, Severity)[])[("error", Severity.Error), ("warning", Severity.Warning), ("info", Severity.Note), ("style", Severity.Note)])
            if (Strings(levels?[level]).Contains(finding.Code, StringComparer.Ordinal)) return severity;
        return finding.Severity;
    }

    [GeneratedRegex(@"^#\s*hadolint\s+(?<global>global\s+)?ignore\s*=\s*(?<codes>[A-Za-z0-9, ]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Pragma();
}
