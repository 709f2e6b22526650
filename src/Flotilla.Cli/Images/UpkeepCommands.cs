using System.CommandLine;
using Flotilla.Console;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image du</c>, <c>verify</c> and <c>gc</c>.</summary>
internal static class UpkeepCommands
{
    public static Command Usage(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var graph = ImageCommands.Graph;
        var command = new Command("du", "Show what the versions of an image take on disk, and which files take most") { name, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
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

    public static Command Verify(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var graph = ImageCommands.Graph;
        var command = new Command("verify", "Recompute every hash of an image; exits with 1 when one is wrong") { name, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            var verified = await terminal.WorkingAsync($"verifying {image.Name}", () => images.VerifyAsync(image, cancellationToken), TimeProvider.System);
            if (terminal.Format == OutputFormat.Json)
                terminal.Json(new VerifyOutput(image.Name, image.Commit.ToString(), verified.Succeeded, verified.Objects, verified.Layers, [.. verified.Problems.Select(problem => problem.ToString())]), ImageJson.Default.VerifyOutput);
            else
            {
                foreach (var problem in verified.Problems) terminal.Line($"wrong: {problem}", Tone.Bad);
                if (verified.Succeeded) terminal.Line($"{image.Name} ({image.Commit.ToShortString()}) is as it was imported: {verified.Objects} objects, {verified.Layers} layer{(verified.Layers == 1 ? "" : "s")}.", Tone.Good);
            }
            return verified.Succeeded ? ExitCodes.Done : ExitCodes.Found;
        });
        return command;
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
