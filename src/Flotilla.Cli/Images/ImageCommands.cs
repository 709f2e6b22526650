using System.CommandLine;
using System.Globalization;
using Flotilla.Console;
using Flotilla.Core;
using Flotilla.Images;
using Flotilla.Images.Registries;

namespace Flotilla.Cli.Images;

/// <summary><c>flotilla image</c> and what is below it.</summary>
internal static class ImageCommands
{
    public static Command Create(Terminal terminal) => new("image", "Keep container images in git: import, build, run, compare, move, export")
    {
        ImportCommand.Create(terminal),
        BuildCommand.Create(terminal),
        RunCommands.Run(terminal),
        RunCommands.Shell(terminal),
        ConfigCommand.Create(terminal),
        ExportCommand.Create(terminal),
        DiffCommand.Create(terminal),
        LogCommand.Create(terminal),
        ShowCommand.Create(terminal),
        TreeCommand.Create(terminal),
        ContentCommands.List(terminal),
        ContentCommands.Cat(terminal),
        UpkeepCommands.Usage(terminal),
        MoveCommands.Push(terminal),
        MoveCommands.Pull(terminal),
        BundleCommands.Bundle(terminal),
        SignCommands.Sign(terminal),
        SignCommands.Verify(terminal),
        UpkeepCommands.CollectGarbage(terminal),
    };

    public static Option<string?> Graph => new("--graph") { Description = $"The graph of images: a bare git repository [default: {ImageGraph.DefaultFolder} or graph, here or above]", HelpName = "DIR" };

    public static Option<bool> PlainHttp => new("--plain-http") { Description = "Speak unencrypted HTTP with a registry that is not on this machine" };

    public static RegistryOptions Registry(bool plainHttp) => new() { Time = TimeProvider.System, Random = Random.Shared, PlainHttp = plainHttp };

    public static Argument<string> Image => new("NAME") { Description = "The image: NAME, NAME~1 for the version before, or NAME@COMMIT" };

    /// <summary>Runs a command's work and prints what an image did wrong as every other problem is printed.</summary>
    public static void SetWork(this Command command, Terminal terminal, Func<ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await work(parsed, cancellationToken);
            }
            catch (ImageException e)
            {
                terminal.Problem(e.Problem);
                return e.Fault is ImageFault.DamagedGraph or ImageFault.NotReproducible or ImageFault.Busy or ImageFault.DiskFull or ImageFault.GitFailed or ImageFault.Unreachable or ImageFault.RuntimeFailed or ImageFault.Diverged or ImageFault.SigningFailed ? ExitCodes.Failed : ExitCodes.WrongUse;
            }
        });

    public static ImageGraph Open(string? folder)
    {
        folder ??= ImageGraph.FindFolder(Environment.CurrentDirectory);
        return folder is null
            ? throw new ProblemException(new Problem("There is no graph of images here or in a folder above.", Fix: "Import an image with \"flotilla image import FILE.tar --as NAME\", or name a graph with --graph DIR."))
            : ImageGraph.Open(folder, TimeProvider.System);
    }

    public static string Size(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        var unit = 0;
        for (; value >= 1000 && unit < units.Length - 1; unit++) value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(unit == 0 || value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture)} {units[unit]}");
    }

    public static IReadOnlyList<TrailerOutput> Trailers(GraphImage image) => [.. image.Trailers.Select(each => new TrailerOutput(each.Key, each.Value))];

    public static VersionOutput Version(GraphImage image) =>
        new(image.Name, image.Commit.ToString(), [.. image.Parents.Select(parent => parent.ToString())], image.Time, image.Author, image.Subject, Trailers(image));
}
