using System.Text.Json;
using Flotilla.Core.Machines.Real;
using Flotilla.Testing;

namespace Flotilla.Inspection.Tests;

/// <summary>A folder of sources, inspected with the real tools.</summary>
internal sealed class Project : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    public string Root => _folder.Path;

    public string Cache => _cache.Path;

    /// <summary>Writes a file; its text loses the indentation of the test.</summary>
    public Project With(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    public Task<InspectionReport> InspectAsync(params string[] tools) => InspectAsync(request => request with { Only = tools });

    public Task<InspectionReport> InspectAsync(Func<InspectionRequest, InspectionRequest> change) =>
        new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(change(new InspectionRequest(Root)), CancellationToken.None);

    /// <summary>Findings as <c>line tool code</c>, those of other tools in parentheses.</summary>
    public static IEnumerable<string> Lines(InspectionReport report) => report.Findings.Select(finding =>
        $"{finding.Location.Path}:{finding.Location.Line} {finding.Tool} {finding.Code}" + (finding.AlsoReportedBy.Count == 0 ? "" : $" ({string.Join(", ", finding.AlsoReportedBy.Select(name => $"{name.Tool} {name.Code}"))})"));

    /// <summary>All that is told of findings, as one text.</summary>
    public static string Everything(InspectionReport report) => JsonSerializer.Serialize(new { report.Findings, report.Suppressed });

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }
}
