using Flotilla.Core;
using Flotilla.Core.Machines;
using Flotilla.Inspection.Files;
using Flotilla.Inspection.Tools;

namespace Flotilla.Inspection.Fixing;

/// <summary>
/// Mends findings, by the tools that can. Only what a report holds is mended, so that what a profile, a comment or a baseline silences stays as it is. A
/// file that would no longer be understood by its language, or that changed meanwhile, is left alone.
/// </summary>
/// <param name="machine">Runs the tools and writes the files.</param>
public sealed class Fixer(IMachine machine)
{
    // It compiles a text to a syntax tree and runs nothing of it (docs.python.org, "ast").
    private const string ParsePython = "import ast,sys\ntry:\n    ast.parse(sys.stdin.buffer.read())\nexcept (SyntaxError, ValueError) as e:\n    sys.exit('line %s: %s' % (getattr(e, 'lineno', 0), getattr(e, 'msg', e)))\n";

    /// <summary>Mends what a report found.</summary>
    /// <param name="request">What the report was made by.</param>
    /// <param name="report">What is to be mended.</param>
    /// <param name="dryRun">True to write nothing: the result says what would be.</param>
    /// <param name="cancellationToken">Stops between two files; each is replaced in one step.</param>
    public async Task<FixReport> FixAsync(InspectionRequest request, InspectionReport report, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(report);
        var (fixes, failures) = await FindAsync(request, report, cancellationToken);
        var (files, refused, overlapping) = (new List<FixedFile>(), new List<RefusedFix>(), 0);
        foreach (var file in fixes.GroupBy(fix => fix.Finding.Location.Path, StringComparer.Ordinal).OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var full = Path.GetFullPath(file.Key, request.Root);
            var ordered = file.OrderBy(fix => fix.Finding, FindingOrder.Instance).ToList();
            try
            {
                if (machine.Stat(full) is not { Kind: FileKind.File } status) continue;
                var bytes = machine.ReadFile(full);
                if (EncodedText.Of(bytes) is not { } text) continue;
                var (after, mended, left) = FixSet.Apply(new TextLines(text.Text), ordered);
                overlapping += left;
                if (mended.Count == 0 || after == text.Text) continue;
                if (await BreaksAsync(file.Key, text, after, cancellationToken) is { } broken) refused.Add(new RefusedFix(file.Key, mended, broken));
                else if (!machine.ReadFile(full).AsSpan().SequenceEqual(bytes)) refused.Add(new RefusedFix(file.Key, mended, new Problem($"{file.Key} changed while it was mended.", Fix: "Mend it again.")));
                else
                {
                    if (!dryRun) machine.WriteFile(full, text.Bytes(after), status.Mode, status.Owner);
                    files.Add(new FixedFile(file.Key, text.Text, after, mended));
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                refused.Add(new RefusedFix(file.Key, [.. ordered.Select(fix => fix.Finding)], new Problem($"{file.Key} cannot be written.", Why: failure.Message, Fix: "Check that you may write it.")));
            }
        }
        return new FixReport { Files = files, Refused = refused, Overlapping = overlapping, Failures = failures, Written = !dryRun };
    }

    private async Task<(List<FindingFix> Fixes, List<Problem> Failures)> FindAsync(InspectionRequest request, InspectionReport report, CancellationToken cancellationToken)
    {
        var (fixes, failures) = (new List<FindingFix>(), new List<Problem>());
        foreach (var tool in request.Tools.Tools.OfType<IFixingTool>())
        {
            if (report.Tools.All(ran => ran.Name != tool.Name || ran.State != ToolState.Ran)) continue;
            var said = report.Findings.SelectMany(finding => InWordsOf(tool.Name, finding)).ToList();
            var files = said.Select(finding => finding.Location.Path).Distinct(StringComparer.Ordinal).Select(path => (Path: path, Full: Path.GetFullPath(path, request.Root)))
                .Select(file => new SourceFile(file.Path, file.Full, Language(tool, file.Path, file.Full))).Where(file => tool.Takes(file)).ToList();
            if (files.Count == 0) continue;
            var settings = request.Profile?.For(tool.Name) ?? new ToolSettings();
            var outcome = await tool.FindFixesAsync(new ToolRun(new SourceTree(request.Root, files), files, settings, machine) { Timeout = request.Timeout }, said, cancellationToken);
            fixes.AddRange(outcome.Fixes);
            if (outcome.Failure is { } failure) failures.Add(failure);
        }
        return (fixes, failures);
    }

    // A finding joins the words of several tools; each mends its own. Columns of what was absorbed are not known.
    private static IEnumerable<Finding> InWordsOf(string tool, Finding finding)
    {
        if (finding.Tool == tool) yield return finding;
        foreach (var name in finding.AlsoReportedBy)
            if (name.Tool == tool) yield return finding with { Tool = tool, Code = name.Code, Message = name.Message, Location = finding.Location with { Column = null }, AlsoReportedBy = [] };
    }

    private static string Language(IFixingTool tool, string path, string full) => LanguageOf.Name(path) ?? (File.Exists(full) ? LanguageOf.Content(Head(full)) : null) ?? Languages.Text;

    private static byte[] Head(string full)
    {
        using var file = File.OpenHandle(full);
        var head = new byte[Unowned.HeadBytes];
        return head[..RandomAccess.Read(file, head, 0)];
    }

    /// <summary>Why a language would no longer understand a text; null when it does, or did not before either, or is not here to be asked.</summary>
    private async Task<Problem?> BreaksAsync(string path, EncodedText before, string after, CancellationToken cancellationToken)
    {
        var language = LanguageOf.Name(path) ?? LanguageOf.Content(before.Encoding.GetBytes(before.Text.Length > Unowned.HeadBytes ? before.Text[..Unowned.HeadBytes] : before.Text));
        Command? check = language switch
        {
            Languages.Python => new Command("python3", ["-I", "-S", "-c", ParsePython], after),
            Languages.Shell => new Command("bash", ["--norc", "--noprofile", "-n"], after),
            _ => null,
        };
        if (check is null) return null;
        var result = await machine.RunAsync(check, cancellationToken);
        if (result.Succeeded || result.ExitCode == 127) return null;
        if (!(await machine.RunAsync(check with { Input = before.Text }, cancellationToken)).Succeeded)
            return language == Languages.Shell ? null : new Problem($"{path} is not valid, so nothing in it is mended.", Why: Last(result.Error), Fix: "Mend its syntax first.");
        return new Problem($"{path} would not be valid any more.", Why: Last(result.Error), Fix: "Mend it by hand, and tell the authors of the tool.");
    }

    private static string Last(string error) => error.Trim().Split('\n')[^1];
}
