namespace Flotilla.Inspection.Reports;

/// <summary>
/// The ways to write a report down. Lines and columns count from 1 in all of them. What tools and file names hold is
/// written so that it cannot steer a terminal, a browser or another program.
/// </summary>
public static class ReportFormats
{
    /// <summary>Each of them; the first is the usual one.</summary>
    public static IReadOnlyList<IReportFormat> All { get; } =
    [
        new GroupedFormat(), new TextFormat(), new EmacsFormat(), new JsonFormat(), new YamlFormat(),
        new PylintFormat("pylint", hasColumns: true), new PylintFormat("pylint-parseable", hasColumns: false), new VsCodeFormat(),
        new XunitFormat(), new GitLabFormat(), new GitHubFormat(), new SarifFormat(), new HtmlFormat(),
    ];

    /// <summary>Their names, in the order of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(format => format.Name)];

    /// <summary>The format of a name; null when there is none.</summary>
    public static IReportFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
