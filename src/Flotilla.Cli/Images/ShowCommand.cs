using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Flotilla.Console;
using Flotilla.Images;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image show NAME</c>.</summary>
internal static class ShowCommand
{
    private static readonly string[] Shown = ["Entrypoint", "Cmd", "Env", "User", "WorkingDir", "ExposedPorts", "Volumes", "Labels", "StopSignal"];

    public static Command Create(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var graph = ImageCommands.Graph;
        var command = new Command("show", "Show one version: where it came from, its layers, its configuration") { name, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            using var config = JsonDocument.Parse(image.Config);
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new ShowOutput(
                    image.Name, image.Commit.ToString(), [.. image.Parents.Select(parent => parent.ToString())], image.Time, image.ImageId,
                    [.. image.Layers.Select(layer => new LayerOutput(layer.DiffId, layer.Bytes, layer.Members))], config.RootElement, ImageCommands.Trailers(image)), ImageJson.Default.ShowOutput);
            else Print(image, config.RootElement, terminal);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Print(GraphImage image, JsonElement config, Terminal terminal)
    {
        terminal.Line($"{image.Name} {image.Commit}");
        terminal.Line($"  {image.Subject}, {image.Time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC");
        terminal.Line($"  id {image.ImageId}");
        foreach (var trailer in image.Trailers.Where(each => each.Key is not ("Image" or "Image-Id" or "Diff-Id"))) terminal.Line($"  {trailer.Key}: {trailer.Value}", Tone.Faint);
        terminal.Line(image.Layers.Count == 1 ? "one layer" : $"{image.Layers.Count} layers");
        foreach (var layer in image.Layers) terminal.Line($"  {layer.DiffId}  {ImageCommands.Size(layer.Bytes)}, {layer.Members} members");
        if (!config.TryGetProperty("config", out var settings) || settings.ValueKind != JsonValueKind.Object) return;
        var lines = Shown.Where(key => settings.TryGetProperty(key, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            .Select(key => $"  {key}: {settings.GetProperty(key).GetRawText()}").ToList();
        if (lines.Count > 0) terminal.Line("configuration");
        foreach (var line in lines) terminal.Line(line);
    }
}
