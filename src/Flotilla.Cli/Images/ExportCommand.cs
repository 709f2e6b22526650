using System.CommandLine;
using System.Diagnostics;
using Flotilla.Console;
using Flotilla.Images;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image export NAME --to FILE</c>.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var to = new Option<string>("--to") { Description = $"Where to: {ImageLocation.Forms}, docker; FILE.tar gets the only layer, byte for byte as it was imported", HelpName = "PLACE", Required = true };
        var compression = new Option<LayerCompression>("--compression") { Description = "How the layers of an OCI layout or registry are compressed", DefaultValueFactory = _ => LayerCompression.Gzip };
        var plainHttp = ImageCommands.PlainHttp;
        var graph = ImageCommands.Graph;
        var command = new Command("export", "Write an image out of the graph") { name, to, compression, plainHttp, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var start = Stopwatch.GetTimestamp();
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            var file = parsed.GetValue(to)!;
            await terminal.WorkingAsync($"exporting {image.Name}", async () =>
            {
                var registry = ImageCommands.Registry(parsed.GetValue(plainHttp)) with { Compression = parsed.GetValue(compression) };
                await ImageLocation.Parse(file).ToDestination(image.Name, registry).WriteAsync(image, cancellationToken);
                return true;
            }, TimeProvider.System);
            var bytes = image.Layers.Sum(layer => layer.Bytes);
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new ExportOutput(image.Name, image.Commit.ToString(), file, [.. image.Layers.Select(layer => layer.DiffId)], bytes, Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3)), ImageJson.Default.ExportOutput);
            else terminal.Line($"{image.Name} ({image.Commit.ToShortString()}) is in {file}: {ImageCommands.Size(bytes)}", Tone.Good);
            return ExitCodes.Done;
        });
        return command;
    }
}
