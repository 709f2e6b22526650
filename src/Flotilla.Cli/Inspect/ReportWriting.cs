using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Inspection;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Reports;

namespace Flotilla.Cli.Inspect;

/// <summary>Where a report goes, and in which formats: <c>FORMAT</c> to stdout, <c>FORMAT:FILE:FILE</c> to files.</summary>
internal sealed class ReportWriting
{
    private readonly List<(IReportFormat Format, IReadOnlyList<string> Files)> _targets;
    private readonly Profile _profile;
    private readonly Terminal _terminal;

    private ReportWriting(List<(IReportFormat, IReadOnlyList<string>)> targets, Profile profile, Terminal terminal) => (_targets, _profile, _terminal) = (targets, profile, terminal);

    /// <summary>What options and profile say; found wrong before any tool runs.</summary>
    /// <exception cref="ProblemException">There is no such format.</exception>
    public static ReportWriting Of(Profile profile, Terminal terminal)
    {
        var asked = profile.Options.OutputFormats
            ?? [terminal.Format == OutputFormat.Json ? "json" : profile.OutputFormat ?? ReportFormats.All[0].Name];
        var targets = new List<(IReportFormat, IReadOnlyList<string>)>();
        foreach (var each in asked)
        {
            var parts = each.Split(':');
            var format = ReportFormats.Find(parts[0])
                ?? throw new ProblemException(new Problem($"There is no output format \"{parts[0]}\".", Fix: Suggestion.Sentence(parts[0], [.. ReportFormats.Names])));
            targets.Add((format, parts.Length > 1 ? parts[1..] : profile.Options.OutputFormats is null ? profile.OutputTargets : []));
        }
        return new ReportWriting(targets, profile, terminal);
    }

    /// <summary>The files that it writes.</summary>
    public IEnumerable<string> Files => _targets.SelectMany(target => target.Files);

    public void Write(InspectionReport report)
    {
        var options = new ReportOptions
        {
            MessagesOnly = _profile.Options.MessagesOnly == true,
            SummaryOnly = _profile.Options.SummaryOnly == true,
            AbsolutePaths = _profile.Options.AbsolutePaths == true,
            Profile = _profile.Options.ShowProfile == true ? _profile.ToYaml() : null,
        };
        foreach (var (format, files) in _targets)
        {
            if (files.Count == 0 && !(_profile.Options.Quiet == true && report.Findings.Count == 0))
            {
                using var output = new BufferedWriter(_terminal.Output);
                format.Write(report, options with { Colour = _terminal.HasColour }, output);
            }
            foreach (var file in files) WriteFile(file, format, report, options);
        }
        _terminal.Output.Flush();
        // Workflow commands make the findings annotations; GitHub reads them from any step's output.
        if (Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true" && _targets.All(target => target.Format.Name is not ("github" or "json" or "yaml" or "sarif" or "gitlab" or "xunit" or "html") || target.Files.Count > 0))
            ReportFormats.Find("github")!.Write(report, options, _terminal.Output);
    }

    private static void WriteFile(string file, IReportFormat format, InspectionReport report, ReportOptions options)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using var writer = new StreamWriter(file);
            format.Write(report, options, writer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem($"The report cannot be written to {file}.", Why: failure.Message, Fix: "Name another file after the colon of --output-format."), failure);
        }
    }
}
