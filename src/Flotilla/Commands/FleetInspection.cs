using Flotilla.Core.Machines.Real;
using Flotilla.Inspection;
using Flotilla.Inspection.Profiles;
using Flotilla.Inspection.Reports;

namespace Flotilla.Commands;

/// <summary>The code of a fleet, inspected before it goes out: its folder, with the profile that is there.</summary>
internal static class FleetInspection
{
    public static async Task<InspectionReport> RunAsync(FleetContext context, CancellationToken cancellationToken)
    {
        var folder = new InspectedFolder(context.Folder, Environment.GetEnvironmentVariable);
        var request = folder.Request(folder.Profile(new ProfileOptions()));
        return await context.Terminal.WorkingAsync("inspecting the fleet's code", () => new Inspector(new LocalMachine("local"), TimeProvider.System).InspectAsync(request, cancellationToken), TimeProvider.System);
    }

    public static void Print(InspectionReport report, FleetContext context)
    {
        if (report.Findings.Count == 0) context.Terminal.Line($"Inspection: nothing found in {report.Files.Values.Sum()} files.", Console.Tone.Good);
        else ReportFormats.Find("grouped")!.Write(report, new ReportOptions { MessagesOnly = true, Colour = context.Terminal.HasColour }, context.Terminal.Output);
    }
}
