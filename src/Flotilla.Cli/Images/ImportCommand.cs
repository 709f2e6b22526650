using System.CommandLine;
using Flotilla.Console;
using Flotilla.Images;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image import SOURCE --as NAME</c>.</summary>
internal static class ImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var source = new Argument<string>("SOURCE") { Description = $"Where it is: {ImageLocation.Forms}" };
        var name = new Option<string>("--as") { Description = "The image's name, such as example.com/shop/1.0", HelpName = "NAME", Required = true };
        var from = new Option<string?>("--from") { Description = "The image that it was made from: becomes its ancestor", HelpName = "IMAGE" };
        var lastWins = new Option<bool>("--last-wins") { Description = "Accept a path that stands in the tar twice: the last one is shown" };
        var platform = new Option<string?>("--platform") { Description = "Which of an image's machines, such as linux/arm64 [default: this one]", HelpName = "OS/ARCH" };
        var plainHttp = ImageCommands.PlainHttp;
        var membersMax = new Option<long>("--members-max") { Description = "How many members a layer may have; each takes about 1.5 kB of memory", HelpName = "N", DefaultValueFactory = _ => ImageLimits.Default.EntriesMax };
        var graph = ImageCommands.Graph;
        var command = new Command("import", "Bring an image into the graph as the newest version of its lineage") { source, name, from, lastWins, platform, plainHttp, membersMax, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            var image = ImageName.Parse(parsed.GetValue(name)!);
            var path = parsed.GetValue(source)!;
            var registry = ImageCommands.Registry(parsed.GetValue(plainHttp)) with { Platform = parsed.GetValue(platform) is { } wanted ? ImagePlatform.Parse(wanted) : null };
            var found = await ImageLocation.Parse(path).ToSourceAsync(registry, cancellationToken);
            // A mistyped source leaves no empty graph behind.
            await using var content = await found.OpenAsync(cancellationToken);
            var opened = new OpenedSource(found.Name, content);
            var folder = parsed.GetValue(graph) ?? ImageGraph.FindFolder(Environment.CurrentDirectory) ?? Path.Combine(Environment.CurrentDirectory, ImageGraph.DefaultFolder);
            using var images = await ImageGraph.OpenOrCreateAsync(folder, TimeProvider.System, cancellationToken);
            var options = new ImportOptions
            {
                Duplicates = parsed.GetValue(lastWins) ? DuplicatePaths.LastWins : DuplicatePaths.Refuse,
                Limits = ImageLimits.Default with { EntriesMax = parsed.GetValue(membersMax) },
                Upstream = parsed.GetValue(from) is { } ancestor ? images.Find(ancestor) : null,
            };
            var done = await terminal.WorkingAsync($"importing {path}", () => images.ImportAsync(opened, image, options, cancellationToken), TimeProvider.System);
            Print(done, terminal);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(ImportedImage done, Terminal terminal)
    {
        if (terminal.Format == OutputFormat.Json)
        {
            terminal.Json(new ImportOutput(done.Name.ToString(), done.Commit.ToString(), done.DiffIds[^1], done.DiffIds, done.ImageId, done.IsNew, done.Bytes, done.StoredBytes, Math.Round(done.Elapsed.TotalSeconds, 3)), ImageJson.Default.ImportOutput);
            return;
        }
        if (done.IsNew) terminal.Line($"{done.Name} is {done.Commit.ToShortString()}: {ImageCommands.Size(done.Bytes)} in {Layers(done.DiffIds.Count)}, {ImageCommands.Size(done.StoredBytes)} stored", Tone.Good);
        else terminal.Line($"{done.Name} was this image already: {done.Commit.ToShortString()}");
        foreach (var id in done.DiffIds) terminal.Line($"  {id}", Tone.Faint);
    }

    private static string Layers(int count) => count == 1 ? "one layer" : $"{count} layers";
}
