using System.CommandLine;
using Flotilla.Console;
using Flotilla.Images.Checking;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image du</c> and <c>gc</c>.</summary>
internal static class UpkeepCommands
{
    public static Command Usage(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Description = "The image; all images unless given", Arity = ArgumentArity.ZeroOrOne };
        var graph = ImageCommands.Graph;
        var command = new Command("du", "Show what the versions of an image take on disk, and which files take most; or what each image takes") { name, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            if (parsed.GetValue(name) is not { } one)
            {
                ShowAll(terminal, images.Usage());
                return Task.FromResult(ExitCodes.Done);
            }
            var image = images.Find(one);
            var usage = images.Usage(image);
            if (terminal.Format == OutputFormat.Json)
            {
                terminal.Json(new UsageOutput(
                    image.Name, [.. usage.Versions.Select(each => new VersionUsageOutput(each.Commit.ToString(), each.Bytes, each.StoredBytes, each.AddedBytes))],
                    [.. usage.Files.Select(each => new FileUsageOutput(each.Path, each.StoredBytes, each.Contents))]), ImageJson.Default.UsageOutput);
                return Task.FromResult(ExitCodes.Done);
            }
            terminal.Table(["version", "image", "stored", "added"], usage.Versions.Select(each => (IReadOnlyList<string>)
                [each.Commit.ToShortString(), ImageCommands.Size(each.Bytes), ImageCommands.Size(each.StoredBytes), ImageCommands.Size(each.AddedBytes)]));
            terminal.Line();
            terminal.Table(["file", "stored", "contents"], usage.Files.Select(each => (IReadOnlyList<string>)[each.Path, ImageCommands.Size(each.StoredBytes), $"{each.Contents}"]));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void ShowAll(Terminal terminal, IReadOnlyList<LineageUsage> lineages)
    {
        if (terminal.Format == OutputFormat.Json)
            terminal.Json(new AllUsageOutput([.. lineages.Select(each => new LineageUsageOutput(each.Name.ToString(), each.Versions, each.Bytes, each.StoredBytes, each.OwnBytes))]), ImageJson.Default.AllUsageOutput);
        else if (lineages.Count == 0) terminal.Note("There are no images yet.");
        else
            terminal.Table(["image", "versions", "newest", "stored", "only here"], lineages.OrderByDescending(each => each.OwnBytes).Select(each => (IReadOnlyList<string>)
                [each.Name.ToString(), $"{each.Versions}", ImageCommands.Size(each.Bytes), ImageCommands.Size(each.StoredBytes), ImageCommands.Size(each.OwnBytes)]));
    }

    public static Command CollectGarbage(Terminal terminal)
    {
        var graph = ImageCommands.Graph;
        var command = new Command("gc", "Remove what no image needs and pack the rest tightly") { graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var (before, after) = await terminal.WorkingAsync("packing", () => images.CollectGarbageAsync(cancellationToken), TimeProvider.System);
            if (terminal.Format == OutputFormat.Json) terminal.Json(new CollectedOutput(before, after), ImageJson.Default.CollectedOutput);
            else terminal.Line($"{ImageCommands.Size(before)} before, {ImageCommands.Size(after)} now");
            return ExitCodes.Done;
        });
        return command;
    }
}
