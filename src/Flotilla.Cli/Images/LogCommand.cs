using System.CommandLine;
using System.Globalization;
using Flotilla.Console;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image log [NAME]</c>.</summary>
internal static class LogCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Description = "The image; all images with their newest versions unless given", Arity = ArgumentArity.ZeroOrOne };
        var graph = ImageCommands.Graph;
        var command = new Command("log", "List the versions of an image, or all images") { name, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var one = parsed.GetValue(name);
            var versions = one is null ? images.Lineages().Select(each => images.Load(each.Commit)) : images.History(images.Find(one));
            var listed = versions.Select(ImageCommands.Version).ToList();
            if (terminal.Format == OutputFormat.Json)
            {
                if (one is null) terminal.Json(new LineagesOutput(listed), ImageJson.Default.LineagesOutput);
                else terminal.Json(new LogOutput(listed[0].Name, listed), ImageJson.Default.LogOutput);
            }
            else if (listed.Count == 0) terminal.Note("There are no images yet.");
            else
                terminal.Table(one is null ? ["image", "version", "time", "what"] : ["version", "time", "ancestor", "what"], listed.Select(each =>
                {
                    var time = each.Time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
                    var upstream = each.Trailers.FirstOrDefault(trailer => trailer.Key == "Upstream")?.Value.Split(' ')[0] ?? "";
                    return (IReadOnlyList<string>)(one is null ? [each.Name, each.Commit[..12], time, each.Subject] : [each.Commit[..12], time, upstream, each.Subject]);
                }));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
