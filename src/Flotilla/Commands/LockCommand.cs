using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;

namespace Flotilla.Commands;

/// <summary><c>lock</c>: writes <c>images.lock</c>.</summary>
internal static class LockCommand
{
    public static int Run(FleetContext context, string? graphFolder)
    {
        var names = context.Fleet.Images.Select(image => image.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        var file = Path.Combine(context.Folder, ImageLock.FileName);
        if (names.Count == 0 && !File.Exists(file))
        {
            if (context.Terminal.Format == OutputFormat.Json) context.Terminal.Json(new LockOutput(context.Fleet.Name, file, []), FleetJson.Default.LockOutput);
            else context.Terminal.Line("The fleet uses no images: name one with fleet.Image(\"example.com/shop/1.0\").");
            return ExitCodes.Done;
        }
        var before = ImageLock.Read(context.Folder);
        var after = new ImageLock();
        if (names.Count > 0) Pin(context, names, after, graphFolder);
        after.Write(context.Folder);
        if (context.Terminal.Format == OutputFormat.Json)
            context.Terminal.Json(new LockOutput(context.Fleet.Name, file, [.. names.Select(name => new LockedOutput(name, after.Find(name)!, before.Find(name)))]), FleetJson.Default.LockOutput);
        else Print(context.Terminal, before, after);
        return ExitCodes.Done;
    }

    private static void Pin(FleetContext context, List<string> names, ImageLock after, string? graphFolder)
    {
        var folder = graphFolder ?? ImageGraph.FindFolder(context.Folder)
            ?? throw new ProblemException(new Problem($"There is no graph of images in {context.Folder} or above.", Fix: "Name one with --graph DIR, or import an image with \"flotilla image import\"."));
        var problems = new List<Problem>();
        try
        {
            using var graph = ImageGraph.Open(folder, TimeProvider.System);
            foreach (var image in context.Fleet.Images.DistinctBy(image => image.Name))
                try
                {
                    after.Set(ImageName.Parse(image.Name), graph.Find(image.Name).Commit);
                }
                catch (ImageException e)
                {
                    problems.Add(e.Problem with { Where = image.Declared });
                }
        }
        catch (ImageException e)
        {
            problems.Add(e.Problem);
        }
        if (problems.Count > 0) throw new ProblemException(problems);
    }

    private static void Print(Terminal terminal, ImageLock before, ImageLock after)
    {
        const int digits = 12;
        foreach (var name in before.Names.Union(after.Names).Order(StringComparer.Ordinal))
            switch (before.Find(name), after.Find(name))
            {
                case (null, { } now):
                    terminal.Line($"+ {name} {now[..digits]}", Tone.Good);
                    break;
                case (_, null):
                    terminal.Line($"- {name}", Tone.Bad);
                    break;
                case ({ } old, { } now) when old != now:
                    terminal.Line($"~ {name} {old[..digits]} -> {now[..digits]}", Tone.Notable);
                    break;
                default:
                    terminal.Line($"  {name} {after.Find(name)![..digits]}", Tone.Faint);
                    break;
            }
    }
}
