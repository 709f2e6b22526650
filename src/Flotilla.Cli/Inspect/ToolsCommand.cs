using System.CommandLine;
using Flotilla.Console;
using Flotilla.Core.Machines.Real;
using Flotilla.Inspection;

namespace Flotilla.Cli.Inspect;

/// <summary><c>flotilla inspect tools</c>.</summary>
internal static class ToolsCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("tools", "List the analysers: which are here, and how to have the others");
        command.SetAction(async (_, cancellationToken) =>
        {
            var here = new InspectedFolder(Environment.CurrentDirectory, Environment.GetEnvironmentVariable, keepResults: false);
            var machine = new LocalMachine("local");
            var tools = await Task.WhenAll(here.Tools.Tools.Select(async tool =>
                new ToolOutput(tool.Name, await tool.FindVersionAsync(machine, cancellationToken), tool.Description, tool.RunsByDefault, tool.Install)));
            if (terminal.Format == OutputFormat.Json) terminal.Json(tools, InspectJson.Default.ToolOutputArray);
            else
                terminal.Table(["TOOL", "VERSION", "RUNS", "LOOKS FOR"], tools.Select(tool => (IReadOnlyList<string>)
                    [tool.Name, tool.Version ?? "-", tool.RunsByDefault ? "always" : "when asked", tool.Version is null ? $"{tool.Description} ({tool.Install})" : tool.Description]));
            return ExitCodes.Done;
        });
        return command;
    }
}
