using Flotilla.Core;
using Flotilla.Inspection;
using Flotilla.Inspection.Blending;
using Flotilla.Inspection.Tools;
using Flotilla.Inspection.Tools.Described;

namespace Flotilla.Cli.Inspect;

/// <summary>The tools of Flotilla and those that the current folder describes; which of their names are one defect's.</summary>
internal static class InspectedTools
{
    private const string DefectsFile = ".flotilla/defects.yaml";

    public static Toolbox Here(bool noCache)
    {
        var tools = Toolbox.BuiltIn(noCache ? null : InspectionRequest.UsualCacheFolder(Environment.GetEnvironmentVariable));
        return ToolDescription.LoadAll(Environment.CurrentDirectory).Aggregate(tools, (all, description) => all.With(description.ToTool()));
    }

    public static DefectNames Names() => File.Exists(DefectsFile)
        ? DefectNames.BuiltIn.With(File.ReadAllText(DefectsFile), new SourceLocation(Path.GetFullPath(DefectsFile), 0) { Shown = DefectsFile })
        : DefectNames.BuiltIn;
}
