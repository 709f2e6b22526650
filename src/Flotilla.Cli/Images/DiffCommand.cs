using System.CommandLine;
using Flotilla.Console;
using Flotilla.Images.Diffing;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image diff A B</c>.</summary>
internal static class DiffCommand
{
    public static Command Create(Terminal terminal)
    {
        var before = new Argument<string>("A") { Description = "The image to start from: NAME, NAME~1 or NAME@COMMIT" };
        var after = new Argument<string>("B") { Description = "The image to compare with it" };
        var times = new Option<bool>("--times") { Description = "Also list what has only another time" };
        var graph = ImageCommands.Graph;
        var command = new Command("diff", "Compare two images: files, metadata, packages") { before, after, times, graph };
        command.SetWork(terminal, (parsed, _) =>
        {
            using var images = ImageCommands.Open(parsed.GetValue(graph));
            var diff = images.Diff(images.Find(parsed.GetValue(before)!), images.Find(parsed.GetValue(after)!));
            if (terminal.Format == OutputFormat.Json) terminal.Json(Output(diff), ImageJson.Default.DiffOutput);
            else Print(diff, parsed.GetValue(times), terminal);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static DiffOutput Output(ImageDiff diff) => new(
        diff.Added, diff.Removed, [.. diff.Changed.Select(each => new ChangedOutput(each.Path, each.Content, each.Metadata))],
        new PackagesOutput(
            diff.Packages.Managers, [.. diff.Packages.Added.Select(Output)], [.. diff.Packages.Removed.Select(Output)],
            [.. diff.Packages.Changed.Select(each => new PackageChangeOutput(each.Manager, each.Name, each.From, each.To))], diff.Packages.Unread));

    private static PackageOutput Output(Package package) => new(package.Manager, package.Name, package.Version);

    private static void Print(ImageDiff diff, bool times, Terminal terminal)
    {
        foreach (var path in diff.Added) terminal.Line($"+ {path}", Tone.Good);
        foreach (var path in diff.Removed) terminal.Line($"- {path}", Tone.Bad);
        var onlyTime = 0;
        foreach (var change in diff.Changed)
        {
            if (!times && !change.Content && change.Metadata is ["mtime"])
            {
                onlyTime++;
                continue;
            }
            IEnumerable<string> what = change.Content ? ["content", .. change.Metadata.Where(each => times || each != "mtime")] : change.Metadata;
            terminal.Line($"~ {change.Path} ({string.Join(", ", what)})", Tone.Notable);
        }
        foreach (var package in diff.Packages.Added) terminal.Line($"+ package {package.Name} {package.Version} ({package.Manager})", Tone.Good);
        foreach (var package in diff.Packages.Removed) terminal.Line($"- package {package.Name} {package.Version} ({package.Manager})", Tone.Bad);
        foreach (var package in diff.Packages.Changed) terminal.Line($"~ package {package.Name} {package.From} -> {package.To} ({package.Manager})", Tone.Notable);
        foreach (var database in diff.Packages.Unread) terminal.Note($"Nothing can be said of some packages. {database}.");
        if (diff.IsEmpty) terminal.Line("Nothing changed.", Tone.Good);
        if (onlyTime > 0) terminal.Note($"{onlyTime} more {(onlyTime == 1 ? "has" : "have")} only another time; --times lists them.", Tone.Faint);
    }
}
