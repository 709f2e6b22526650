namespace Flotilla.Inspection.Reports;

/// <summary>A way to write a report down.</summary>
public interface IReportFormat
{
    /// <summary>The name that <c>--output-format</c> and profiles use.</summary>
    string Name { get; }

    /// <summary>Writes all of it; lines end with a line feed.</summary>
    void Write(InspectionReport report, ReportOptions options, TextWriter output);
}

/// <summary>What of a report is written.</summary>
public sealed record ReportOptions
{
    /// <summary>Leave the findings out.</summary>
    public bool SummaryOnly { get; init; }

    /// <summary>Leave the summary out.</summary>
    public bool MessagesOnly { get; init; }

    /// <summary>Write absolute paths.</summary>
    public bool AbsolutePaths { get; init; }

    /// <summary>The merged profile as YAML, to be shown with the summary; null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>Whether the text may have colour (ANSI SGR).</summary>
    public bool Colour { get; init; }
}
