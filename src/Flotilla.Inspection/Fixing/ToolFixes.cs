using System.Text.Json;
using Flotilla.Core;
using Flotilla.Inspection.Fixing;
using Flotilla.Inspection.Tools.Programs;

namespace Flotilla.Inspection.Tools.Python
{
    internal sealed partial class Pycodestyle : IFixingTool
    {
        public Task<FixOutcome> FindFixesAsync(ToolRun run, IReadOnlyList<Finding> findings, CancellationToken cancellationToken) => Task.FromResult(PythonLayoutFixes.Find(run, findings));
    }

    internal sealed partial class Pylint : IFixingTool
    {
        public Task<FixOutcome> FindFixesAsync(ToolRun run, IReadOnlyList<Finding> findings, CancellationToken cancellationToken) => Task.FromResult(PythonLayoutFixes.Find(run, findings));
    }

    internal sealed partial class Ruff : IFixingTool
    {
        /// <summary>The fixes that ruff calls safe: those that keep what the program does.</summary>
        public Task<FixOutcome> FindFixesAsync(ToolRun run, IReadOnlyList<Finding> findings, CancellationToken cancellationToken) => FixesAsync(run, findings, Fixes, cancellationToken);

        internal static IEnumerable<RawFix> Fixes(string output, ToolPaths paths)
        {
            using var messages = JsonDocument.Parse(output);
            foreach (var message in messages.RootElement.EnumerateArray())
            {
                if (message.GetProperty("fix") is not { ValueKind: JsonValueKind.Object } fix || fix.GetProperty("applicability").GetString() is not ("safe" or "Safe" or "always" or "automatic")) continue;
                var location = message.GetProperty("location");
                yield return new RawFix(paths.Of(message.GetProperty("filename").GetString()!), message.GetProperty("code").GetString() ?? "", location.GetProperty("row").GetInt32(), location.GetProperty("column").GetInt32(),
                    [.. fix.GetProperty("edits").EnumerateArray().Select(edit => new TextEdit(Row(edit, "location"), Column(edit, "location"), Row(edit, "end_location"), Column(edit, "end_location"), edit.GetProperty("content").GetString() ?? ""))]);
            }

            static int Row(JsonElement edit, string place) => edit.GetProperty(place).GetProperty("row").GetInt32();
            static int Column(JsonElement edit, string place) => edit.GetProperty(place).GetProperty("column").GetInt32();
        }
    }
}

namespace Flotilla.Inspection.Tools.Shell
{
    internal sealed partial class Shellcheck : IFixingTool
    {
        public Task<FixOutcome> FindFixesAsync(ToolRun run, IReadOnlyList<Finding> findings, CancellationToken cancellationToken) => FixesAsync(run, findings, Fixes, cancellationToken);

        internal static IEnumerable<RawFix> Fixes(string output, ToolPaths paths)
        {
            using var report = JsonDocument.Parse(output);
            foreach (var comment in report.RootElement.GetProperty("comments").EnumerateArray())
            {
                if (comment.GetProperty("fix") is not { ValueKind: JsonValueKind.Object } fix) continue;
                // Where several replacements begin at one place, the one of the least precedence stands first.
                var edits = fix.GetProperty("replacements").EnumerateArray().OrderBy(edit => edit.GetProperty("precedence").GetInt32())
                    .Select(edit => new TextEdit(Number(edit, "line"), Number(edit, "column"), Number(edit, "endLine"), Number(edit, "endColumn"), edit.GetProperty("replacement").GetString() ?? ""));
                yield return new RawFix(paths.Of(comment.GetProperty("file").GetString()!), $"SC{Number(comment, "code")}", Number(comment, "line"), Number(comment, "column"), [.. edits]);
            }

            static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
        }
    }
}

namespace Flotilla.Inspection.Tools.Programs
{
    /// <summary>A fix as a program prints it, with what tells its finding.</summary>
    internal sealed record RawFix(string Path, string Code, int Line, int Column, IReadOnlyList<TextEdit> Edits);

    internal abstract partial class ProgramTool
    {
        /// <summary>Runs the program as for findings and reads the fixes of those that are wanted.</summary>
        protected async Task<FixOutcome> FixesAsync(ToolRun run, IReadOnlyList<Finding> findings, Func<string, ToolPaths, IEnumerable<RawFix>> read, CancellationToken cancellationToken)
        {
            var fixes = new List<FindingFix>();
            var paths = new ToolPaths(run.Tree);
            foreach (var files in Chunks(run.Files))
            {
                var result = await StartAsync(run, files, cancellationToken);
                if (Ended(result, run) is { } failure) return new FixOutcome(fixes, failure);
                try
                {
                    foreach (var fix in read(result.Output, paths))
                        if (findings.FirstOrDefault(finding => finding.Location.Path == fix.Path && finding.Code == fix.Code && finding.Location.Line == fix.Line && (finding.Location.Column is null || finding.Location.Column == fix.Column)) is { } wanted)
                            fixes.Add(new FindingFix(wanted, fix.Edits));
                }
                catch (Exception garbage) when (garbage is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
                {
                    return new FixOutcome(fixes, new Problem($"{Name} printed what is not its format.", Why: FirstLines($"{garbage.Message} {result.Error}{result.Output}"), Fix: Suspect));
                }
            }
            return new FixOutcome(fixes);
        }
    }
}
