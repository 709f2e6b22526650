using System.CommandLine;
using Flotilla.Console;
using Flotilla.Detection;

namespace Flotilla.Cli.Bench;

/// <summary><c>flotilla bench detectors</c>.</summary>
internal static class DetectorsCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("detectors", "List the detectors: what they find, what a point costs, where they come from");
        command.SetAction(_ => Run(terminal));
        return command;
    }

    private static int Run(Terminal terminal)
    {
        List<DetectorOutput> detectors = [.. DetectorCatalog.All.Select(definition => new DetectorOutput(
            definition.Name, GroupsOf(definition), definition.Facts?.Summary, definition.Facts?.Cost, definition.Facts?.Memory, definition.Facts?.Source,
            [.. definition.Settings.Select(setting => new SettingOutput(setting.Name, setting.Value))]))];
        if (terminal.Format == OutputFormat.Json)
        {
            terminal.Json(new(detectors), BenchCliJson.Default.DetectorsOutput);
            return ExitCodes.Done;
        }
        terminal.Table(["detector", "groups", "a point costs", "memory", "what it finds"],
            detectors.Select(each => (string[])[each.Name, string.Join(' ', each.Groups), each.Cost ?? "", each.Memory ?? "", each.Summary ?? ""]));
        terminal.Line();
        terminal.Line("Sources:");
        foreach (var each in detectors.Where(each => each.Source is not null)) terminal.Line($"  {each.Name}: {each.Source}");
        return ExitCodes.Done;
    }

    private static List<string> GroupsOf(DetectorDefinition definition)
    {
        (string Name, IReadOnlyList<DetectorDefinition> Detectors)[] groups =
            [("recommended", DetectorCatalog.Recommended), ("modern", DetectorCatalog.Modern), ("crucible", DetectorCatalog.Crucible)];
        return [.. groups.Where(group => group.Detectors.Any(each => each.Name == definition.Name)).Select(group => group.Name)];
    }
}
