using System.CommandLine;
using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image ls</c> and <c>cat</c>: what is inside.</summary>
internal static class ContentCommands
{
    public static Command List(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var folder = new Argument<string?>("PATH") { Description = "Only what is at or below this path", Arity = ArgumentArity.ZeroOrOne };
        var graph = ImageCommands.Graph;
        var command = new Command("ls", "List the files of an image with owner, mode and time") { name, folder, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            var below = parsed.GetValue(folder)?.Trim('/') is { Length: > 0 } given and not "." ? given : null;
            var entries = image.Entries().Where(entry => below is null || entry.Path == below || entry.Path.StartsWith(below + "/", StringComparison.Ordinal)).ToList();
            if (below is not null && entries.Count == 0) throw Missing(image, below);
            if (terminal.Format == OutputFormat.Json) terminal.Json(new ListOutput(image.Name, image.Commit.ToString(), [.. entries.Select(Output)]), ImageJson.Default.ListOutput);
            else
                foreach (var entry in entries) terminal.Line(Line(entry));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    public static Command Cat(Terminal terminal)
    {
        var name = ImageCommands.Image;
        var path = new Argument<string>("PATH") { Description = "A file of the image" };
        var graph = ImageCommands.Graph;
        var command = new Command("cat", "Print the content of a file of an image") { name, path, graph };
        command.SetWork(terminal, async (parsed, cancellationToken) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var image = images.Find(parsed.GetValue(name)!);
            await using var content = image.OpenFile(parsed.GetValue(path)!, out _) ?? throw Missing(image, parsed.GetValue(path)!);
            await terminal.Output.FlushAsync(cancellationToken);
            await using var output = System.Console.OpenStandardOutput();
            await content.CopyToAsync(output, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    private static ProblemException Missing(GraphImage image, string path) =>
        new(new Problem($"{image.Name} has no file {path}.", Fix: $"\"flotilla image ls {image.Name}\" lists what there is."));

    private static EntryOutput Output(ImageEntry entry) => new(
        entry.Path, Kind(entry.Kind), Convert.ToString(entry.Mode, 8).PadLeft(4, '0'), entry.User, entry.Group, entry.Modified,
        entry.Kind == ImageEntryKind.File ? entry.Size : null, entry.Sha256, entry.Target,
        entry.Device is { } device ? string.Create(CultureInfo.InvariantCulture, $"{device.Major}:{device.Minor}") : null,
        entry.Attributes.Count == 0 ? null : new SortedDictionary<string, string>(entry.Attributes.ToDictionary(each => each.Key, each => each.Value)));

    private static string Kind(ImageEntryKind kind) => kind switch
    {
        ImageEntryKind.File => "file",
        ImageEntryKind.Directory => "directory",
        ImageEntryKind.SymbolicLink => "symlink",
        ImageEntryKind.HardLink => "hardlink",
        ImageEntryKind.CharacterDevice => "char",
        ImageEntryKind.BlockDevice => "block",
        _ => "fifo",
    };

    private static string Line(ImageEntry entry)
    {
        var what = entry.Kind switch
        {
            ImageEntryKind.SymbolicLink => $"{entry.Path} -> {entry.Target}",
            ImageEntryKind.HardLink => $"{entry.Path} = {entry.Target}",
            ImageEntryKind.Directory => entry.Path + "/",
            _ => entry.Path,
        };
        var size = entry.Device is { } device ? $"{device.Major},{device.Minor}" : entry.Kind == ImageEntryKind.File ? entry.Size.ToString(CultureInfo.InvariantCulture) : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToString(entry.Mode, 8).PadLeft(4, '0')} {entry.User,5} {entry.Group,5} {size,10}  {what}");
    }
}
