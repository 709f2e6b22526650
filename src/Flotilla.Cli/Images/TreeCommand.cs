using System.CommandLine;
using System.Globalization;
using Flotilla.Console;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image tree [NAME…]</c>: which version came from which.</summary>
internal static class TreeCommand
{
    public static Command Create(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "Images to begin with; all unless given", Arity = ArgumentArity.ZeroOrMore };
        var graph = ImageCommands.Graph;
        var command = new Command("tree", "Draw which versions of images came from which") { names, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var chosen = parsed.GetValue(names)!;
            var ancestry = images.Ancestry(chosen.Length == 0 ? null : [.. chosen.Select(images.Find)]);
            if (terminal.Format == OutputFormat.Json) terminal.Json(new LineagesOutput([.. ancestry.Versions.Select(ImageCommands.Version)]), ImageJson.Default.LineagesOutput);
            else if (ancestry.Versions.Count == 0) terminal.Note("There are no images yet.");
            else
            {
                var newest = images.Lineages().Select(each => each.Commit).ToHashSet();
                var width = ancestry.Versions.Max(image => image.Name.Length);
                foreach (var line in ancestry.Draw(image => string.Create(
                    CultureInfo.InvariantCulture, $"{image.Name.PadRight(width)}  {image.Commit.ToShortString()}  {image.Time:yyyy-MM-dd HH:mm}{(newest.Contains(image.Commit) ? "  newest" : "")}")))
                    terminal.Line(line);
            }
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
